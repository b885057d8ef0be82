import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Event } from '../../../src/core/event.ts';
import { buildRecord, recordName } from '../../../src/history/record/build.ts';
import { routePictures } from '../../../src/history/record/picture.ts';
import { writeRecord } from '../../../src/history/record/write.ts';
import { sampleResource } from '../../support/sample-modules.ts';
import { keptRun, newConfig, oldConfig, sampleJournal, undoneRun, unsureRun } from '../../support/sample-run.ts';

const build = (events: readonly Event[]) =>
  buildRecord(events, { modules: sampleResource, journal: sampleJournal(events) });
const kept = build(keptRun());

describe('the record of a kept run', () => {
  test('is named after day, playbook and run', () => {
    expect(recordName(keptRun())).toBe('2026-11-22-switch-to-vxlan-nm4pcb');
  });

  test('has its files, the journal among them byte for byte', () => {
    expect(Object.keys(kept)).toEqual([
      'README.md',
      'before.yml',
      'after.yml',
      'rollback.yml',
      'history.jsonl',
      'record.json',
    ]);
    expect(kept['history.jsonl']).toBe(sampleJournal(keptRun()).text);
  });

  test('tells the states that were found and left, without what only this run can know', () => {
    const before = parse(kept['before.yml'] ?? '') as Record<string, Record<string, Record<string, unknown>>>;
    const after = parse(kept['after.yml'] ?? '') as typeof before;
    expect(Object.keys(before)).toEqual(['hdss7-21', 'hdss7-22', 'hdss7-12']);
    const where = { api: 2, key: '/coreos.com/network/config' };
    expect(before['hdss7-12']?.etcd_key).toEqual({ 'v2 /coreos.com/network/config': { ...where, value: oldConfig } });
    expect(after['hdss7-12']?.etcd_key).toEqual({ 'v2 /coreos.com/network/config': { ...where, value: newConfig } });
    expect(before['hdss7-21']?.supervisor).toEqual(after['hdss7-21']?.supervisor);
    expect(JSON.stringify(before['hdss7-22']?.route)).toContain('via 10.4.7.21 dev eth0');
    expect(JSON.stringify(after['hdss7-22']?.route)).toContain('dev flannel.1');
    expect(kept['after.yml']).toContain('# hdss7-21: file /opt/flannel/subnet.env: not read again');
  });

  test('shows on its front page the outcome, each change and how routes went', () => {
    const readme = kept['README.md'] ?? '';
    expect(readme).toMatch(/^# Switch flannel to VXLAN: kept\n/);
    expect(readme).toContain('| hdss7-21 | 8 | 3 | 0 | 0 | 0 |  |');
    expect(readme).toContain('| hdss7-12 | `etcd_key v2 /coreos.com/network/config` |');
    expect(readme).toMatch(/-.*"Type": "host-gw"\n\+.*"Type": "VxLAN"/);
    expect(readme).toContain('  h0 -->|"via 10.4.7.22 (hdss7-22) dev eth0"| n1');
    expect(readme).toContain('  h0 -->|"via 172.7.22.0 dev flannel.1 onlink"| n1');
    expect(readme).toContain('hdss7-22  supervisorctl stop flanneld');
    expect(readme).not.toContain('supervisorctl status');
  });
});

test('two runs of the same playbook differ only in who, when and which', () => {
  const other = keptRun().map((event, i) => {
    const at = new Date(Date.parse(event.at) + 86_400_000 + i * 11).toISOString();
    const later = { ...event, at, ...('ms' in event ? { ms: event.ms * 3, startedAt: at } : {}) } as Event;
    return later.type === 'run_started' ? { ...later, run: '01JDBZZZZZZZZZZZZZZZZZZZZZ', operator: 'wang' } : later;
  });
  const [a, b] = [kept, build(shuffledHosts(other))];
  expect(b['before.yml']).toBe(a['before.yml']);
  expect(b['after.yml']).toBe(a['after.yml']);
  const linesOf = (text = '') => text.split('\n');
  const different = (name: string) => linesOf(a[name]).filter((line, i) => line !== linesOf(b[name])[i]);
  expect(different('README.md').map((line) => line.split('|')[1]?.trim())).toEqual([
    'Operator',
    'Started',
    'Ended',
    'Run',
    'Journal',
  ]);
  expect(different('rollback.yml')).toEqual([expect.stringMatching(/^# Undoes run/)]);
});

/** The other host is the faster one: within each task its events come first. */
function shuffledHosts(events: readonly Event[]): readonly Event[] {
  const shuffled: Event[] = [];
  let task: Event[] = [];
  for (const event of events) {
    if (event.type === 'task_started') task = [];
    if (event.type === 'task_ended') {
      const isSecond = (inner: Event) => ('host' in inner ? inner.host : 'on' in inner ? inner.on : '') === 'hdss7-22';
      shuffled.push(...task.filter(isSecond), ...task.filter((inner) => !isSecond(inner)), event);
    } else if (event.type !== 'task_started' && 'on' in event) task.push(event);
    else shuffled.push(event);
  }
  return shuffled;
}

test('an undone run leaves a record that says so, with what was undone and no change left', () => {
  const readme = build(undoneRun())['README.md'] ?? '';
  expect(readme).toMatch(/^# Switch flannel to VXLAN: undone\n/);
  expect(readme).toContain('None: everything that the run touched is as it was before.');
  expect(readme).toContain('## Routes, the same before and after');
  expect(readme).toContain('| hdss7-12 | `etcd_key v2 /coreos.com/network/config` | restored |  |');
  expect(readme).toContain('Undo: Stop flanneld on every node');
});

test('an unsure run names each doubt, and takes nothing for known that was not read', () => {
  const files = build(unsureRun());
  expect(files['README.md']).toContain('## Not proven restored');
  expect(files['README.md']).toMatch(/\| hdss7-22 \| `supervisor flanneld` \| `.*RUNNING.*` \| not known/);
  expect(files['README.md']).toContain(
    '| hdss7-22 | `supervisor flanneld` | `{"program":"flanneld","state":"running"}` | **not known** |',
  );
  expect(files['after.yml']).toContain('# hdss7-22: supervisor flanneld: not known, see README.md');
  expect(files['README.md']).toContain('supervisorctl start flanneld  # lost');
});

test("a host's text is data: no markup, no control character, no way out of a table or a block", () => {
  const evil = '| `code` ``` <script>alert(1)</script> \u001b[2J\u202e [x](javascript:1) \n# heading';
  const events = unsureRun().map((event): Event => {
    if (event.type === 'run_ended')
      return { ...event, doubts: [{ host: 'a|b', what: evil, expected: evil, found: evil }] };
    if (event.type === 'undo_ended') return { ...event, because: evil };
    if (event.type === 'command_started') return { ...event, argv: [evil, '```'] };
    if (event.type === 'undo_noted') return { ...event, key: evil, before: evil };
    return event;
  });
  const files = build(events);
  const readme = files['README.md'] ?? '';
  expect(readme).not.toMatch(/[\u001b\u202e]/);
  expect(readme).not.toMatch(/^# heading/m);
  const outside = readme.replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '').replace(/(`+)[^`][\s\S]*?\1(?!`)/g, '');
  expect(outside).not.toContain('<script>');
  expect(outside).not.toMatch(/(?<!\\)\]\(javascript/);
  expect(files['before.yml']).not.toMatch(/[\u001b\u202e]/);
  expect(JSON.stringify(parse(files['before.yml'] ?? ''))).toContain('\u202e');
});

describe('the picture of the routes', () => {
  test('drops a route that a change removed, although another reading had it', () => {
    const leftover = 'unicast 172.7.99.0/24 via 10.4.7.99 dev eth0 proto boot scope global';
    const events = keptRun().map((event): Event => {
      if (event.type !== 'step_ended' || event.module !== 'route' || event.on !== 'hdss7-21') return event;
      if (event.status === 'protected') return { ...event, before: [leftover], after: [leftover] };
      return event.phase === 'cleanup' ? { ...event, status: 'changed', before: [leftover], after: [] } : event;
    });
    const pictures = routePictures(events);
    expect(pictures?.before).toContain('172.7.99.0/24');
    expect(pictures?.after).not.toContain('172.7.99.0/24');
  });

  test('is not drawn where no route was read', () => {
    expect(
      routePictures(keptRun().filter((event) => !('module' in event) || event.module !== 'route')),
    ).toBeUndefined();
  });
});

test('is written privately, and over an earlier attempt', async () => {
  const root = mkdtempSync(join(tmpdir(), 'runbook-record-test-'));
  try {
    const folder = join(root, 'records', recordName(keptRun()));
    await writeRecord(folder, { ...kept, 'README.md': 'half' });
    await writeRecord(folder, kept);
    expect(readdirSync(folder).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      Object.keys(kept).sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(kept['README.md']);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'history.jsonl')).mode & 0o777).toBe(0o600);
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, 'history.jsonl')))
        .digest('hex'),
    ).toBe(
      createHash('sha256')
        .update(kept['history.jsonl'] ?? '')
        .digest('hex'),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
