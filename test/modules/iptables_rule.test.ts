import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../src/core/failure.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { iptablesRule as module } from '../../src/modules/iptables_rule.ts';
import { asResource, laws, outcomeOf } from '../support/laws.ts';
import { restoreOf } from '../support/restoring.ts';
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
const side = (chain: readonly string[] | null, rule: string, replaces: string | null, backend = 'nft') => ({
  backend,
  chain,
  rule,
  replaces,
});
const swapped = (chain: readonly string[] | null) => ({ sides: [side(chain, fixed, old)] });
const single = (rule: string, chain: readonly string[] | null) => ({ sides: [side(chain, rule, null)] });
const inLegacy = (table: string, ...lines: readonly string[]) => ({
  ...transaction(table, ...lines),
  argv: ['iptables-legacy-restore', '--noflush', '-w', '5'],
});
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
      name: 'a chain that does not exist is made with its first rule, and goes with it',
      args: { ...nat, chain: 'KUBE-NOPE', rule: '-j ACCEPT', create_chain: true },
      host: 'no-chain',
      before: single('-j ACCEPT', null),
      after: single('-j ACCEPT', ['-j ACCEPT']),
      apply: [transaction('nat', '-N KUBE-NOPE', '-I KUBE-NOPE 1 -j ACCEPT')],
      undo: [transaction('nat', '-D KUBE-NOPE -j ACCEPT', '-X KUBE-NOPE')],
    },
    {
      name: 'a chain that was made stays when others use it by now',
      args: { ...nat, chain: 'KUBE-NOPE', rule: '-j ACCEPT', create_chain: true },
      host: 'no-chain',
      before: single('-j ACCEPT', null),
      after: single('-j ACCEPT', ['-j ACCEPT']),
      apply: [transaction('nat', '-N KUBE-NOPE', '-I KUBE-NOPE 1 -j ACCEPT')],
      now: single('-j ACCEPT', ['-s 9.9.9.9/32 -j DROP', '-j ACCEPT']),
      undo: [transaction('nat', '-D KUBE-NOPE -j ACCEPT')],
    },
    {
      name: 'what is left of the replaced rule in the other backend goes too, and comes back',
      args: swap,
      host: 'leftover',
      before: { sides: [side([kube, old], fixed, old), side([last, old], fixed, old, 'legacy')] },
      after: { sides: [side([kube, fixed], fixed, old), side([last], fixed, old, 'legacy')] },
      apply: [
        transaction('nat', `-D POSTROUTING ${old}`, `-I POSTROUTING 2 ${fixed}`),
        inLegacy('nat', `-D POSTROUTING ${old}`),
      ],
      applied: 'leftover-gone',
      undo: [
        transaction('nat', `-D POSTROUTING ${fixed}`, `-I POSTROUTING 2 ${old}`),
        inLegacy('nat', `-I POSTROUTING 2 ${old}`),
      ],
    },
    {
      name: 'a rule is replaced in the backend where it lives',
      args: swap,
      host: 'legacy-only',
      before: { sides: [side([], fixed, old), side([old, last], fixed, old, 'legacy')] },
      after: { sides: [side([], fixed, old), side([fixed, last], fixed, old, 'legacy')] },
      apply: [inLegacy('nat', `-D POSTROUTING ${old}`, `-I POSTROUTING 1 ${fixed}`)],
      applied: 'legacy-new',
      undo: [inLegacy('nat', `-D POSTROUTING ${fixed}`, `-I POSTROUTING 1 ${old}`)],
    },
    {
      name: 'a backend that is asked for is used, although nobody has used it yet',
      args: { ...swap, backend: 'legacy' },
      host: 'asked-legacy',
      before: { sides: [side([fixed], fixed, old), side([], fixed, old, 'legacy')] },
      after: { sides: [side([fixed], fixed, old), side([fixed], fixed, old, 'legacy')] },
      apply: [inLegacy('nat', `-I POSTROUTING 1 ${fixed}`)],
      undo: [inLegacy('nat', `-D POSTROUTING ${fixed}`)],
    },
    {
      name: 'without a namespace to try it in, the form is worked out and -C confirms that it is there',
      args: { ...nat, rule: '-j MASQUERADE -s 172.7.21.9/24 ! -o docker0' },
      host: 'not-tried',
      before: single(old, [old, kube, fixed, last]),
    },
    {
      name: 'without a namespace to try it in, -C confirms that a rule is absent',
      args: { ...nat, rule: '-j ACCEPT -s 10.9.0.1' },
      host: 'not-tried-absent',
      before: single('-s 10.9.0.1/32 -j ACCEPT', [old, kube, fixed, last]),
      after: single('-s 10.9.0.1/32 -j ACCEPT', [old, kube, fixed, last, '-s 10.9.0.1/32 -j ACCEPT']),
      apply: [transaction('nat', '-I POSTROUTING 5 -s 10.9.0.1/32 -j ACCEPT')],
      undo: [transaction('nat', '-D POSTROUTING -s 10.9.0.1/32 -j ACCEPT')],
    },
    {
      name: 'an iptables-restore that is too old to wait for the lock is not told to',
      args: { chain: 'FORWARD', rule: '-j DROP' },
      host: { stdout: '=== side legacy never\n=== chain 0\n-P FORWARD ACCEPT\n=== rule 0\n-A FORWARD -j DROP\n' },
      before: { sides: [{ ...side([], '-j DROP', null, 'legacy'), waits: false }] },
      after: { sides: [{ ...side(['-j DROP'], '-j DROP', null, 'legacy'), waits: false }] },
      apply: [{ argv: ['iptables-restore', '--noflush'], stdin: '*filter\n-I FORWARD 1 -j DROP\nCOMMIT\n' }],
      undo: [{ argv: ['iptables-restore', '--noflush'], stdin: '*filter\n-D FORWARD -j DROP\nCOMMIT\n' }],
    },
    {
      name: 'without a namespace to try it in, the rule is compared as written',
      args: { chain: 'FORWARD', rule: ['-m', 'comment', '--comment', `it's "x"`, '-j', 'ACCEPT'] },
      host: {
        stdout: `=== side nft waits\n=== chain 0\n-P FORWARD ACCEPT\n-A FORWARD -m comment --comment "it\\'s \\"x\\"" -j ACCEPT\n=== rule tried 0\n\n`,
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
      name: 'with one backend named, a leftover in the other one is named too',
      args: { ...swap, backend: 'nft' },
      host: 'leftover',
      code: 'refused',
      says: /legacy backend has "-s 172\.7\.21\.0\/24 ! -o docker0 -j MASQUERADE" in POSTROUTING too/,
    },
    {
      name: 'a backend in use that has no program here is not passed over',
      args: swap,
      host: {
        stdout: `=== side nft waits\n=== chain 0\n-P POSTROUTING ACCEPT\n=== rule 0\n-A POSTROUTING ${fixed}\n=== rule 0\n-A POSTROUTING ${old}\n=== missing legacy\n`,
      },
      code: 'missing',
      says: /iptables-legacy is not there/,
    },
    {
      name: 'no iptables at all is said as it is',
      args: swap,
      host: { exit: 127, stderr: 'sh: 1: iptables: not found' },
      code: 'missing',
      says: /no iptables on this host/,
    },
    ...[
      ['1', 'a rule that is listed and that -C does not find', 'unreadable', /could not be found out/],
      ['2', 'a rule that -C rejects', 'invalid', /does not accept.*Bad argument/],
      ['3', 'a table that -C cannot open', 'unreadable', /Bad argument/],
      ['4', 'a lock that -C does not get', 'unreadable', /Bad argument/],
    ].map(([code, name, failure, says]) => ({
      name: `${name} is not taken for absence`,
      args: { chain: 'FORWARD', rule: '-j DROP' },
      host: {
        stdout: `=== side nft waits\n=== chain 0\n-P FORWARD ACCEPT\n-A FORWARD -j DROP\n=== rule tried ${code}\niptables: Bad argument\n`,
      },
      code: failure as FailureCode,
      says: says as RegExp,
    })),
    {
      name: 'a form that -C finds and the listing does not is not guessed at',
      args: { ...nat, rule: '-m comment --comment x -s 10.1.1.1' },
      host: {
        stdout: '=== side nft waits\n=== chain 0\n-P POSTROUTING ACCEPT\n-A POSTROUTING -j X\n=== rule tried 0\n',
      },
      code: 'unreadable',
      says: /could not be found out/,
    },
    {
      name: 'rules of nft that iptables cannot show are not taken for an empty chain',
      args: { chain: 'FORWARD', rule: '-j ACCEPT' },
      host: {
        stdout:
          "=== side nft waits\n=== chain 0\n# Table `filter' is incompatible, use 'nft' tool.\n=== rule 0\n-A FORWARD -j ACCEPT\n",
      },
      code: 'unreadable',
      says: /incompatible/,
    },
  ],
);

test('a rule that says "incompatible" is a rule; only the comment of iptables is a warning', () => {
  const rule = '-m comment --comment "# incompatible" -j DROP';
  const stdout = `=== side nft waits\n=== chain 0\n-P FORWARD ACCEPT\n-A FORWARD ${rule}\n=== rule 0\n-A FORWARD ${rule}\n`;
  const state = iptablesRule.read(outcomeOf('iptables_rule', { stdout }), { chain: 'FORWARD', rule });
  expect(state).toEqual(single(rule, [rule]));
});

test('a chain that went with its own undo is no loss of this rule; one that was made is to go again', () => {
  const [none, empty] = [single('-j DROP', null), single('-j DROP', [])];
  const args = { chain: 'PODS', rule: '-j DROP' };
  expect(iptablesRule.restored?.(empty, none, args)).toBe(true);
  expect(iptablesRule.restored?.(none, empty, args)).toBe(false);
});

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
      sides: [{ rule: '-j NOT-THERE' }],
    });
    expect(await ns.sh('iptables-save | grep -v "^#"')).toBe(all);
  });

  test.each(['nft', 'legacy'])('a rule with a set that only this namespace has: %s', async (backend) => {
    const rules = ['-s 10.1.1.0/24 -m set --match-set pods src -j RETURN', '-m set ! --match-set pods dst -j DROP'];
    await ns.sh(`ipset create pods hash:ip; iptables-${backend} -A FORWARD ${rules[1]}`);
    const args = { chain: 'FORWARD', backend, rule: '-m set --match-set pods src --source 10.1.1.9/24 -j RETURN' };
    const { before, after } = await applyOn(ns.run, iptablesRule, { ...args, position: 'first' });
    expect(after).toMatchObject({
      sides: expect.arrayContaining([expect.objectContaining({ backend, chain: rules })]),
    });
    expect(await applyOn(ns.run, iptablesRule, args)).toEqual({ before: after, after });
    expect(await ns.run(restoreOf(iptablesRule, before, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(ns.run, iptablesRule, args)).toEqual(before);
    await expect(readOn(ns.run, iptablesRule, { ...args, rule: '-m set --match-set none src' })).rejects.toThrow(
      /does not accept .*Set none doesn't exist/,
    );
  });

  test('an odd comment and an IPv6 rule survive apply and undo', async () => {
    const args = {
      chain: 'FORWARD',
      ip_version: 6,
      rule: ['-m', 'comment', '--comment', `hello 'w' "q" \\ $x`, '-j', 'DROP'],
    };
    const { before, after } = await applyOn(ns.run, iptablesRule, args);
    expect(after).toMatchObject({ sides: [{ chain: [expect.stringContaining('hello')] }] });
    const again = await applyOn(ns.run, iptablesRule, args);
    expect(again).toEqual({ before: after, after });
    await moveOn(ns.run, iptablesRule, args, before);
    expect(await readOn(ns.run, iptablesRule, args)).toEqual(before);
  });

  test('a chain is made with its rule in both backends, jumped to, and taken apart again', async () => {
    for (const backend of ['nft', 'legacy']) {
      const args = { ...nat, chain: 'PODS', rule: '-j RETURN', create_chain: true, backend };
      const { before } = await applyOn(ns.run, iptablesRule, args);
      const jump = { ...nat, rule: '-j PODS', position: 'first', backend };
      const { before: noJump } = await applyOn(ns.run, iptablesRule, jump);
      expect(await ns.sh(`iptables-${backend} -t nat -S PODS`)).toBe('-N PODS\n-A PODS -j RETURN\n');
      // Still jumped to, it cannot go, and nothing of it does.
      expect(await moveOn(ns.run, iptablesRule, args, before)).not.toMatchObject([{ exit: 0 }]);
      expect(await ns.sh(`iptables-${backend} -t nat -S PODS`)).toBe('-N PODS\n-A PODS -j RETURN\n');
      await moveOn(ns.run, iptablesRule, jump, noJump);
      await moveOn(ns.run, iptablesRule, args, before);
      expect(iptablesRule.restored?.(before, await readOn(ns.run, iptablesRule, args), args)).toBe(true);
    }
  });

  test('a chain that somebody makes after the reading is not flushed', async () => {
    const args = { ...nat, chain: 'PODS', rule: '-j RETURN', create_chain: true };
    const now = await readOn(ns.run, iptablesRule, args);
    const commands = iptablesRule.move(now, iptablesRule.want(args, now), args);
    await ns.sh('iptables -t nat -N PODS; iptables -t nat -A PODS -j ACCEPT');
    expect((await Promise.all(commands.map(ns.run)))[0]?.exit).not.toBe(0);
    expect(await ns.sh('iptables -t nat -S PODS')).toBe('-N PODS\n-A PODS -j ACCEPT\n');
  });

  test('reading leaves a table of the legacy backend unmade that nobody uses', async () => {
    await readOn(ns.run, iptablesRule, swap);
    await readOn(ns.run, iptablesRule, { ...swap, backend: 'legacy' });
    expect(await ns.sh('cat /proc/net/ip_tables_names || :')).toBe('');
  });

  test('the lock of the legacy backend is waited for', async () => {
    const args = { chain: 'FORWARD', rule: '-j DROP', backend: 'legacy' };
    const now = await readOn(ns.run, iptablesRule, args);
    const [command] = iptablesRule.move(now, iptablesRule.want(args, now), args);
    if (command === undefined) throw new Error('nothing to do');
    // A lock file of this test's own, which somebody holds until the command has begun to wait for it.
    const lock = `/run/${ns.name}.lock`;
    const held = ns.sh(`flock ${lock} sh -c 'touch ${lock}.held; while [ -e ${lock}.held ]; do sleep 0.05; done'`);
    await ns.sh(`until [ -e ${lock}.held ]; do sleep 0.05; done`);
    const ran = ns.run({ ...command, env: { XTABLES_LOCKFILE: lock } });
    expect(await Promise.race([ran, ns.sh('sleep 0.5').then(() => 'waits')])).toBe('waits');
    await ns.sh(`rm ${lock}.held`);
    expect(await ran).toMatchObject({ exit: 0 });
    await held;
    await ns.sh(`rm ${lock}`);
    expect(await ns.sh('iptables-legacy -S FORWARD')).toContain('-A FORWARD -j DROP');
  });
});
