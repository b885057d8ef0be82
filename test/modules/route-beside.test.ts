import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { route as module } from '../../src/modules/route.ts';
import { asResource } from '../support/laws.ts';
import { during, isRestored, restoreOf } from '../support/restoring.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const route = asResource(module);

describe('beside a route that the kernel keeps itself', () => {
  let ns: Namespace;
  const everything = () => ns.sh('ip -d route show; ip -6 -d route show default');

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link set lo up
      ip link add docker0 type bridge; ip addr add 172.7.21.1/24 dev docker0; ip link set docker0 up
      ip link add eth7 type bridge; ip link set eth7 addrgenmode none; ip addr add 10.9.7.21/24 dev eth7
      ip -6 addr add 2001:db8:7::21/64 dev eth7 nodad; ip link set eth7 up`);
  });
  afterEach(() => ns.remove());

  const set = { within: '172.7.0.0/16' };
  const one = { to: '172.7.21.0/24', via: '10.9.7.23' };
  const ours = ['22', '25', '26'].map((end) => `ip route append 172.7.21.0/24 via 10.9.7.${end}`).join('; ');
  const table: readonly (readonly [string, JsonObject, string])[] = [
    [
      'one of a set was replaced',
      set,
      'ip route del 172.7.21.0/24 via 10.9.7.22; ip route append 172.7.21.0/24 via 10.9.7.23',
    ],
    ['the first of a set went', set, 'ip route del 172.7.21.0/24 via 10.9.7.22'],
    ['another order', set, 'ip route del 172.7.21.0/24 via 10.9.7.25; ip route append 172.7.21.0/24 via 10.9.7.25'],
    ['all went', set, 'for n in 22 25 26; do ip route del 172.7.21.0/24 via 10.9.7.$n; done'],
    ['others came', set, 'ip route append 172.7.21.0/24 via 10.9.7.29; ip route prepend 172.7.21.0/24 via 10.9.7.28'],
    ['a task led it elsewhere', one, ''],
  ];

  const disturbed = async (args: JsonObject, disturb: string): Promise<{ before: Json; all: string }> => {
    await ns.sh(ours);
    const all = await everything();
    if (disturb === '') return { before: (await applyOn(ns.run, route, args)).before, all };
    const before = await readOn(ns.run, route, args);
    await ns.sh(disturb);
    return { before, all };
  };

  test.each(table)('it stays, and ours come back in their order: %s', async (_, args, disturb) => {
    const { before, all } = await disturbed(args, disturb);
    const kernels = /172\.7\.21\.0\/24 dev docker0 proto kernel/;
    expect(await everything()).toMatch(kernels);
    const told = await during(ns, async () => {
      expect(await moveOn(ns.run, route, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    });
    expect(told.filter((line) => line.includes('docker0'))).toEqual([]);
    expect(isRestored(route, before, await readOn(ns.run, route, args), args)).toBe(true);
    expect(await everything()).toBe(all);
  });

  test.each(table)('and by the guard of the host: %s', async (_, args, disturb) => {
    const { before, all } = await disturbed(args, disturb);
    expect(await ns.run(restoreOf(route, before, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await everything()).toBe(all);
  });

  test('a task that leads ours elsewhere is as asked, and asks for nothing more', async () => {
    await ns.sh('ip route append 172.7.21.0/24 via 10.9.7.22');
    const { after } = await applyOn(ns.run, route, one);
    expect(after).toEqual([
      'unicast 172.7.21.0/24 via 10.9.7.23 dev eth7 proto boot scope global',
      { beside: expect.stringMatching(/^unicast 172\.7\.21\.0\/24 dev docker0 proto kernel /) },
    ]);
    expect(route.same?.(after, route.want(one, after), one)).toBe(true);
  });

  describe('that a router advertises', () => {
    const viaRouter = 'ip -6 route add default via 2001:db8:7::1 dev eth7 proto ra metric 1024';
    const args = { to: 'default', via: '2001:db8:7::b' };

    test('a route is no part of it, and what is tried leaves nothing behind', async () => {
      await ns.sh(viaRouter);
      const before = await everything();
      const [outcome] = await moveOn(ns.run, route, args, route.want(args, []));
      expect(outcome).toMatchObject({ exit: 2, stderr: expect.stringMatching(/router advertises.*another metric/) });
      expect(await everything()).toBe(before);
    });

    test('with another metric it is one of its own', async () => {
      await ns.sh(viaRouter);
      const before = await everything();
      const apart = { ...args, metric: 512 };
      const { before: state, after } = await applyOn(ns.run, route, apart);
      expect(after).toEqual([expect.stringMatching(/^unicast default via 2001:db8:7::b .* metric 512 /)]);
      expect(await moveOn(ns.run, route, apart, state)).toMatchObject([{ exit: 0, stderr: '' }]);
      expect(await everything()).toBe(before);
    });

    test('the guard does not make ours a part of it either', async () => {
      await ns.sh('ip -6 route add default via 2001:db8:7::b');
      const before = await readOn(ns.run, route, args);
      await ns.sh(`ip -6 route del default; ${viaRouter}`);
      const now = await everything();
      const outcome = await ns.run(restoreOf(route, before, args));
      expect(outcome).toMatchObject({ exit: 1, stderr: expect.stringMatching(/router advertises[\s\S]*is missing/) });
      expect(await everything()).toBe(now);
    });
  });
});
