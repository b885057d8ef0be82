import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { address as addressModule } from '../../../src/modules/address.ts';
import { route as routeModule } from '../../../src/modules/route.ts';
import { rule as ruleModule } from '../../../src/modules/rule.ts';
import { verifyRoute } from '../../../src/modules/verify_route.ts';
import { asCheck, asResource } from '../../support/laws.ts';
import { restoreOf } from '../../support/restoring.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const [route, rule, address] = [asResource(routeModule), asResource(ruleModule), asResource(addressModule)];

/** As FRR brings it with it: its own routes are printed as if an operator had made them. */
const ofFrr = '190  ripng\n191  nhrp\n196  static\n197  openfabric\n77 mine\n';

describe('on a host that names tables and protocols itself', () => {
  let ns: Namespace;
  let own: string;
  const numeric = () => ns.sh('ip -N -d route show table all; ip -N -d -6 route show; ip -N -d rule show');

  beforeEach(async () => {
    ns = await makeNamespace();
    // `ip netns exec` puts it in the place of /etc/iproute2.
    own = `/etc/netns/${ns.name}`;
    await cp('/etc/iproute2', `${own}/iproute2`, { recursive: true });
    await mkdir(`${own}/iproute2/rt_protos.d`, { recursive: true });
    await mkdir(`${own}/iproute2/rt_tables.d`, { recursive: true });
    await writeFile(`${own}/iproute2/rt_protos.d/frr.conf`, ofFrr);
    await writeFile(`${own}/iproute2/rt_tables.d/own.conf`, '200 mgmt\n');
    await ns.sh(
      'ip link set lo up; ip link add eth7 type bridge; ip addr add 10.9.7.21/24 dev eth7; ip link set eth7 up',
    );
  });
  afterEach(async () => {
    await ns.remove();
    await rm(own, { recursive: true, force: true });
  });

  const four = { to: '172.7.22.0/24', via: '10.9.7.22' };
  const spelled: readonly (readonly [string, typeof route, JsonObject, string])[] = [
    ['a table by its number', route, { ...four, table: 200 }, ':'],
    ['a table by its name', route, { ...four, table: 'mgmt' }, 'ip route add 172.7.22.0/24 via 10.9.7.9 table 200'],
    ['an origin by its number', route, { ...four, proto: '77' }, ':'],
    ['an origin by its name', route, { ...four, proto: 'mine' }, 'ip route add 172.7.22.0/24 via 10.9.7.9 proto 77'],
    [
      'an origin whose name is that of another',
      route,
      { ...four, proto: '196' },
      'ip route add 172.7.22.0/24 via 10.9.7.22 proto 4',
    ],
    [
      'an origin that another is named like',
      route,
      { ...four, proto: 'static' },
      'ip route add 172.7.22.0/24 via 10.9.7.22 proto 196',
    ],
    [
      'without an origin, in place of another',
      route,
      { ...four, via: '10.9.7.23' },
      'ip route add 172.7.22.0/24 via 10.9.7.22 proto 196',
    ],
    [
      'all of one origin',
      route,
      { within: '172.7.0.0/16', proto: '196', state: 'absent' },
      'ip route add 172.7.1.0/24 via 10.9.7.9 proto 196; ip route add 172.7.2.0/24 via 10.9.7.9 proto 4',
    ],
    [
      'all but those of one origin',
      route,
      { within: '172.7.0.0/16', except: { proto: ['77'] }, state: 'absent' },
      'ip route add 172.7.1.0/24 via 10.9.7.9 proto 77; ip route add 172.7.2.0/24 via 10.9.7.9 proto 4',
    ],
    ['a rule to a table by its number', rule, { priority: 100, from: '10.1.0.0/16', table: 200 }, ':'],
    [
      'a rule to a table by its name',
      rule,
      { priority: 100, from: '10.1.0.0/16', table: 'mgmt' },
      'ip rule add priority 100 from 10.1.0.0/16 lookup 7',
    ],
    ['a rule without a place', rule, { from: '10.1.0.0/16', table: '0xc8' }, ':'],
    [
      'a rule of an origin that is named like another',
      rule,
      { priority: 100, table: 200, proto: '196' },
      'ip rule add priority 100 lookup 200 proto 4',
    ],
    [
      'a rule that goes',
      rule,
      { priority: 100, table: 200, state: 'absent' },
      'ip rule add priority 100 lookup 200 proto 196',
    ],
    [
      'an address with such a route',
      address,
      { address: '10.9.7.21/24', dev: 'eth7', state: 'absent' },
      'ip route add 172.7.22.0/24 via 10.9.7.22 proto 196; ip route add 172.7.22.0/24 via 10.9.7.22 table mgmt proto 77',
    ],
  ];

  test.each(spelled)('%s: it is as asked, and is undone, also by the guard', async (_, module, args, set) => {
    await ns.sh(set);
    const seen = await numeric();
    const { before, after } = await applyOn(ns.run, module, args);
    expect(await numeric()).not.toBe(seen);
    expect(module.same?.(after, module.want(args, before), args)).toBe(true);
    expect(module.same?.(after, module.want(args, after), args)).toBe(true);
    for (const outcome of await moveOn(ns.run, module, args, before))
      expect(outcome).toMatchObject({ exit: 0, stderr: '' });
    expect(await numeric()).toBe(seen);
    await applyOn(ns.run, module, args);
    const busybox = inBusybox({ ip: '/sbin/ip' });
    expect(await ns.run(busybox(restoreOf(module, before, args)))).toMatchObject({ exit: 0, stderr: '' });
    expect(await numeric()).toBe(seen);
  });

  test('a route of FRR’s is not put back with a set that is remembered', async () => {
    const set = { within: '172.7.0.0/16' };
    await ns.sh(
      'ip route add 172.7.1.0/24 via 10.9.7.9 proto 196; ip route add 172.7.2.0/24 via 10.9.7.9 proto static',
    );
    const before = await readOn(ns.run, route, set);
    await ns.sh('ip route del 172.7.1.0/24; ip route del 172.7.2.0/24');
    expect(await ns.run(restoreOf(route, before, set))).toMatchObject({ exit: 0, stderr: '' });
    expect((await ns.sh('ip -N route show root 172.7.0.0/16')).trim()).toBe(
      '172.7.2.0/24 via 10.9.7.9 dev eth7 proto 4',
    );
  });

  test('the same rule is the same by its table’s name and by its number', async () => {
    const byNumber = { from: '10.1.0.0/16', table: 200 };
    await applyOn(ns.run, rule, byNumber);
    const byName = { from: '10.1.0.0/16', table: 'mgmt' };
    const now = await readOn(ns.run, rule, byName);
    expect(rule.want(byName, now)).toEqual(now);
  });

  test.each([
    [{ table: '200', proto: '196' }, true],
    [{ table: 'mgmt', proto: 'static' }, false],
    [{ table: 'mgmt', proto: '0xc4' }, true],
  ])('a check of a route: %j', async (said, ok) => {
    await ns.sh('ip route add 172.7.22.0/24 via 10.9.7.22 table 200 proto 196');
    const args = { to: '172.7.22.0/24', ...said };
    expect(asCheck(verifyRoute).judge(await ns.run(asCheck(verifyRoute).probe(args)), args)).toMatchObject({ ok });
  });
});
