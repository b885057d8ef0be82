import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { iptablesRule as module } from '../../src/modules/iptables_rule.ts';
import { asResource, laws, outcomeOf } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const iptablesRule = asResource(module);
const kube = '-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING';
const old = '-s 172.7.21.0/24 ! -o docker0 -j MASQUERADE';
const fixed = '-s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE';
const last = '-s 10.0.0.0/8 -j ACCEPT';
const docker = '-i docker0 -j ACCEPT';
const nat = { table: 'nat', chain: 'POSTROUTING' };
// Host bits on purpose: the host clears them.
const swap = { ...nat, rule: '-s 172.7.21.1/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE', replaces: old };
const swapped = (chain: readonly string[] | null) => ({ rule: fixed, replaces: old, chain });
const single = (rule: string, chain: readonly string[] | null) => ({ rule, replaces: null, chain });
const transaction = (table: string, ...lines: readonly string[]) => ({
  argv: ['iptables-restore', '--noflush', '-w', '5'],
  stdin: [`*${table}`, ...lines, 'COMMIT', ''].join('\n'),
});

laws(
  module,
  [
    {
      name: 'a rule takes the place of another, and gives it back',
      args: swap,
      host: 'old-rule',
      before: swapped([kube, old, last]),
      after: swapped([kube, fixed, last]),
      apply: [transaction('nat', `-D POSTROUTING ${old}`, `-I POSTROUTING 2 ${fixed}`)],
      applied: 'new-rule',
      undo: [transaction('nat', `-D POSTROUTING ${fixed}`, `-I POSTROUTING 2 ${old}`)],
    },
    { name: 'a rule that is there stays', args: swap, host: 'new-rule', before: swapped([kube, fixed, last]) },
    {
      name: 'where both are, the replaced one goes and comes back to its place',
      args: swap,
      host: 'both-rules',
      before: swapped([old, kube, fixed, last]),
      after: swapped([kube, fixed, last]),
      apply: [transaction('nat', `-D POSTROUTING ${old}`, `-D POSTROUTING ${fixed}`, `-I POSTROUTING 2 ${fixed}`)],
      applied: 'new-rule',
      undo: [transaction('nat', `-D POSTROUTING ${fixed}`, `-I POSTROUTING 1 ${old}`, `-I POSTROUTING 3 ${fixed}`)],
    },
    {
      name: 'a rule that replaces nothing is put first',
      args: { chain: 'FORWARD', rule: ['-i', 'docker0', '-j', 'ACCEPT'], position: 'first' },
      host: 'drop-only',
      before: single(docker, ['-j DROP']),
      after: single(docker, [docker, '-j DROP']),
      apply: [transaction('filter', `-I FORWARD 1 ${docker}`)],
      applied: 'accept-first',
      undo: [transaction('filter', `-D FORWARD ${docker}`)],
    },
    {
      name: 'every copy goes, and comes back where it was',
      args: { chain: 'FORWARD', rule: '-i a -j ACCEPT', state: 'absent' },
      host: 'copies',
      before: single('-i a -j ACCEPT', ['-i a -j ACCEPT', '-j DROP', '-i a -j ACCEPT']),
      after: single('-i a -j ACCEPT', ['-j DROP']),
      apply: [transaction('filter', '-D FORWARD -i a -j ACCEPT', '-D FORWARD -i a -j ACCEPT')],
      undo: [transaction('filter', '-I FORWARD 1 -i a -j ACCEPT', '-I FORWARD 3 -i a -j ACCEPT')],
    },
    {
      name: 'one copy is left of two, the first',
      args: { chain: 'FORWARD', rule: '-i a -j ACCEPT' },
      host: 'copies',
      before: single('-i a -j ACCEPT', ['-i a -j ACCEPT', '-j DROP', '-i a -j ACCEPT']),
      after: single('-i a -j ACCEPT', ['-i a -j ACCEPT', '-j DROP']),
      apply: [
        transaction('filter', '-D FORWARD -i a -j ACCEPT', '-D FORWARD -i a -j ACCEPT', '-I FORWARD 1 -i a -j ACCEPT'),
      ],
      undo: [
        transaction(
          'filter',
          '-D FORWARD -i a -j ACCEPT',
          '-I FORWARD 1 -i a -j ACCEPT',
          '-I FORWARD 3 -i a -j ACCEPT',
        ),
      ],
    },
    {
      name: 'a jump to a chain of the user is found, and a pasted line may begin with -A',
      args: { ...nat, rule: `-A POSTROUTING ${kube}` },
      host: 'jump-to-user-chain',
      before: single(kube, [kube, old, last]),
    },
    {
      name: 'a chain that does not exist has no such rule',
      args: { ...nat, chain: 'KUBE-NOPE', rule: '-j ACCEPT', state: 'absent' },
      host: 'no-chain',
      before: single('-j ACCEPT', null),
    },
    {
      name: 'without a namespace to try it in, the rule is compared as written',
      args: { chain: 'FORWARD', rule: ['-m', 'comment', '--comment', `it's "x"`, '-j', 'ACCEPT'] },
      host: {
        stdout: `=== chain 0\n-P FORWARD ACCEPT\n-A FORWARD -m comment --comment "it\\'s \\"x\\"" -j ACCEPT\n=== rule unknown\n\n`,
      },
      before: single(`-m comment --comment "it\\'s \\"x\\"" -j ACCEPT`, [
        `-m comment --comment "it\\'s \\"x\\"" -j ACCEPT`,
      ]),
    },
  ],
  [
    {
      name: 'a rule is not put into a chain that does not exist',
      args: { ...nat, chain: 'KUBE-NOPE', rule: '-j ACCEPT' },
      host: 'no-chain',
      code: 'refused',
      says: /no chain KUBE-NOPE in table nat/,
    },
    {
      name: 'a rule that iptables rejects is the user’s mistake',
      args: { ...nat, rule: '-s nonsense -j ACCEPT' },
      host: 'bad-rule',
      code: 'invalid',
      says: /does not accept.*nonsense' not found/,
    },
    {
      name: 'one rule that is stored as two is not one rule',
      args: { ...nat, rule: '-s 10.1.1.1,10.1.1.2 -j ACCEPT' },
      host: 'two-rules',
      code: 'invalid',
      says: /makes 2 rules/,
    },
    {
      name: 'shell quoting is not guessed at',
      args: { chain: 'FORWARD', rule: `--comment 'a b'` },
      host: 'drop-only',
      code: 'invalid',
      says: /quoting/,
    },
    {
      name: 'a line break cannot reach iptables-restore',
      args: { chain: 'FORWARD', rule: ['-j', 'ACCEPT\n-F FORWARD'] },
      host: 'drop-only',
      code: 'invalid',
      says: /control characters/,
    },
    {
      name: 'rules of nft that iptables cannot show are not taken for an empty chain',
      args: { chain: 'FORWARD', rule: '-j ACCEPT' },
      host: {
        stdout: "=== chain 0\n# Table `filter' is incompatible, use 'nft' tool.\n=== rule 0\n-A FORWARD -j ACCEPT\n",
      },
      code: 'unreadable',
      says: /incompatible/,
    },
  ],
);

describe('the place of an undone rule', () => {
  const before = iptablesRule.read(outcomeOf('iptables_rule', 'old-rule'), swap);
  test.each([
    ['a rule before it', [kube, '-j A', fixed, last], `-I POSTROUTING 3 ${old}`],
    ['a rule after it', [kube, fixed, '-j A', last], `-I POSTROUTING 2 ${old}`],
    ['rules at the top', ['-j A', '-j B', kube, last], `-I POSTROUTING 4 ${old}`],
    ['its previous neighbour gone', ['-j A', '-j B', last, fixed], `-I POSTROUTING 3 ${old}`],
    ['both neighbours gone', ['-j A', '-j B', '-j C'], `-I POSTROUTING 2 ${old}`],
    ['the chain empty', [], `-I POSTROUTING 1 ${old}`],
  ])('with %s', (_, chain, insert) => {
    const [command] = iptablesRule.move(swapped(chain), before, swap);
    expect(command?.stdin?.split('\n')).toContain(insert);
  });

  test('counts as restored only between its neighbours', () => {
    expect(iptablesRule.restored?.(before, swapped(['-j A', kube, old, last]), swap)).toBe(true);
    expect(iptablesRule.restored?.(before, swapped([old, '-j A', kube, last]), swap)).toBe(false);
  });
});

describe('on a real kernel', () => {
  let ns: Namespace;
  const chain = () => ns.sh('iptables -t nat -S POSTROUTING');

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`iptables -t nat -N KUBE-POSTROUTING
      iptables -t nat -A POSTROUTING ${kube}; iptables -t nat -A POSTROUTING ${old}; iptables -t nat -A POSTROUTING ${last}`);
  });
  afterEach(() => ns.remove());

  test('a rule is swapped in place; its undo is exact although others wrote in between', async () => {
    const { before, after } = await applyOn(ns.run, iptablesRule, swap);
    expect(after).toEqual(swapped([kube, fixed, last]));
    expect(await applyOn(ns.run, iptablesRule, swap)).toEqual({ before: after, after });
    await ns.sh(
      'iptables -t nat -I POSTROUTING -d 9.9.9.9 -j ACCEPT; iptables -t nat -A POSTROUTING -d 8.8.8.8 -j ACCEPT',
    );
    expect(await moveOn(ns.run, iptablesRule, swap, before)).toMatchObject([{ exit: 0 }]);
    const lines = [`-d 9.9.9.9/32 -j ACCEPT`, kube, old, last, '-d 8.8.8.8/32 -j ACCEPT'];
    expect(await chain()).toBe(`-P POSTROUTING ACCEPT\n${lines.map((line) => `-A POSTROUTING ${line}\n`).join('')}`);
    const now = await readOn(ns.run, iptablesRule, swap);
    expect(iptablesRule.restored?.(before, now, swap)).toBe(true);
  });

  test('when somebody changed the old rule since, nothing is written', async () => {
    const now = await readOn(ns.run, iptablesRule, swap);
    const commands = iptablesRule.move(now, iptablesRule.want(swap, now), swap);
    await ns.sh(`iptables -t nat -R POSTROUTING 2 -s 172.7.99.0/24 -j MASQUERADE`);
    const seen = await chain();
    expect(await Promise.all(commands.map(ns.run))).toMatchObject([
      { exit: 1, stderr: expect.stringContaining('failed') },
    ]);
    expect(await chain()).toBe(seen);
  });

  test.each<[string, JsonObject]>([
    ['an address with host bits', { ...nat, rule: '-s 172.7.21.9/24 ! -o docker0 -j MASQUERADE' }],
    [
      'a mask in words, all protocols',
      { ...nat, rule: '-p all --source 172.7.21.0/255.255.255.0 ! -o docker0 -j MASQUERADE' },
    ],
    ['a comment that needs quotes', { ...nat, rule: kube }],
  ])('what is there is found: %s', async (_, args) => {
    const { before, after } = await applyOn(ns.run, iptablesRule, args);
    expect(after).toEqual(before);
    expect(await chain()).toBe(
      `-P POSTROUTING ACCEPT\n${[kube, old, last].map((line) => `-A POSTROUTING ${line}\n`).join('')}`,
    );
  });

  test('reading changes nothing, not even for a jump to a chain that is not there', async () => {
    const all = await ns.sh('iptables-save | grep -v "^#"');
    await expect(readOn(ns.run, iptablesRule, { ...nat, rule: '-j NOT-THERE' })).resolves.toMatchObject({
      rule: '-j NOT-THERE',
    });
    expect(await ns.sh('iptables-save | grep -v "^#"')).toBe(all);
  });

  test('an odd comment and an IPv6 rule survive apply and undo', async () => {
    const args = {
      chain: 'FORWARD',
      ip_version: 6,
      rule: ['-m', 'comment', '--comment', `hello 'w' "q" \\ $x`, '-j', 'DROP'],
    };
    const { before, after } = await applyOn(ns.run, iptablesRule, args);
    expect(after).toMatchObject({ chain: [expect.stringContaining('hello')] });
    const again = await applyOn(ns.run, iptablesRule, args);
    expect(again).toEqual({ before: after, after });
    await moveOn(ns.run, iptablesRule, args, before);
    expect(await readOn(ns.run, iptablesRule, args)).toEqual(before);
  });
});
