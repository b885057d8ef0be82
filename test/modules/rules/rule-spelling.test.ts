import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { rule as module } from '../../../src/modules/rule.ts';
import { ruleFaults } from '../../../src/modules/rules/rule-faults.ts';
import { asResource } from '../../support/laws.ts';
import { restoreOf } from '../../support/restoring.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, type Run, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const rule = asResource(module);

/** Arguments, and what `ip -d rule show` says of them behind the priority. */
const spellings: readonly (readonly [JsonObject, string])[] = [
  [{ fwmark: '0x0/0xff' }, 'from all fwmark 0/0xff lookup 100'],
  [{ fwmark: '0/0xffffffff' }, 'from all fwmark 0 lookup 100'],
  [{ fwmark: '16/4294967295' }, 'from all fwmark 0x10 lookup 100'],
  [{ fwmark: '5/0' }, 'from all fwmark 0x5/0 lookup 100'],
  [{ ipproto: '6' }, 'from all ipproto tcp lookup 100'],
  [{ ipproto: 'TCP' }, 'from all ipproto tcp lookup 100'],
  [{ ipproto: '58', family: 6 }, 'from all ipproto ipv6-icmp lookup 100'],
  [{ ipproto: 'icmpv6', family: 6 }, 'from all ipproto ipv6-icmp lookup 100'],
  [{ ipproto: '253' }, 'from all ipproto ipproto-253 lookup 100'],
  [{ ipproto: 'udp', dport: '80-80', sport: '0090-0100' }, 'from all ipproto udp sport 90-100 dport 80 lookup 100'],
  [{ uidrange: '05-5' }, 'from all uidrange 5-5 lookup 100'],
  [{ from: '0.0.0.0/0' }, 'from all lookup 100'],
  [{ from: '::/0' }, 'from all lookup 100'],
  [{ from: 'default', to: '0.0.0.0/0' }, 'from all lookup 100'],
  [{ to: '10.1.1.1/32' }, 'from all to 10.1.1.1 lookup 100'],
  [{ tos: '0x8' }, 'from all tos 0x08 lookup 100'],
  [{ tos: '0x20', family: 6 }, 'from all tos CS1 lookup 100'],
  [{ tos: 'af11', family: 6 }, 'from all tos AF11 lookup 100'],
  [{ to: '10.2.0.0/16', table: '0x64' }, 'from all to 10.2.0.0/16 lookup 100'],
  [
    { to: '10.2.0.0/16', table: '0xfe', suppress_ifgroup: 0 },
    'from all to 10.2.0.0/16 lookup main suppress_ifgroup default',
  ],
  [{ to: '10.2.0.0/16', suppress_ifgroup: '0x5' }, 'from all to 10.2.0.0/16 lookup 100 suppress_ifgroup 5'],
  [{ to: '10.2.0.0/16', realms: '3/0' }, 'from all to 10.2.0.0/16 lookup 100 realms 3/cosmos'],
  [{ to: '10.2.0.0/16', realms: '0/5' }, 'from all to 10.2.0.0/16 lookup 100 realms 5'],
  [{ to: '10.2.0.0/16', proto: '4' }, 'from all to 10.2.0.0/16 lookup 100 proto static'],
  [{ to: '10.2.0.0/16', proto: '186' }, 'from all to 10.2.0.0/16 lookup 100 proto bgp'],
];
// Every other one with a priority: one without is found by its action too.
const whole = spellings.map(
  ([said, printed], i) =>
    [{ table: 100, ...(i % 2 === 0 ? { priority: 50 } : {}), ...said } as JsonObject, printed] as const,
);

describe('however a rule is spelled', () => {
  let ns: Namespace;
  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(
      'ip rule add priority 60 from 10.9.0.0/16 lookup 9; ip -6 rule add priority 60 from 2001:db8::/32 lookup 9',
    );
  });
  afterEach(() => ns.remove());
  const all = () => ns.sh('ip -d rule show; ip -6 -d rule show');

  test.each(whole)('%j is found again, goes with an undo, and by the guard', async (args, printed) => {
    const seen = await all();
    const { before, after } = await applyOn(ns.run, rule, args);
    expect(before).toBeNull();
    expect((await all()).replace(/ proto unspec/g, '')).toContain(`:\t${printed}\n`);
    expect(rule.want(args, after)).toEqual(after);
    expect(await moveOn(ns.run, rule, args, null)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);

    await applyOn(ns.run, rule, args);
    expect(await ns.run(restoreOf(rule, null, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await all()).toBe(seen);

    await applyOn(ns.run, rule, args);
    const gone = { ...args, state: 'absent' };
    const there = await all();
    const removed = await applyOn(ns.run, rule, gone);
    expect([await all(), removed.after]).toEqual([seen, null]);
    expect(await ns.run(restoreOf(rule, removed.before, gone))).toMatchObject({ exit: 0, stderr: '' });
    expect(await all()).toBe(there);
  });

  const busybox = inBusybox({ ip: '/sbin/ip' });
  const bare: Run = (command) => {
    const [sh = '', option = '', text = '', ...words] = command.argv;
    const ip = `ip() { /sbin/ip "$@" | sed -e 's/ ipproto tcp / ipproto ipproto-6 /' -e 's/ tos CS1 / tos 0x20 /' -e 's/ proto static/ proto 4/'; }`;
    return ns.run({ ...command, argv: [sh, option, `${ip}\n${text}`, ...words] });
  };
  test.each<JsonObject>([
    { ipproto: 'tcp', table: 100, proto: 'static' },
    { family: 6, ipproto: '6', tos: 'CS1', table: 100, priority: 50, proto: '4' },
  ])('on a host without names too: %j', async (args) => {
    const seen = await all();
    const { before, after } = await applyOn(bare, rule, args);
    expect(before).toBeNull();
    expect(rule.want(args, after)).toEqual(after);
    expect(await bare(restoreOf(rule, null, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await all()).toBe(seen);
    await applyOn(ns.run, rule, args);
    expect(await ns.run(busybox(restoreOf(rule, null, args)))).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(ns.run, rule, args)).toBeNull();
  });

  test('rules of one priority come back between those of others', async () => {
    await ns.sh(
      `for n in 1 3; do ip rule add priority 70 from 10.1.0.0/16 lookup $n; ip rule add priority 70 from 10.$n.0.0/16 to 10.2.0.0/16 lookup 7; done`,
    );
    const args = { priority: 70, from: '10.1.0.0/16', state: 'absent' };
    const seen = await all();
    const { before } = await applyOn(ns.run, rule, args);
    expect(await moveOn(ns.run, rule, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);
    await applyOn(ns.run, rule, args);
    expect(await ns.run(restoreOf(rule, before, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await all()).toBe(seen);
  });
});

test.each<[JsonObject, string, RegExp]>([
  [{ fwmark: 0 }, 'fwmark', /^Leave it out, or .* "0\/0xffffffff"/],
  [{ fwmark: '0x0/0x0' }, 'fwmark', /"0\/0xffffffff"/],
  [{ fwmark: '010/0xff' }, 'fwmark', /^Did you mean "0xa\/0xff"\?$/],
  [{ tos: '0x0' }, 'tos', /^Leave it out/],
  [{ tos: 'CS1' }, 'tos', /^At most 0x1c/],
  [{ dport: 65_535 }, 'dport', /^From 1 to 65534/],
  [{ sport: '0-9' }, 'sport', /^From 1 to 65534/],
  [{ proto: '2' }, 'proto', /say static/],
  [{ table: '0' }, 'table', /^Name one/],
  [{ table: '0100' }, 'table', /^Did you mean "100"\?$/],
  [{ realms: 'cosmos' }, 'realms', /^Leave it out, or name one/],
  [{ family: 6, realms: '5' }, 'realms', /^Leave out "realms"/],
])('what ip would take for something else is refused: %j', (said, key, hint) => {
  expect(ruleFaults({ table: 100, ...said })).toEqual([
    expect.objectContaining({ path: [key], hint: expect.stringMatching(hint) }),
  ]);
});
