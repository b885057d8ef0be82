import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Imported, importPlaybook } from '../../src/ansible/import-playbook.ts';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { leftOut, snippets } from './snippets.ts';

const none = { ...fakeFleet({}, {}), select: () => [] };

/** Text that the loader takes, or nothing but what is told; nowhere a fault. */
function expectTextOrFindings({ text, findings, kind }: Imported): void {
  if (text === undefined) {
    expect(findings.some((one) => one.kind === 'left-out')).toBe(true);
    return;
  }
  const main = kind === 'tasks' ? '- hosts: all\n  tasks: [{ include_tasks: t.yml }]\n' : text;
  const read = (path: string) => (path === '/t.yml' ? text : '');
  const { problems } = loadPlaybook({
    ...{ file: '/p.yml', text: main, fleet: none, modules },
    ...{ extraVars: {}, env: {}, read },
  });
  // Other files are not there: what is said of them is not the import's.
  const errors = problems.filter(
    ({ severity, code, at }) => severity === 'error' && code !== 'no-hosts' && ['/p.yml', '/t.yml'].includes(at.file),
  );
  const told = errors.map(({ message }) => message);
  expect(told, text).toEqual([]);
}

const words = fc.constantFrom(
  ...[
    'a',
    'b',
    '',
    '{{ a }}',
    '{{',
    '}}',
    '{% if a %}',
    "{{ a | default('x') }}",
    'a is defined',
    'yes',
    'a b=c',
    '"',
    '0755',
  ],
  ...[
    'x=1 y={{ z }}',
    '__proto__',
    'started',
    'present',
    'absent',
    '/tmp/x',
    'all',
    'web',
    '200',
    'item',
    '\u0000',
    '\u202e',
  ],
);
const keys = fc.constantFrom(
  ...[
    'hosts',
    'tasks',
    'handlers',
    'vars',
    'pre_tasks',
    'roles',
    'serial',
    'vars_prompt',
    'vars_files',
    'name',
    'when',
  ],
  ...[
    'register',
    'loop',
    'with_items',
    'with_dict',
    'until',
    'retries',
    'notify',
    'listen',
    'block',
    'rescue',
    'always',
  ],
  ...['command', 'shell', 'copy', 'file', 'template', 'lineinfile', 'service', 'systemd', 'uri', 'wait_for', 'sysctl'],
  ...['iptables', 'set_fact', 'assert', 'fail', 'meta', 'stat', 'import_playbook', 'args', 'action', 'environment'],
  ...[
    'src',
    'dest',
    'path',
    'state',
    'mode',
    'content',
    'that',
    'msg',
    'url',
    'port',
    'chain',
    'jump',
    'value',
    'argv',
  ],
  ...['become', 'tags', 'no_log', 'gather_facts', 'loop_control', 'failed_when', 'changed_when', 'cmd', 'private', 'a'],
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    words,
    fc.constantFrom(0, 1, 420, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  ),
}));
const task = fc.dictionary(keys, value, { minKeys: 1, maxKeys: 5 });
const play = fc.record(
  {
    hosts: fc.oneof(words, value),
    tasks: fc.array(task, { maxLength: 4 }),
    handlers: fc.array(task, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

test('whatever stands in a playbook', () => {
  const plays = fc.array(fc.oneof(play, task, value), { maxLength: 3 });
  fc.assert(
    fc.property(plays, (written) => {
      expectTextOrFindings(importPlaybook({ file: 'p.yml', text: JSON.stringify(written, null, 1) }));
    }),
    { numRuns: 150 },
  );
});

const real = ['nginx-rolling', 'sysctl-hardening', 'etcd-rewrite'].map((name) =>
  readFileSync(new URL(`fixtures/${name}.yml`, import.meta.url), 'utf8'),
);
const parts = [...snippets.map(({ theirs }) => theirs), ...leftOut.map(([theirs]) => theirs)];

test('a real one in which anything is cut, doubled or put elsewhere', () => {
  const whole = fc.constantFrom(
    ...real,
    ...parts.map((part) => `- hosts: all\n  tasks:\n${part.replace(/^/gm, '    ')}\n`),
  );
  const cut = fc.tuple(
    whole,
    fc.nat(4_000),
    fc.nat(60),
    fc.constantFrom('', '- ', '{{ ', ': ', '&a ', '*a', '\n', '"', '<<: ', '#'),
  );
  fc.assert(
    fc.property(cut, ([text, at, length, put]) => {
      const from = at % text.length;
      const broken = text.slice(0, from) + put + text.slice(from + length);
      expectTextOrFindings(importPlaybook({ file: 'p.yml', text: broken }));
    }),
    { numRuns: 150 },
  );
});

test.each([
  ['nothing', ''],
  ['a word', 'x'],
  [
    'an alias bomb',
    `a: &a [x, x]\n${[...'bcdefghij'].map((name, i) => `${name}: &${name} [${`*${String.fromCharCode(97 + i)}, `.repeat(9)}]`).join('\n')}`,
  ],
  ['an anchor inside itself', '- &a { hosts: all, tasks: [*a] }'],
  ['brackets', '['.repeat(100_000)],
  ['two documents', '- hosts: a\n---\n- hosts: b\n'],
  ['a key that is no text', '- hosts: all\n  ? [a]\n  : b\n'],
  ['a number beyond all', '- hosts: all\n  serial: 1e999\n'],
])('%s is refused, or left out', (_, text) => {
  expect(importPlaybook({ file: 'p.yml', text })).toMatchObject({
    text: undefined,
    findings: [{ kind: 'left-out' }, ...[]],
  });
});
