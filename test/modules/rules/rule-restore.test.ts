import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { rule as module } from '../../../src/modules/rule.ts';
import { asResource } from '../../support/laws.ts';
import { during, holdRestored, restoreOf } from '../../support/restoring.ts';
import { makeNamespace, type Namespace, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const rule = asResource(module);
const set = `ip rule add priority 1000 from 10.1.0.0/16 lookup 100
  ip rule add priority 1000 from 10.3.0.0/16 unreachable; ip rule add priority 1000 to 10.4.0.0/16 lookup 7 proto static
  ip rule add priority 998 not from all iif eth9 fwmark 0x10/0xff uidrange 0-99 ipproto tcp sport 10-20 dport 80 goto 32766
  ip rule add priority 997 oif eth9 lookup 7 suppress_prefixlength 0 realms 3/4; ip rule add priority 996 l3mdev
  ip rule add priority 500 from 10.5.0.0/16 lookup 5; ip rule add priority 500 from 10.5.0.0/16 to 10.6.0.0/16 lookup 5
  ip rule add priority 600 from 10.5.0.0/16 lookup 5 proto static; ip rule add priority 600 from 10.5.0.0/16 lookup 5`;
const flush = 'for n in 1000 1000 1000 998 997 996 600 600 500 500; do ip rule del priority $n; done';
const whole = { family: 4 };
const one = { priority: 1000, from: '10.1.0.0/16', table: 200 };

const table: readonly (readonly [string, JsonObject, string, string])[] = [
  ['a list that is as it was', whole, set, ':'],
  ['a list that is gone', whole, set, flush],
  [
    'a list that is half gone',
    whole,
    set,
    'ip rule del priority 1000; ip rule del priority 997; ip rule del priority 600',
  ],
  [
    'a list with others in it',
    whole,
    set,
    'ip rule add priority 1000 from 10.8.0.0/16 lookup 8; ip rule add priority 7 lookup 7',
  ],
  [
    'a list in another order',
    whole,
    set,
    'ip rule del priority 1000; ip rule add priority 1000 from 10.1.0.0/16 lookup 100',
  ],
  [
    'replaced by something else',
    whole,
    set,
    `${flush}; ip rule add priority 1000 from 10.1.0.0/16 lookup 101; ip rule add priority 500 to 10.5.0.0/16 prohibit`,
  ],
  ['a list that was empty', whole, ':', set],
  [
    'behind one that is narrower than two of them',
    whole,
    'for what in 5 6; do ip rule add priority 500 lookup $what; done; ip rule add priority 500 from 10.1.0.0/16 lookup 6',
    'for n in 500 500 500; do ip rule del priority $n; done; ip rule add priority 500 from 10.1.0.0/16 to 10.2.0.0/16 lookup 6',
  ],
  ['one rule, as it was', one, set, ':'],
  [
    'one rule, written',
    one,
    set,
    'ip rule add priority 1000 from 10.1.0.0/16 lookup 200; ip rule del priority 1000 from 10.1.0.0/16 lookup 100',
  ],
  ['one rule, half written', one, set, 'ip rule add priority 1000 from 10.1.0.0/16 lookup 200'],
  ['one rule, gone', one, set, 'ip rule del priority 1000 from 10.1.0.0/16'],
  [
    'one rule, not there before',
    one,
    ':',
    'ip rule add priority 1000 from 10.1.0.0/16 lookup 200; ip rule add priority 1000 from 10.1.0.0/16 lookup 201',
  ],
  [
    'one rule wherever it stands',
    { from: '10.5.0.0/16', table: 5 },
    set,
    'ip rule del priority 600; ip rule add from 10.5.0.0/16 lookup 5',
  ],
  [
    'one rule with all that it can say',
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
    set,
    'ip rule del priority 998',
  ],
  ['a rule of l3mdev', { priority: 996, l3mdev: true, state: 'absent' }, set, 'ip rule del priority 996'],
  [
    'IPv6',
    { from: '2001:db8::/32', table: 9 },
    'ip -6 rule add from 2001:db8::/32 lookup 9',
    'ip -6 rule del from 2001:db8::/32; ip -6 rule add from 2001:db8::/32 lookup 9 priority 4',
  ],
];

const busybox = inBusybox({ ip: '/sbin/ip' });
let ns: Namespace;
beforeEach(async () => {
  ns = await makeNamespace();
  await ns.sh('ip link set lo up; ip link add eth9 type bridge');
});
afterEach(() => ns.remove());

test.each(table)('a rule comes back: %s', async (name, args, before, disturb) => {
  const told = await holdRestored(ns, rule, { name, args, before, disturb });
  if (disturb === ':') expect(told).toEqual([]);
});

test.each(table)('with the tools of BusyBox: %s', async (name, args, before, disturb) => {
  await holdRestored(ns, rule, { name, args, before, disturb }, (command) => ns.run(busybox(command)));
});

test('the others of its priority stay, and stand behind it as they did', async () => {
  await ns.sh(set);
  const seen = await ns.sh('ip -d rule show');
  const before = await readOn(ns.run, rule, one);
  await ns.sh('ip rule del priority 1000 from 10.1.0.0/16; ip rule add priority 1000 from 10.1.0.0/16 lookup 200');
  expect(await ns.run(restoreOf(rule, before, one))).toMatchObject({ exit: 0, stderr: '' });
  expect(await ns.sh('ip -d rule show')).toBe(seen);
});

test('what a rule did before is there before what it does since goes', async () => {
  await ns.sh('ip rule add priority 1000 from 10.1.0.0/16 lookup 100');
  const before = await readOn(ns.run, rule, one);
  await ns.sh('ip rule add priority 1000 from 10.1.0.0/16 lookup 200; ip rule del priority 1000 lookup 100');
  const told = await during(ns, async () => {
    expect(await ns.run(restoreOf(rule, before, one))).toMatchObject({ exit: 0, stderr: '' });
  });
  expect(told).toEqual([
    expect.stringMatching(/^1000:.*lookup 100/),
    expect.stringMatching(/^Deleted 1000:.*lookup 200/),
  ]);
});

test('a rule that cannot come back is named, and the others come back', async () => {
  const before = { rules: ['priority 9 from all goto 3', 'priority 10 from all lookup 7 proto boot'], behind: [] };
  const { exit, stderr } = await ns.run(restoreOf(rule, before, whole));
  expect([exit, stderr]).toEqual([1, expect.stringContaining('this rule is missing: priority 9 from all goto 3')]);
  expect(await ns.sh('ip rule show')).toContain('10:\tfrom all lookup 7');
});

test('what BusyBox showed only a part of cannot be put back', () => {
  expect(rule.restore?.({ rules: [], behind: [], limited: true }, null, whole)).toBeNull();
});

test('whatever the list was and has become, it comes back in its order', async () => {
  const words = fc
    .tuple(
      fc.constantFrom(500, 500, 600),
      fc.constantFrom('from all', 'from 10.1.0.0/16', 'from 10.1.0.0/16 to 10.2.0.0/16', 'from all fwmark 0x1'),
      fc.constantFrom('lookup 5', 'lookup 6', 'unreachable', 'lookup 5 proto static'),
    )
    .map(([priority, selectors, action]) => `priority ${priority} ${selectors} ${action}`);
  const rules = fc.array(words, { maxLength: 6 });
  const place = async (lines: readonly string[]): Promise<void> => {
    await ns.sh('ip rule flush; ip rule add priority 32766 lookup main');
    await ns.run({ argv: ['ip', '-force', '-batch', '-'], stdin: lines.map((line) => `rule add ${line}\n`).join('') });
  };
  await fc.assert(
    fc.asyncProperty(rules, rules, async (was, is) => {
      await place(was);
      const before = await readOn(ns.run, rule, whole);
      await place(is);
      expect(await ns.run(restoreOf(rule, before, whole))).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(ns.run, rule, whole)).toEqual(before);
    }),
    { numRuns: 12 },
  );
});
