import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { iptablesChain as module } from '../../src/modules/iptables_chain.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const iptablesChain = asResource(module);
const chain = (rules: readonly string[] | null, backend = 'nft') => ({ backend, chain: rules });
const transaction = (...lines: readonly string[]) => ({
  argv: ['iptables-restore', '--noflush', '-w', '5'],
  stdin: ['*filter', ...lines, 'COMMIT', ''].join('\n'),
});
const inLegacy = (...lines: readonly string[]) => ({
  ...transaction(...lines),
  argv: ['iptables-legacy-restore', '--noflush', '-w', '5'],
});
const pods = { chain: 'PODS' };
const rules = ['-s 10.0.0.0/8 -j ACCEPT', '-j DROP'];

laws(
  module,
  [
    {
      name: 'a chain is made, and goes again',
      args: pods,
      host: 'absent',
      before: { sides: [chain(null)] },
      after: { sides: [chain([])] },
      apply: [transaction('-N PODS')],
      applied: 'empty',
      undo: [transaction('-X PODS')],
    },
    {
      name: 'a chain that is there is left alone with its rules',
      args: pods,
      host: 'rules',
      before: { sides: [chain(rules)] },
    },
    {
      name: 'a chain goes with its rules, and all of them come back in order',
      args: { ...pods, state: 'absent' },
      host: 'rules',
      before: { sides: [chain(rules)] },
      after: { sides: [chain(null)] },
      apply: [transaction(...rules.map((rule) => `-D PODS ${rule}`), '-X PODS')],
      applied: 'absent',
      undo: [transaction('-N PODS', ...rules.map((rule) => `-A PODS ${rule}`))],
    },
    {
      name: 'the policy of a built-in chain is turned, and turned back',
      args: { chain: 'FORWARD', policy: 'DROP' },
      host: 'accept',
      before: { sides: [{ ...chain(['-i a -j ACCEPT']), policy: 'ACCEPT' }] },
      after: { sides: [{ ...chain(['-i a -j ACCEPT']), policy: 'DROP' }] },
      apply: [transaction('-P FORWARD DROP')],
      applied: 'drop',
      undo: [transaction('-P FORWARD ACCEPT')],
    },
    {
      name: 'a chain is not made a second time in the other backend',
      args: pods,
      host: 'legacy-only',
      before: { sides: [chain(null), chain(rules, 'legacy')] },
    },
    {
      name: 'absent is absent from both backends',
      args: { ...pods, state: 'absent' },
      host: 'both',
      before: { sides: [chain([]), chain(rules, 'legacy')] },
      after: { sides: [chain(null), chain(null, 'legacy')] },
      apply: [transaction('-X PODS'), inLegacy(...rules.map((rule) => `-D PODS ${rule}`), '-X PODS')],
      undo: [transaction('-N PODS'), inLegacy('-N PODS', ...rules.map((rule) => `-A PODS ${rule}`))],
    },
    {
      name: 'one backend that is named is the only one that is touched',
      args: { ...pods, state: 'absent', backend: 'nft' },
      host: 'both',
      before: { sides: [chain([]), chain(rules, 'legacy')] },
      after: { sides: [chain(null), chain(rules, 'legacy')] },
      apply: [transaction('-X PODS')],
      undo: [transaction('-N PODS')],
    },
  ],
  [
    {
      name: 'a table that cannot be listed is not taken for one without the chain',
      args: pods,
      host: { stdout: '=== side nft waits\n=== chain 4\niptables: Permission denied (you must be root).\n' },
      code: 'unreadable',
      says: /must be root/,
    },
  ],
);

describe('on a real kernel', () => {
  let ns: Namespace;
  beforeEach(async () => {
    ns = await makeNamespace();
  });
  afterEach(() => ns.remove());

  test.each(['nft', 'legacy'])(
    '%s: a chain with rules goes and comes back; one that is in use stays',
    async (backend) => {
      const tool = `iptables-${backend}`;
      const args = { ...pods, backend, state: 'absent' };
      await ns.sh(
        `${tool} -N PODS; ${rules.map((rule) => `${tool} -A PODS ${rule}`).join('; ')}; ${tool} -A FORWARD -j PODS`,
      );
      const all = await ns.sh(`${tool} -S`);
      expect((await moveOn(ns.run, iptablesChain, args, { sides: [{ backend, chain: null }] }))[0]?.exit).not.toBe(0);
      expect(await ns.sh(`${tool} -S`)).toBe(all);
      await ns.sh(`${tool} -F FORWARD`);
      const { before, after } = await applyOn(ns.run, iptablesChain, args);
      expect(await applyOn(ns.run, iptablesChain, args)).toEqual({ before: after, after });
      await moveOn(ns.run, iptablesChain, args, before);
      expect(await readOn(ns.run, iptablesChain, args)).toEqual(before);
    },
  );

  test('an IPv6 chain and policy are their own', async () => {
    const args = { chain: 'FORWARD', policy: 'DROP', ip_version: 6 };
    const { before } = await applyOn(ns.run, iptablesChain, args);
    expect(await ns.sh('ip6tables -S FORWARD; iptables -S FORWARD')).toBe('-P FORWARD DROP\n-P FORWARD ACCEPT\n');
    await moveOn(ns.run, iptablesChain, args, before);
    expect(await ns.sh('ip6tables -S FORWARD')).toBe('-P FORWARD ACCEPT\n');
  });

  test.each(['DROP', 'ACCEPT'])('a policy %s in a table that nobody uses yet, and back', async (policy) => {
    const args = { chain: 'INPUT', policy, backend: 'legacy' };
    const { before, after } = await applyOn(ns.run, iptablesChain, args);
    expect(await applyOn(ns.run, iptablesChain, args)).toEqual({ before: after, after });
    expect(await ns.sh('cat /proc/net/ip_tables_names')).toBe(policy === 'DROP' ? 'filter\n' : '');
    await moveOn(ns.run, iptablesChain, args, before);
    expect(await readOn(ns.run, iptablesChain, args)).toEqual(before);
    expect(await ns.sh('iptables-legacy -S INPUT')).toBe('-P INPUT ACCEPT\n');
  });

  test('a rule that somebody adds after the reading saves the chain', async () => {
    await ns.sh('iptables -N PODS; iptables -A PODS -j DROP');
    const now = await readOn(ns.run, iptablesChain, pods);
    const commands = iptablesChain.move(now, iptablesChain.want({ ...pods, state: 'absent' }, now), pods);
    await ns.sh('iptables -A PODS -s 9.9.9.9 -j ACCEPT');
    expect((await Promise.all(commands.map(ns.run)))[0]?.exit).not.toBe(0);
    expect(await ns.sh('iptables -S PODS')).toBe('-N PODS\n-A PODS -j DROP\n-A PODS -s 9.9.9.9/32 -j ACCEPT\n');
  });
});
