import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { address as addressModule } from '../../../src/modules/address.ts';
import { link as linkModule } from '../../../src/modules/link.ts';
import { route as routeModule } from '../../../src/modules/route.ts';
import { verifyRoute as verifyModule } from '../../../src/modules/verify_route.ts';
import { readWays, waysCommand } from '../../../src/run/way-probe.ts';
import { asCheck, asResource } from '../../support/laws.ts';
import { restoreOf } from '../../support/restoring.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const [route, link, address] = [asResource(routeModule), asResource(linkModule), asResource(addressModule)];
const verifyRoute = asCheck(verifyModule);
const byObject = 'unicast 172.7.23.0/24 nhid 10 via 10.9.7.77 dev d7 proto boot scope global';

describe('where routes use nexthop objects', () => {
  let ns: Namespace;
  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link set lo up
      for n in 7 8; do ip link add d$n type veth peer name p$n; ip link set p$n up; ip addr add 10.9.$n.21/24 dev d$n; ip link set d$n up; done
      ip route add 172.7.22.0/24 via 10.9.7.22
      ip nexthop add id 10 via 10.9.7.77 dev d7; ip nexthop add id 11 via 10.9.8.77 dev d8; ip nexthop add id 20 group 10/11`);
  });
  afterEach(() => ns.remove());
  const addRoutes = 'ip route add 172.7.23.0/24 nhid 10; ip route add 172.7.24.0/24 nhid 20';

  test('the routes are read, and what their objects are is no route', async () => {
    await ns.sh(addRoutes);
    expect(await readOn(ns.run, route, { within: '172.7.0.0/16' })).toEqual([
      'unicast 172.7.22.0/24 via 10.9.7.22 dev d7 proto boot scope global',
      byObject,
      'unicast 172.7.24.0/24 nhid 20 proto boot scope global',
    ]);
  });

  test.each([
    ['as it is', { via: '10.9.7.77', dev: 'd7' }, true],
    ['another', { via: '10.9.7.78', dev: 'd7' }, false],
    ['none', { state: 'absent' }, false],
  ])('verify_route judges one: %s', async (_, said: JsonObject, ok) => {
    await ns.sh(addRoutes);
    const args = { to: '172.7.23.0/24', ...said };
    expect(verifyRoute.judge(await ns.run(verifyRoute.probe(args)), args)).toMatchObject({ ok });
  });

  const busybox = inBusybox({ ip: '/sbin/ip' });
  test.each([
    ['', (command: Parameters<Namespace['run']>[0]) => command],
    [', with the tools of BusyBox', busybox],
  ])('one that appeared meanwhile does not hold up a guard%s', async (_, as) => {
    const args = { to: '172.7.22.0/24', state: 'absent' };
    const { before } = await applyOn(ns.run, route, args);
    await ns.sh('ip route add 172.7.22.0/24 nhid 20');
    expect(await ns.run(as(restoreOf(route, before, args)))).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(ns.run, route, args)).toEqual(before);
  });

  test('an address and a device are read, changed and put back', async () => {
    await ns.sh(addRoutes);
    for (const [module, args] of [
      [address, { address: '10.9.8.21/24', dev: 'd8', label: 'd8:1' }],
      [link, { name: 'd7', state: 'up', mtu: 1400 }],
    ] as const) {
      const { before } = await applyOn(ns.run, module, args);
      expect(await moveOn(ns.run, module, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
      await applyOn(ns.run, module, args);
      expect(await ns.run(restoreOf(module, before, args))).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(ns.run, module, args)).toEqual(before);
    }
  });

  test.each(['absent', 'down'])('a device is not %s under such a route, which could not come back', async (state) => {
    await ns.sh(`ip link add v9 type vxlan id 9 dev d8 dstport 4789; ip address add 10.9.9.21/24 dev v9; ip link set v9 up
      ip nexthop add id 12 via 10.9.9.77 dev v9; ip route add 172.7.23.0/24 nhid 12`);
    const args = { name: 'v9', state };
    const before = await readOn(ns.run, link, args);
    expect(() => link.want(args, before)).toThrow(/"unicast 172\.7\.23\.0\/24 nhid 12 .*" uses a nexthop object/);
  });

  test('the way to a host is the route that leads there', async () => {
    await ns.sh(addRoutes);
    const ends = [{ purpose: 'p', to: '172.7.23.5' }];
    const [way] = readWays((await ns.run(waysCommand(ends))).stdout, ends);
    expect(way).toMatchObject({ prefix: '172.7.23.0/24', via: '10.9.7.77', device: 'd7' });
  });
});
