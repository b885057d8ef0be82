import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { iptablesChain } from '../../../src/modules/iptables_chain.ts';
import { iptablesRule } from '../../../src/modules/iptables_rule.ts';
import { iptablesSave } from '../../../src/modules/iptables_save.ts';
import { asResource } from '../../support/laws.ts';
import { comesBack, type Disturb, isLeftAlone } from '../../support/restores.ts';
import { makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';

let ns: Namespace;
beforeEach(async () => {
  ns = await makeNamespace();
});
afterEach(() => ns.remove());

const oldRule = '-s 172.7.21.0/24 ! -o docker0 -j MASQUERADE';
const newRule = '-s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE';
const first = '-s 10.1.0.0/16 -m comment --comment "the \\"first\\" \\\\ 1" -j RETURN';
const last = '-s 10.2.0.0/16 -j RETURN';
const other = '-s 10.3.0.0/16 -j RETURN';

/** Everything that is in force, without counters; what lists it must not bring a backend into being. */
const rules = async (): Promise<string> =>
  ns.sh(`
    for one in iptables iptables-legacy ip6tables; do
      if [ $one = iptables-legacy ] && ! grep -q . /proc/net/ip_tables_names; then continue; fi
      echo "$one"; $one-save | sed -e 's/^# .*//' -e 's/\\[.*//'
    done`);
const listed = async (chain = 'POSTROUTING', table = 'nat', program = 'iptables'): Promise<string[]> =>
  (await ns.sh(`${program} -w -t ${table} -S ${chain} | grep '^-A' || :`))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(`-A ${chain} `.length));

const append = (...lines: readonly string[]): Promise<string> =>
  ns.sh(lines.map((line) => `iptables -w -t nat -A POSTROUTING ${line}`).join('\n'));
const of = (module: typeof iptablesRule, args: JsonObject) => ({
  run: ns.run,
  resource: asResource(module),
  args,
  trace: rules as () => Promise<Json>,
});

describe('a rule that takes the place of another', () => {
  const args = { table: 'nat', chain: 'POSTROUTING', rule: newRule, replaces: oldRule };
  const nat = (text: string) => ns.sh(`iptables -w -t nat ${text}`);

  test.each<readonly [string, Disturb, readonly string[]]>([
    ['untouched', () => undefined, [first, oldRule, last]],
    ['after the run', (apply) => apply(), [first, oldRule, last]],
    ['removed', () => nat(`-D POSTROUTING ${oldRule}`), [first, oldRule, last]],
    ['there with the new one', () => nat(`-A POSTROUTING ${newRule}`), [first, oldRule, last]],
    ['there twice', () => nat(`-A POSTROUTING ${oldRule}`), [first, oldRule, last]],
    [
      'put elsewhere',
      () => nat(`-D POSTROUTING ${oldRule}`).then(() => nat(`-A POSTROUTING ${oldRule}`)),
      [first, oldRule, last],
    ],
    [
      'among the rules of others by then',
      async (apply) => {
        await apply();
        await nat(`-I POSTROUTING 1 ${other}`);
        await nat(`-I POSTROUTING 4 ${other}`);
      },
      [other, first, oldRule, other, last],
    ],
    ['in a chain that was emptied', () => nat('-F POSTROUTING'), [oldRule]],
  ])('comes back when it is %s, and no rule of others is touched', async (_, disturb, then) => {
    await append(first, oldRule, last);
    await ns.sh('iptables -A FORWARD -j DROP; ip6tables -A FORWARD -j DROP');
    await comesBack(of(iptablesRule, args), disturb);
    expect(await listed()).toEqual(then);
    expect(await rules()).toMatch(
      /^iptables\n[\s\S]*-A FORWARD -j DROP\n[\s\S]*ip6tables\n[\s\S]*-A FORWARD -j DROP\n/,
    );
  });

  test('comes back where an undo would put it, whatever has become of the chain', async () => {
    const [a, b, c, d] = ['10.11.0.0/16', '10.12.0.0/16', '10.13.0.0/16', '10.14.0.0/16'].map((net) => `-s ${net}`);
    const was = [a, oldRule, b, c, oldRule, d];
    const now = [
      [newRule, d, c, b, a],
      [d, newRule],
      [c, newRule, c, newRule, c],
      [b, a, oldRule, d, c],
      [a, b, c, d],
      [],
    ];
    const it = asResource(iptablesRule);
    for (const lines of now) {
      await ns.sh('iptables -w -t nat -F POSTROUTING');
      await append(...was.map(String));
      const before = await readOn(ns.run, it, args);
      const set = async () => {
        await ns.sh('iptables -w -t nat -F POSTROUTING');
        await append(...lines.map(String));
      };
      await set();
      await moveOn(ns.run, it, args, before);
      const undone = await listed();
      await set();
      const command = it.restore?.(before, it.want(args, before), args) ?? { argv: [] };
      expect(await ns.run(command)).toMatchObject({ exit: 0, stderr: '' });
      expect(await listed(), lines.join('; ')).toEqual(undone);
    }
  });

  test('comes back in the backend where it was', async () => {
    await append(first);
    await ns.sh(`iptables-legacy -t nat -A POSTROUTING ${oldRule}; iptables-legacy -t nat -A POSTROUTING ${last}`);
    await comesBack(of(iptablesRule, args), (apply) => apply());
    expect(await listed()).toEqual([first]);
    expect(await listed('POSTROUTING', 'nat', 'iptables-legacy')).toEqual([oldRule, last]);
  });

  test('leaves a backend that nobody uses unused', async () => {
    await append(oldRule);
    await comesBack(of(iptablesRule, args), (apply) => apply());
    expect(await ns.sh('cat /proc/net/ip_tables_names')).toBe('');
  });
});

describe('a rule in a chain of its own', () => {
  const args = { chain: 'PODS-IN', rule: '-p udp -m udp --dport 8472 -j ACCEPT', create_chain: true };

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    ['half made', () => ns.sh('iptables -N PODS-IN')],
    [
      'used by others too',
      async (apply) => {
        await apply();
        await ns.sh('iptables -A PODS-IN -j DROP');
      },
    ],
  ])('goes again when it is %s', async (name, disturb) => {
    await comesBack(of(iptablesRule, args), disturb);
    expect(await ns.sh('iptables -S | grep PODS-IN || :')).toBe(
      name.startsWith('used') ? '-N PODS-IN\n-A PODS-IN -j DROP\n' : '',
    );
  });

  test('comes back with its chain', async () => {
    await ns.sh(`iptables -N PODS-IN; iptables -A PODS-IN ${args.rule}`);
    await comesBack(of(iptablesRule, { ...args, state: 'absent' }), (apply) => apply());
    expect(await listed('PODS-IN', 'filter')).toEqual([args.rule]);
  });

  test('that is jumped to by then stays, and it is said why', async () => {
    const jumped: Disturb = () => ns.sh('iptables -N PODS-IN; iptables -A INPUT -j PODS-IN');
    await isLeftAlone(of(iptablesRule, args), jumped, /PODS-IN of the nft backend did not come back/);
  });

  test('of IPv6 is held to the same', async () => {
    await ns.sh('ip6tables -A FORWARD -j DROP');
    const six = { chain: 'FORWARD', rule: '-s 2001:db8::/64 -j ACCEPT', position: 'first', ip_version: 6 };
    await comesBack(of(iptablesRule, six), (apply) => apply());
    expect(await listed('FORWARD', 'filter', 'ip6tables')).toEqual(['-j DROP']);
  });
});

describe('a chain', () => {
  const gone = { chain: 'OLD-RULES', state: 'absent' };

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    [
      'there again, with other rules',
      async (apply) => {
        await apply();
        await ns.sh('iptables -N OLD-RULES; iptables -A OLD-RULES -j DROP');
      },
    ],
  ])('comes back when it is %s', async (name, disturb) => {
    await ns.sh(`iptables -N OLD-RULES
      iptables -A OLD-RULES ${first}
      iptables -A OLD-RULES ${last}
      iptables -A OLD-RULES`);
    await comesBack(of(iptablesChain, gone), disturb);
    const rule = await listed('OLD-RULES', 'filter');
    expect(rule).toEqual(name.startsWith('there') ? ['-j DROP'] : [first, last, '']);
  });

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    [
      'with rules',
      async (apply) => {
        await apply();
        await ns.sh(`iptables -A NEW-RULES ${first}`);
      },
    ],
  ])('goes again when it is %s', async (_, disturb) => {
    await ns.sh('iptables -A FORWARD -j DROP');
    await comesBack(of(iptablesChain, { chain: 'NEW-RULES' }), disturb);
    expect(await ns.sh('iptables -S | grep NEW || :')).toBe('');
  });

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
  ])('of the kernel has its policy back when it is %s', async (_, disturb) => {
    await ns.sh('iptables -A FORWARD -j RETURN; iptables-legacy -P FORWARD ACCEPT');
    await comesBack(of(iptablesChain, { chain: 'FORWARD', policy: 'DROP' }), disturb);
    expect(await ns.sh('iptables -S FORWARD')).toBe('-P FORWARD ACCEPT\n-A FORWARD -j RETURN\n');
  });

  test.each<readonly [string, Disturb, string]>([
    ['untouched', () => undefined, ''],
    ['after the run', (apply) => apply(), 'filter\n'],
  ])('of a legacy table that nobody used has its policy back when it is %s', async (_, disturb, tables) => {
    await comesBack(of(iptablesChain, { chain: 'INPUT', policy: 'DROP', backend: 'legacy' }), disturb);
    expect(await ns.sh('cat /proc/net/ip_tables_names')).toBe(tables);
    expect(await ns.sh('iptables-legacy -S INPUT')).toBe('-P INPUT ACCEPT\n');
  });

  test('comes back although a comment in it looks like what iptables says of itself', async () => {
    await ns.sh('iptables -A FORWARD -m comment --comment "see # 12, incompatible" -j RETURN');
    await comesBack(of(iptablesChain, { chain: 'FORWARD', policy: 'DROP' }), (apply) => apply());
    expect(await ns.sh('iptables -S FORWARD')).toMatch(/^-P FORWARD ACCEPT\n-A FORWARD .*incompatible/);
  });
});

describe('a saved file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    ['removed', () => rmSync(join(folder, 'rules.v4'))],
    ['written by somebody else', () => writeFileSync(join(folder, 'rules.v4'), '*raw\nCOMMIT\n')],
  ])('comes back to the byte when it is %s', async (_, disturb) => {
    const path = join(folder, 'rules.v4');
    const text = '# of old\n*filter\n:INPUT ACCEPT [1:2]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    writeFileSync(path, text, { mode: 0o640 });
    await ns.sh('iptables -A FORWARD -j DROP');
    const trace = () => {
      const { ino, mtimeMs, ctimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
      return [ino ?? 0, mtimeMs ?? 0, ctimeMs ?? 0];
    };
    await comesBack({ ...of(iptablesSave, { path }), trace }, disturb);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
