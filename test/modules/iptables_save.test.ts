import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { iptablesSave as module } from '../../src/modules/iptables_save.ts';
import { flawOf, normalizedDump } from '../../src/modules/parse/iptables-dump.ts';
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
const recorded = (name: string): JsonObject =>
  iptablesSave.read(outcomeOf('iptables_save', name), { path }) as JsonObject;
const [saved, stale] = [recorded('saved'), recorded('stale')];
const staleFile = stale.file as JsonObject;
const bootFile = (content: string) => ({ content, mode: '0600', owner: 'root', group: 'root' });
const write = (...args: readonly string[]) => ({ script: /mktemp/, args: [path, ...args] });

laws(
  module,
  [
    {
      name: 'rules that were never saved are, for root alone, and the file goes again',
      args: {},
      host: 'not-saved',
      before: { file: null, live: oldRules },
      after: { file: { content: oldRules, mode: '0600' }, live: oldRules },
      apply: [{ ...write('0600', '', '', String(oldRules.length), ''), stdin: oldRules }],
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
      apply: [{ ...write('0600', 'root', 'root', String(fixedRules.length), ''), stdin: fixedRules }],
      now: { live: oldRules, file: bootFile(fixedRules) },
      undo: [
        {
          ...write('0600', 'root', 'root', String(String(staleFile.content).length), ''),
          stdin: String(staleFile.content),
        },
      ],
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
});
