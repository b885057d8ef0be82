import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Fleet } from '../../../src/core/fleet.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { rollbackPlaybook } from '../../../src/history/record/rollback.ts';
import { moduleNamed, modules } from '../../../src/modules/list.ts';
import { loadPlaybook } from '../../../src/playbook/playbook.ts';
import { EventStream } from '../../support/event-stream.ts';
import { sampleResource } from '../../support/sample-modules.ts';
import { keptRun, oldConfig, undoneRun } from '../../support/sample-run.ts';

const names = ['hdss7-12', 'hdss7-21', 'hdss7-22'];
const fleet: Fleet = {
  hosts: new Map(names.map((name) => [name, { name, vars: {}, connection: { kind: 'local' as const } }])),
  groups: new Map([['all', names]]),
  select: (pattern) => String(pattern).split(','),
};

function load(text: string) {
  const known = ['etcd_key', 'file', 'process', 'route', 'supervisor'].flatMap((name) => sampleResource(name) ?? []);
  const all = [...modules.filter(({ name }) => !known.some((resource) => resource.name === name)), ...known];
  return loadPlaybook({ file: 'rollback.yml', text, fleet, modules: all, extraVars: {}, env: {} });
}

/** One file on each of these hosts, changed by a task. */
function changedFile(states: Readonly<Record<string, Json>>, options: { name?: string; become?: string } = {}) {
  const run = new EventStream();
  const hosts = Object.keys(states);
  const task = { id: '0.tasks.0', name: options.name ?? 'Write the file', module: 'file' };
  run.add({
    type: 'run_started',
    format: 1,
    run: '01JD9R6W3ZK8Q2V5H7XTNM4PCB',
    tool: 'runbook 0.1.0',
    mode: 'play',
    playbook: 'files.yml',
    operator: 'li',
    hosts,
  });
  run.add({ type: 'play_started', name: 'Files', hosts });
  run.phase('tasks');
  for (const [host, before] of Object.entries(states)) {
    const ref = { task: task.id, host, on: host };
    run.note(ref, task, '/etc/motd', { path: '/etc/motd', content: 'new' }, { before, after: { content: 'new' } });
  }
  return run.end('kept', true, 0);
}

const content = (text: string): Json => ({ content: text, mode: '0644' });
const playOf = (text: string | undefined) => (parse(text ?? '') as JsonObject[])[0] ?? {};
const tasksOf = (text: string | undefined) => playOf(text).tasks as unknown as JsonObject[];

describe('the playbook that undoes the switch', () => {
  const text = rollbackPlaybook(keptRun(), sampleResource) ?? '';
  const play = playOf(text);

  test('goes through the tasks backwards, the key by the host that holds it', () => {
    const told = tasksOf(text).map((task) => [task.when ?? task.delegate_to ?? 'all', Object.keys(task).at(-1)]);
    expect(told).toEqual([
      ['all', 'supervisor'],
      ['hdss7-12', 'etcd_key'],
      ['inventory_hostname == "hdss7-21"', 'file'],
      ['inventory_hostname == "hdss7-22"', 'file'],
      ['inventory_hostname == "hdss7-21"', 'route'],
      ['inventory_hostname == "hdss7-22"', 'route'],
      ['all', 'supervisor'],
    ]);
    expect(tasksOf(text)[0]?.supervisor).toEqual({ program: 'flanneld', state: 'stopped' });
    expect(tasksOf(text)[1]).toMatchObject({ run_once: true, etcd_key: { value: oldConfig } });
    expect(tasksOf(text).at(-1)?.supervisor).toEqual({ program: 'flanneld', state: 'running' });
  });

  test('asserts that each thing is as the run found it first, and does nothing where it is so already', () => {
    expect(play.skip_if_verified).toBe(true);
    const verify = play.verify as unknown as JsonObject[];
    expect(verify.map((task) => task.name)).toEqual([
      'As before: supervisor flanneld',
      'As before: route within 172.7.0.0/16',
      'As before: route within 172.7.0.0/16',
      'As before: file /opt/flannel/subnet.env',
      'As before: file /opt/flannel/subnet.env',
      'As before: etcd_key v2 /coreos.com/network/config',
    ]);
    expect(verify[0]?.supervisor).toEqual({ program: 'flanneld', state: 'running' });
  });

  test('validates as any playbook does, and its tasks resolve to those arguments', () => {
    const { problems, plays } = load(text);
    expect(problems).toEqual([]);
    const [, write] = plays[0]?.tasks ?? [];
    expect(write?.resolve('hdss7-21', new Map())).toMatchObject({
      steps: [{ host: 'hdss7-21', on: 'hdss7-12', args: { value: oldConfig } }],
    });
  });

  test('is the same text each time, and the same for a run that was undone', () => {
    expect(rollbackPlaybook(keptRun(), sampleResource)).toBe(text);
    expect(rollbackPlaybook(undoneRun(), sampleResource)).toBe(text);
  });
});

describe('what a state holds', () => {
  const nasty = [
    '{{ 1 + 1 }}',
    "{{ 'quoted' }} and \\back\\slash",
    '{{{{ }}}} {% raw %}',
    'line one {{\nline two }}\n\ttab',
    '}} alone',
    'listen 443{% if tls %} ssl{% endif %};\n',
    'a {# note #} b {#- {{ x }} -#} {%{ }%}',
    '{{% if tls %}{{# x #}',
    "'{{'",
    '\u001b[31m{{ red }}\u202e',
    '{{ "$(reboot)" }}',
  ];

  test.each(nasty)('%j comes back as itself, never evaluated', (value) => {
    const text = rollbackPlaybook(changedFile({ 'hdss7-21': content(value) }), moduleResource) ?? '';
    const { problems, plays } = load(text);
    expect(problems).toEqual([]);
    expect(plays[0]?.tasks[0]?.resolve('hdss7-21', new Map())).toMatchObject({ steps: [{ args: { content: value } }] });
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });

  test('makes one task where it is the same everywhere, and one for each of the others', () => {
    const same = content('same');
    const all = rollbackPlaybook(changedFile({ a: same, b: same }), moduleResource);
    expect(tasksOf(all)).toHaveLength(1);
    expect(tasksOf(all)[0]).not.toHaveProperty('when');
    const some = rollbackPlaybook(changedFile({ a: same, b: content('other'), c: same }), moduleResource);
    expect(tasksOf(some).map((task) => task.when)).toEqual([
      'inventory_hostname in ["a","c"]',
      'inventory_hostname == "b"',
    ]);
  });

  test('that is a masked secret cannot be restated, which is a comment', () => {
    const text = rollbackPlaybook(changedFile({ a: content('token ********'), b: content('plain') }), moduleResource);
    expect(tasksOf(text)).toHaveLength(1);
    expect(text).toContain('# Undo: Write the file: file /etc/motd on a cannot be restated: it holds a secret');
  });
});

test('a name that looks like a template is drawn apart, and warns nobody', () => {
  const text = rollbackPlaybook(changedFile({ 'hdss7-21': null }, { name: 'Write {{ item }}' }), moduleResource) ?? '';
  expect(load(text).problems).toEqual([]);
  expect(tasksOf(text)[0]?.name).toBe('Undo: Write { { item } }');
  const statement = changedFile({ 'hdss7-21': null }, { name: 'Write {% if a %}x{% endif %} {# y #}' });
  expect(load(rollbackPlaybook(statement, moduleResource) ?? '').problems).toEqual([]);
});

test('what cannot be brought back is a comment with why, before the task that would come next', () => {
  const run = new EventStream();
  run.add({
    type: 'run_started',
    format: 1,
    run: '01JD9R6W3ZK8Q2V5H7XTNM4PCB',
    tool: 'runbook 0.1.0',
    mode: 'play',
    playbook: 'kill.yml',
    operator: 'li',
    hosts: ['hdss7-21'],
  });
  run.add({ type: 'play_started', name: 'Kill', hosts: ['hdss7-21'] });
  const on = (id: string) => ({ task: id, host: 'hdss7-21', on: 'hdss7-21' });
  const motd = { id: '0.tasks.0', name: 'Write', module: 'file' };
  run.note(on(motd.id), motd, '/etc/motd', { path: '/etc/motd' }, { before: null, after: content('new') });
  const kill = { id: '0.tasks.1', name: 'Kill it', module: 'process' };
  const before = [{ pid: 812, start: 4711, exe: '/opt/flannel/flanneld' }];
  run.note(on(kill.id), kill, 'flanneld', { name: 'flanneld' }, { before, after: null });
  const text = rollbackPlaybook(run.end('kept', true, 0), sampleResource) ?? '';
  expect(text).toMatch(
    /# Undo: Kill it: process flanneld on hdss7-21 cannot be restated: a killed process.*\n +- name: "Undo: Write"/,
  );
  expect(text).not.toContain('As before: process');
  expect(load(text).problems).toEqual([]);
});

test('a run that noted nothing, or nothing that can come back, has none', () => {
  const events = changedFile({ a: null });
  expect(
    rollbackPlaybook(
      events.filter(({ type }) => type !== 'undo_noted'),
      moduleResource,
    ),
  ).toBeUndefined();
  expect(rollbackPlaybook(events, () => undefined)).toBeUndefined();
});

function moduleResource(name: string) {
  const module = moduleNamed(name);
  return module?.kind === 'resource' ? module : undefined;
}
