import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { file as fileModule } from '../../src/modules/file.ts';
import { type Edit, editedDump, flawOf, normalizedDump, uneditable } from '../../src/modules/iptables/iptables-dump.ts';
import { iptablesSave as module } from '../../src/modules/iptables_save.ts';
import { asResource, laws, outcomeOf } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const iptablesSave = asResource(module);
const path = '/etc/sysconfig/iptables';
const old = '-A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE';
const fixed = '-A POSTROUTING -s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE';
const filter =
  '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -i docker0 -j ACCEPT\nCOMMIT\n';
const nat = (rule: string): string =>
  `*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${rule}\nCOMMIT\n`;
const [oldRules, fixedRules] = [filter + nat(old), filter + nat(fixed)];
const bootFile = (content: string) => ({ content, mode: '0600', owner: 'root', group: 'root' });
const [oldRule, fixedRule] = [old, fixed].map((line) => line.replace('-A POSTROUTING ', '')) as [string, string];
const nat4 = { table: 'nat', chain: 'POSTROUTING' };
const forms = { rule: fixedRule, replaces: oldRule };
/** A file with comments, counters and rules that are not in force. */
const byHand = (line: string) =>
  bootFile(
    `# by hand\n*nat\n:POSTROUTING ACCEPT [7:420]\n[3:180] ${line}\n-A POSTROUTING -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n# end\n`,
  );
const recorded = (name: string): JsonObject =>
  iptablesSave.read(outcomeOf('iptables_save', name), { path }) as JsonObject;
const [saved, stale] = [recorded('saved'), recorded('stale')];
const staleFile = stale.file as JsonObject;
/** What the file module does to write this. */
const write = (file: JsonObject) => {
  const [command] = asResource(fileModule).move(null, file, { path });
  return { script: /mktemp/, args: command?.argv.slice(4) ?? [], stdin: String(file.content) };
};

laws(
  module,
  [
    {
      name: 'rules that were never saved are, for root alone, and the file goes again',
      args: {},
      host: 'not-saved',
      before: { file: null, live: oldRules },
      after: { file: { content: oldRules, mode: '0600' }, live: oldRules },
      apply: [write({ content: oldRules, mode: '0600' })],
      now: { file: bootFile(oldRules), live: oldRules },
      undo: [{ argv: ['rm', '-f', '--', path] }],
    },
    {
      name: 'a file that differs in comments and counters only is left as it is',
      args: { path },
      host: 'saved',
      before: saved,
    },
    {
      name: 'a file with other rules is written, and every byte of it comes back',
      args: { path },
      host: 'stale',
      before: stale,
      after: { ...stale, file: bootFile(fixedRules) },
      apply: [write(bootFile(fixedRules))],
      now: { live: oldRules, file: bootFile(fixedRules) },
      undo: [write(staleFile)],
    },
    {
      name: 'of one rule only its line is changed, and every byte comes back',
      args: { path, only: { ...nat4, rule: fixedRule, replaces: oldRule } },
      host: 'only-old',
      before: { file: byHand(old), live: forms },
      after: { file: byHand(fixed), live: forms, edited: true },
      apply: [{ script: /unshare -n/, args: ['iptables', path], stdin: byHand(fixed).content }, write(byHand(fixed))],
      applied: 'only-fixed',
      undo: [write(byHand(old))],
    },
    {
      name: 'of one rule that the file has, nothing is changed',
      args: { path, only: { ...nat4, rule: fixedRule, replaces: oldRule } },
      host: 'only-fixed',
      before: { file: byHand(fixed), live: forms },
    },
    {
      name: 'an absent file has no line to remove',
      args: { path, only: { ...nat4, rule: fixedRule, state: 'absent' } },
      host: 'only-no-file',
      before: { file: null, live: { ...forms, replaces: null } },
    },
  ],
  [
    {
      name: 'no rules at all are not saved: at boot that would open the host',
      args: { path },
      host: 'no-rules',
      code: 'refused',
      says: /not saved.*no rules at all/,
    },
    {
      name: 'rules that iptables cannot show are not left out silently',
      args: { path },
      host: {
        stdout: `${filter}# Table \`nat' contains incompatible base-chains, use 'nft' tool to list them.\n=== file\nabsent\n`,
      },
      code: 'refused',
      says: /not all rules can be saved: Table `nat' contains incompatible/,
    },
    {
      name: 'half a dump is not saved',
      args: { path },
      host: { stdout: `${filter}*nat\n:INPUT ACCEPT [0:0]\n=== file\nabsent\n` },
      code: 'refused',
      says: /\*nat has no COMMIT/,
    },
    {
      name: 'a dump that failed is not taken for no rules',
      args: { path },
      host: { exit: 4, stderr: 'Another app is currently holding the xtables lock.' },
      code: 'unreadable',
      says: /xtables lock/,
    },
    {
      name: 'one line of a file that is not there cannot be changed',
      args: { path, only: { ...nat4, rule: fixedRule, replaces: oldRule } },
      host: 'only-no-file',
      code: 'refused',
      says: /There is no file/,
    },
    {
      name: 'rules of the other backend would be missing at boot',
      args: { path },
      host: 'other-backend',
      code: 'refused',
      says: /of the other backend \(legacy: 1 rules\) nothing would be in the file/,
    },
    {
      name: 'a symbolic link is left alone',
      args: { path },
      host: { stdout: `${filter}=== file\nother symlink\n` },
      code: 'refused',
      says: /not a regular file/,
    },
  ],
);

test('dumps are equal when their rules are', () => {
  const noisy = `# Generated\n${nat(`[7:420] ${old}`).replaceAll('[0:0]', '[12:3456]')}\n# Completed\n${filter}`;
  expect(normalizedDump(noisy)).toBe(oldRules);
  expect(normalizedDump(fixedRules)).not.toBe(oldRules);
  expect(flawOf(noisy)).toBeUndefined();
  expect(flawOf(old)).toMatch(/has no COMMIT/);
});

describe('one line of a saved file', () => {
  const text = `# by hand\n${nat(old)}${filter}`;
  const edit: Edit = {
    ...nat4,
    rule: fixedRule,
    replaces: oldRule,
    state: 'present',
    index: Number.POSITIVE_INFINITY,
    family: 4,
  };
  const changed = (from: string, more: Partial<Edit>): string => editedDump(from, { ...edit, ...more });

  test.each<[string, string, Partial<Edit>, string]>([
    ['takes the place of the other', text, {}, text.replace(old, fixed)],
    ['stays', text, { rule: oldRule, replaces: null }, text],
    ['goes', text, { rule: oldRule, replaces: null, state: 'absent' }, text.replace(`${old}\n`, '')],
    ['is appended', text, { replaces: null }, text.replace(old, `${old}\n${fixed}`)],
    ['is put first', text, { replaces: null, index: 0 }, text.replace(old, `${fixed}\n${old}`)],
    [
      'is found in a table with a blank after its name',
      text.replace('*nat', '*nat '),
      {},
      text.replace('*nat', '*nat ').replace(old, fixed),
    ],
    [
      'is put into an empty chain',
      text,
      { chain: 'INPUT', rule: '-j DROP', replaces: null },
      text.replace(old, `${old}\n-A INPUT -j DROP`),
    ],
    [
      'is put into a chain that the file does not have yet',
      text,
      { chain: 'PODS', rule: '-j DROP', replaces: null },
      text.replace('*nat\n', '*nat\n:PODS - [0:0]\n').replace(old, `${old}\n-A PODS -j DROP`),
    ],
    [
      'is put into a table that the file does not have yet',
      filter.trimEnd(),
      { replaces: null },
      `${filter}*nat\n${fixed}\nCOMMIT\n`,
    ],
    ['goes from nowhere', filter, { state: 'absent' }, filter],
    [
      'is found in another writing',
      text.replace(old, '-A POSTROUTING ! -o docker0 -s 172.7.21.9/255.255.255.0 -j MASQUERADE'),
      {},
      text.replace(old, fixed),
    ],
    ['makes copies of both go', text.replace(old, `${fixed}\n${old}\n${fixed}`), {}, text.replace(old, fixed)],
    [
      'of another table or chain is another rule',
      text.replace('*nat', '*mangle'),
      { state: 'absent' },
      text.replace('*nat', '*mangle'),
    ],
  ])('%s', (_, from, more, to) => {
    expect(changed(from, more)).toBe(to);
    expect(changed(to, more)).toBe(to);
  });

  test.each([
    ['has its table twice', `${text}* nat x\nCOMMIT\n`, /has the table nat twice, in lines 2 and 15/],
    ['has a table without an end', text.split('COMMIT')[0] ?? '', /nat has no COMMIT/],
    [
      'has a line that inserts',
      text.replace(old, `${old}\n-I POSTROUTING 1 ${oldRule}`),
      /line 8 .*: -I POSTROUTING 1/,
    ],
    ['has a line that begins with a blank', text.replace(old, ` ${old}`), /line 7 .*: {2}-A POSTROUTING/],
    ['has a line in another writing', text.replace('-A', '--append'), /line 7 .*: --append/],
  ])('cannot be changed where the file %s', (_, from, why) => {
    expect(uneditable(from, 'nat')).toMatch(why);
    expect(uneditable(from, 'mangle')).toBeUndefined();
    expect(uneditable(text, 'nat')).toBeUndefined();
  });
});

describe('on a real kernel', () => {
  let ns: Namespace;
  let args: { path: string };
  let folder: string;

  beforeEach(async () => {
    ns = await makeNamespace();
    folder = await mkdtemp(join(tmpdir(), 'runbook-save-'));
    args = { path: join(folder, 'iptables') };
    await ns.sh(`iptables -t nat ${old}; iptables -A FORWARD -i docker0 -j ACCEPT`);
  });
  afterEach(async () => {
    await ns.remove();
    await rm(folder, { recursive: true });
  });

  test('what is saved loads as the rules that were in force', async () => {
    const { after } = await applyOn(ns.run, iptablesSave, args);
    expect(after).toMatchObject({ file: { mode: '0600', content: oldRules } });
    expect(await applyOn(ns.run, iptablesSave, args)).toEqual({ before: after, after });
    await ns.sh(`iptables -t nat -F; iptables -F; iptables-restore ${args.path}`);
    expect(await readOn(ns.run, iptablesSave, args)).toEqual(after);
  });

  test('the previous file comes back with its bytes and mode', async () => {
    const bytes = '# by hand\n*nat\nCOMMIT';
    await writeFile(args.path, bytes, { mode: 0o640 });
    const { before } = await applyOn(ns.run, iptablesSave, args);
    expect(await readFile(args.path, 'utf8')).toBe(oldRules);
    expect((await stat(args.path)).mode & 0o777).toBe(0o640);
    await moveOn(ns.run, iptablesSave, args, before);
    expect(await readFile(args.path, 'utf8')).toBe(bytes);
    expect((await stat(args.path)).mode & 0o777).toBe(0o640);
  });

  test('an IPv6 file holds the IPv6 rules', async () => {
    await ns.sh('ip6tables -A FORWARD -s 2001:db8::/32 -j DROP');
    const { before, after } = await applyOn(ns.run, iptablesSave, { ...args, ip_version: 6 });
    expect(after).toMatchObject({ file: { content: expect.stringContaining('-A FORWARD -s 2001:db8::/32 -j DROP') } });
    await moveOn(ns.run, iptablesSave, { ...args, ip_version: 6 }, before);
    await expect(stat(args.path)).rejects.toThrow('ENOENT');
  });

  const only = { ...nat4, rule: fixedRule, replaces: oldRule };

  test('one line is changed, what is not in force stays, and owner and mode are kept', async () => {
    const bytes = `# mine\n*nat\n:POSTROUTING ACCEPT [1:2]\n${old}\n-A POSTROUTING -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n`;
    await writeFile(args.path, bytes, { mode: 0o640 });
    await ns.sh(`chown 12:34 ${args.path}`);
    const { before, after } = await applyOn(ns.run, iptablesSave, { ...args, only });
    expect(await readFile(args.path, 'utf8')).toBe(bytes.replace(old, fixed));
    expect(await ns.sh(`stat -c '%a %u %g' ${args.path}`)).toBe('640 12 34\n');
    expect(await applyOn(ns.run, iptablesSave, { ...args, only })).toEqual({ before: after, after });
    await moveOn(ns.run, iptablesSave, { ...args, only }, before);
    expect(await readFile(args.path, 'utf8')).toBe(bytes);
  });

  test('a line that would keep the file from loading at boot is not written', async () => {
    const bytes = nat(old);
    await writeFile(args.path, bytes);
    const jump = { ...args, only: { ...nat4, rule: '-j NOT-IN-THE-FILE' } };
    const now = await readOn(ns.run, iptablesSave, jump);
    const commands = iptablesSave.move(now, iptablesSave.want(jump, now), jump);
    expect(commands).toHaveLength(2);
    const [check] = commands;
    expect(check && (await ns.run(check))).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('would not load'),
    });
    // A file that did not load before (here: a set of another program's) is not made worse.
    await writeFile(args.path, bytes.replace(old, `${old}\n-A POSTROUTING -m set --match-set nope src -j ACCEPT`));
    const later = await readOn(ns.run, iptablesSave, jump);
    const [again] = iptablesSave.move(later, iptablesSave.want(jump, later), jump);
    expect(again && (await ns.run(again))).toMatchObject({ exit: 0 });
  });

  test('of two sections of one table only the last is loaded: neither is edited', async () => {
    await writeFile(args.path, `${nat(old)}*nat \n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n`);
    await expect(applyOn(ns.run, iptablesSave, { ...args, only })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(
        /^No single rule of .* can be changed: it has the table nat twice, in lines 1 and 8/,
      ),
    });
    await ns.sh(`iptables-restore ${args.path}`);
    expect(await ns.sh('iptables -t nat -S POSTROUTING')).toBe('-P POSTROUTING ACCEPT\n');
  });

  test('rules of the other backend stop a dump, unless one is named', async () => {
    await ns.sh('iptables-legacy -A FORWARD -s 10.0.0.0/8 -j DROP');
    await expect(applyOn(ns.run, iptablesSave, args)).rejects.toMatchObject({ code: 'refused' });
    await applyOn(ns.run, iptablesSave, { ...args, backend: 'legacy' });
    expect(await readFile(args.path, 'utf8')).toContain('-A FORWARD -s 10.0.0.0/8 -j DROP');
  });
});
