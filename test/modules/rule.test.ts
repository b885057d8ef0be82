import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { rule as module } from '../../src/modules/rule.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const rule = asResource(module);
const args = { priority: 1000, from: '10.1.0.0/16', table: 100 };
const asked = 'priority 1000 from 10.1.0.0/16 lookup 100';
const there = `${asked} proto unspec`;
const others = [
  'priority 1000 from 10.3.0.0/16 unreachable proto unspec',
  'priority 1000 from all to 10.4.0.0/16 lookup 7 proto static',
];
const whole = [
  'priority 996 from all l3mdev proto unspec',
  'priority 997 from all oif eth9 lookup 7 suppress_prefixlength 0 realms 3/4 proto unspec',
  'priority 998 not from all tos 0x10 fwmark 0x10/0xff iif eth9 uidrange 0-99 ipproto tcp sport 10-20 dport 80 goto 32766 proto unspec',
  there,
  ...others,
];
const lines = (table: string, ...stdin: readonly string[]) => [
  {
    script: /ip "\$family" rule "\$@"/,
    args: ['-4', table].filter((word) => word !== ''),
    stdin: stdin.map((line) => `${line}\n`).join(''),
  },
];
const alone = (...rules: readonly string[]) => ({ rules, behind: [] });

laws(
  module,
  [
    {
      name: 'a new rule, and away again',
      args,
      host: 'none',
      before: null,
      after: alone(asked),
      apply: lines('100', `add ${asked}`),
      applied: 'present',
      undo: lines('100', `del ${there}`),
    },
    {
      name: 'a rule that goes comes back before the others of its priority',
      args: { ...args, state: 'absent' },
      host: 'many',
      before: { rules: [there], behind: others },
      after: null,
      apply: lines('100', `del ${there}`),
      applied: 'one-gone',
      undo: lines('100', `add ${there}`, ...others.map((line) => `again ${line}`)),
      undone: 'many',
    },
    {
      name: 'with a priority, the table of a rule is changed: the new one is there before the old one goes',
      args: { ...args, table: 200 },
      host: 'present',
      before: alone(there),
      after: alone('priority 1000 from 10.1.0.0/16 lookup 200'),
      apply: lines('200', 'add priority 1000 from 10.1.0.0/16 lookup 200', `del ${there}`),
      applied: 'other-table',
      undo: lines('200', `add ${there}`, 'del priority 1000 from 10.1.0.0/16 lookup 200 proto unspec'),
    },
    {
      name: 'without a priority, a rule of another table is another rule',
      args: { from: '10.1.0.0/16', table: 200 },
      host: 'present',
      before: null,
      after: alone('from 10.1.0.0/16 lookup 200'),
      apply: lines('200', 'add from 10.1.0.0/16 lookup 200'),
      applied: 'other-table',
      undo: lines('200', 'del priority 1000 from 10.1.0.0/16 lookup 200 proto unspec'),
    },
    {
      name: 'without a priority, it is there wherever it stands',
      args: { from: '10.1.0.0/16', table: 100 },
      host: 'many',
      before: { rules: [there], behind: others },
    },
    {
      name: 'all that a rule can select by',
      args: {
        not: true,
        iif: 'eth9',
        fwmark: '16/255',
        tos: '0x10',
        uidrange: '0-99',
        ipproto: 'tcp',
        sport: '10-20',
        dport: 80,
        goto: 32766,
      },
      host: 'all',
      before: alone(whole[2] ?? ''),
    },
    {
      name: 'all that a rule can say of what it finds',
      args: { priority: 997, oif: 'eth9', table: 7, suppress_prefixlength: 0, realms: '3/4' },
      host: 'all',
      before: alone(whole[1] ?? ''),
    },
    { name: 'the rule for VRFs', args: { l3mdev: true, priority: 996 }, host: 'all', before: alone(whole[0] ?? '') },
    {
      name: 'a rule of IPv6',
      args: { from: '2001:db8:0::/32', table: 9, state: 'absent' },
      host: 'six',
      before: alone('priority 32765 from 2001:db8::/32 lookup 9 proto unspec'),
      after: null,
      apply: [
        { ...lines('9', 'del priority 32765 from 2001:db8::/32 lookup 9 proto unspec')[0], args: ['-6', '9'] } as never,
      ],
      undo: [
        { ...lines('9', 'add priority 32765 from 2001:db8::/32 lookup 9 proto unspec')[0], args: ['-6', '9'] } as never,
      ],
    },
    {
      name: 'a protected list comes back in its order, and what appeared since goes',
      args: { family: 4 },
      protect: true,
      host: 'all',
      before: alone(...whole),
      now: alone(...whole.slice(0, 3), ...others, 'priority 5 from all lookup 5 proto unspec'),
      undo: lines(
        '',
        `add ${there}`,
        ...others.map((line) => `again ${line}`),
        'del priority 5 from all lookup 5 proto unspec',
      ),
    },
    { name: 'the kernel’s own rules do not count', args: { family: 4 }, host: 'none', before: null },
    {
      name: 'BusyBox does not say who made a rule',
      args,
      host: 'busybox',
      before: { ...alone(asked), limited: true },
    },
  ],
  [
    {
      name: 'where only BusyBox’s ip is, nothing is changed that could not come back',
      args: { ...args, state: 'absent' },
      host: 'busybox',
      code: 'refused',
      says: /only BusyBox’s ip/,
    },
    {
      name: 'an error is not taken for an empty list',
      args,
      host: { exit: 2, stderr: 'RTNETLINK answers: Operation not supported\nDump terminated' },
      code: 'unreadable',
      says: /Operation not supported/,
    },
    {
      name: 'nor is what is not a rule',
      args,
      host: { stdout: 'hello\n' },
      code: 'unreadable',
      says: /not a line of ip rule/,
    },
  ],
);

describe('on a real kernel', () => {
  let ns: Namespace;
  const all = () => ns.sh('ip -d rule show; ip -6 -d rule show');

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link add eth9 type bridge
      ip rule add priority 1000 from 10.1.0.0/16 lookup 100
      ip rule add priority 1000 from 10.3.0.0/16 unreachable; ip rule add priority 1000 to 10.4.0.0/16 lookup 7 proto static
      ip rule add priority 998 not from all iif eth9 fwmark 0x10/0xff uidrange 0-99 ipproto tcp sport 10-20 dport 80 goto 32766
      ip rule add priority 997 oif eth9 lookup 7 suppress_prefixlength 0 realms 3/4; ip rule add priority 996 l3mdev
      ip rule add priority 500 from 10.5.0.0/16 lookup 5; ip rule add priority 500 from 10.5.0.0/16 to 10.6.0.0/16 lookup 5
      ip rule add priority 600 from 10.5.0.0/16 lookup 5 proto static; ip rule add priority 600 from 10.5.0.0/16 lookup 5
      ip -6 rule add from 2001:db8::/32 lookup 9`);
  });
  afterEach(() => ns.remove());

  test.each<JsonObject>([
    { ...args, state: 'absent' },
    { ...args, table: 200 },
    { from: '10.9.0.0/16', table: 'main' },
    { priority: 996, l3mdev: true, state: 'absent' },
    {
      priority: 998,
      not: true,
      iif: 'eth9',
      fwmark: '0x10/0xff',
      uidrange: '0-99',
      ipproto: 'tcp',
      sport: '10-20',
      dport: 80,
      state: 'absent',
    },
    { priority: 997, oif: 'eth9', state: 'absent' },
    { priority: 1000, from: '10.3.0.0/16', type: 'prohibit' },
    { from: '2001:db8::/32', table: 9, state: 'absent' },
    { priority: 1000, to: '10.4.0.0/16', table: 7, proto: 'bird' },
    { fwmark: 5, table: 254, suppress_ifgroup: 3 },
  ])('%j is done once, and undone to the same list', async (target) => {
    const seen = await all();
    const { before, after } = await applyOn(ns.run, rule, target);
    expect(await all()).not.toBe(seen);
    expect(rule.same?.(after, rule.want(target, after), target)).toBe(true);
    expect(await moveOn(ns.run, rule, target, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);
  });

  test.each([
    [500, 'from 10.5.0.0/16 to 10.6.0.0/16 lookup 5'],
    [600, 'from 10.5.0.0/16 lookup 5 proto static'],
  ])('a rule that is like others of priority %i goes alone and comes back alone', async (priority, stays) => {
    const own = `priority ${priority} from 10.5.0.0/16 lookup 5 proto unspec`;
    const target = { priority, from: '10.5.0.0/16', table: 5 };
    const seen = await all();
    const before = await readOn(ns.run, rule, target);
    const { rules } = before as { rules: readonly string[] };
    const kept = rules.filter((line) => line !== own);
    await moveOn(ns.run, rule, target, { rules: kept, behind: [] });
    const left = await ns.sh(`ip rule show priority ${priority}`);
    expect(left).toBe(`${priority}:\t${stays}\n`);
    expect(await moveOn(ns.run, rule, target, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);
  });

  test('a move may be run twice', async () => {
    const before = await readOn(ns.run, rule, args);
    const seen = await all();
    for (const [from, to] of [
      [before, null],
      [before, null],
      [null, before],
      [null, before],
    ] as const) {
      for (const command of rule.move(from, to, args)) {
        expect(await ns.run(command)).toMatchObject({ exit: 0, stderr: '' });
      }
    }
    expect(await all()).toBe(seen);
  });
});
