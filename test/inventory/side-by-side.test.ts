import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { disk } from '../../src/cli/files.ts';
import { limitPatterns } from '../../src/cli/limit.ts';
import { type Inventory, loadInventory } from '../../src/inventory/inventory.ts';
import { listed as asListed } from '../../src/ui/inventory.ts';
import { oddCases } from './odd-inventories.ts';
import { type Case, cases as commonCases } from './side-by-side-cases.ts';

const cases = [...commonCases, ...oddCases];

/** Both read the same files; what they make of them is compared. */
const root = mkdtempSync(join(tmpdir(), 'runbook-side-by-side-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const jobs = cases.flatMap((one, index) => {
  const cwd = join(root, String(index));
  for (const [path, text] of Object.entries(one.files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
    if (text.startsWith('#!')) chmodSync(join(cwd, path), 0o755);
  }
  const inventory = sourcesOf(one).flatMap((source) => ['-i', source]);
  const playbook = one.playbook === undefined ? [] : ['--playbook-dir', one.playbook];
  const list = { cwd, argv: ['ansible-inventory', ...inventory, ...playbook, '--list'] };
  const hosts = (one.patterns ?? []).map((pattern) => ({
    cwd,
    argv: ['ansible', `--list-hosts`, ...inventory, '--', pattern],
  }));
  const limited = (one.limits ?? []).map((limit) => ({
    cwd,
    argv: ['ansible', '--list-hosts', ...inventory, '-l', limit, 'prod'],
  }));
  return [list, ...hosts, ...limited];
});
const answers = ansible(jobs);

interface Answer {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe.each(cases)('$name', (one) => {
  const at = cases.slice(0, cases.indexOf(one)).reduce((sum, before) => sum + jobsOf(before), 0);
  const ours = (): Inventory => {
    const cwd = join(root, String(cases.indexOf(one)));
    const inside = (path: string) => (path.includes(',') ? path : join(cwd, path));
    return loadInventory({
      ...disk,
      sources: sourcesOf(one).map(inside),
      home: '/root',
      ...(one.playbook === undefined ? {} : { playbookFolder: join(cwd, one.playbook) }),
    });
  };

  test('has the same hosts, groups and variables', () => {
    const answer = answers[at] as Answer;
    expect(answer.stderr).not.toMatch(/Failed to parse|Unable to parse/);
    const { groups, hostvars } = theirs(JSON.parse(answer.stdout));
    const inventory = ours();
    const hosts = [...inventory.hosts].filter(([name]) => inventory.groups.get('all')?.includes(name));
    expect(Object.fromEntries(hosts.map(([name, { vars }]) => [name, vars]))).toEqual(hostvars);
    const filled = [...inventory.groups].filter(([, members]) => members.length > 0);
    expect(Object.fromEntries(filled.map(([name, members]) => [name, members.toSorted()]))).toEqual(groups);
  });

  test('is listed with the same hosts and children in each group, in the same order', () => {
    const { _meta: _theirs, ...expected } = JSON.parse((answers[at] as Answer).stdout);
    const { _meta: _ours, ...ourGroups } = asListed(ours(), (path) => path) as Record<string, unknown>;
    expect(ourGroups).toEqual(expected);
  });

  const { patterns = [], limits = [] } = one;
  if (patterns.length > 0) {
    test.each(patterns)('%s', (pattern) => {
      expect(ours().select(pattern)).toEqual(listed(answers[at + 1 + patterns.indexOf(pattern)]));
    });
  }
  if (limits.length > 0) {
    test.each(limits)('prod with --limit %s', (limit) => {
      const inventory = ours();
      const cwd = join(root, String(cases.indexOf(one)));
      const chosen = new Set(inventory.select(limitPatterns(limit, disk, cwd)));
      const names = inventory.select('prod').filter((name) => chosen.has(name));
      expect(names).toEqual(listed(answers[at + 1 + patterns.length + limits.indexOf(limit)]));
    });
  }
});

function jobsOf({ patterns = [], limits = [] }: Case): number {
  return 1 + patterns.length + limits.length;
}

/** The hosts that `ansible --list-hosts` names. */
function listed(answer: Answer | undefined): readonly string[] {
  const lines = answer?.stdout.split('\n').slice(1) ?? [];
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

function sourcesOf({ sources, files }: Case): readonly string[] {
  return sources ?? Object.keys(files).slice(0, 1);
}

interface Listed {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
}

/** Groups with the hosts of their children, sorted; and the variables of every host. */
function theirs(list: Record<string, Listed> & { _meta: { hostvars: Record<string, object> } }) {
  const { _meta: meta, ...listed } = list;
  const below = (name: string): readonly string[] => {
    const { hosts = [], children = [] } = listed[name] ?? {};
    return [...new Set([...hosts, ...children.flatMap(below)])];
  };
  const groups = Object.fromEntries(
    Object.keys(listed)
      .map((name) => [name, below(name).toSorted()] as const)
      .filter(([, hosts]) => hosts.length > 0),
  );
  const hostvars = Object.fromEntries(below('all').map((name) => [name, plain(meta.hostvars[name] ?? {})]));
  return { groups, hostvars };
}

/** Text that is marked unsafe is text. */
function plain(vars: object): object {
  return JSON.parse(JSON.stringify(vars), (_, value) => value?.__ansible_unsafe ?? value);
}

function ansible(jobs: readonly object[]): readonly Answer[] {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [join(import.meta.dirname, 'ansible-commands.py')], {
    input: JSON.stringify(jobs),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: root,
      LANG: 'C.UTF-8',
      ANSIBLE_LOCALHOST_WARNING: '0',
      ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS: 'ignore',
    },
  });
  if (status !== 0) throw new Error(`ansible-core of Debian is needed (scripts/install-debian.sh):\n${stderr}`);
  return JSON.parse(stdout) as Answer[];
}
