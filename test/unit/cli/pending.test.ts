import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pendingCommand } from '../../../src/cli/commands/pending.ts';
import type { Event, EventBody } from '../../../src/core/event.ts';
import { RunStore } from '../../../src/history/run-store.ts';
import { silentTerminal } from '../../support/terminal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-pending-'));
  await writeFile(join(folder, 'runbook.yml'), '{}\n');
});
afterEach(() => rm(folder, { recursive: true }));

/** A run in the history that went on without a host. */
async function put(): Promise<string> {
  const store = new RunStore(join(folder, '.runbook'));
  const inputs = { playbook: 'p.yml', inventory: [], extraVars: {}, env: {}, forks: 1, files: {}, folders: {} };
  const { run, journal } = await store.begin(inputs);
  const start = { format: 2 as const, run, tool: 't', mode: 'play' as const, playbook: 'p.yml', operator: 'someone' };
  const bodies: EventBody[] = [
    { type: 'run_started', ...start, hosts: ['a', 'b'] },
    {
      type: 'host_pending',
      host: 'b',
      because: 'connection \u001b[2Jlost',
      steps: [{ task: '0.tasks.1', name: 'Stop flanneld', module: 'supervisor' }],
    },
    { type: 'run_ended', ending: 'kept', ok: false, exit: 4, doubts: [] },
  ];
  const events = bodies.map((body, i): Event => ({ ...body, seq: i + 1, at: '2026-01-02T03:04:05.000Z' }));
  for (const event of events) await journal.append(event);
  await journal.close();
  await store.end(run, events, journal.head);
  return run;
}

test('lists each pending host with since when, why and what is left to do', async () => {
  const run = await put();
  const terminal = silentTerminal(folder);
  expect(await pendingCommand({}, terminal)).toBe(0);
  const said = terminal.said();
  expect(said).toContain(`${run}  p.yml, begun by someone`);
  expect(said).toContain('b  since 2026-01-02 03:04 UTC: connection');
  expect(said).toContain('0.tasks.1  supervisor: Stop flanneld');
  expect(said).toContain(`runbook resume ${run}`);
  expect(said).not.toContain('\u001b[2J');
});

test('for machines', async () => {
  const run = await put();
  const terminal = silentTerminal(folder);
  expect(await pendingCommand({ json: true }, terminal)).toBe(0);
  expect(JSON.parse(terminal.said())).toMatchObject([{ run, hosts: [{ host: 'b', steps: [{ task: '0.tasks.1' }] }] }]);
});

test('says so when there is none', async () => {
  const terminal = silentTerminal(folder);
  expect(await pendingCommand({}, terminal)).toBe(0);
  expect(terminal.said()).toBe('No host is pending.\n');
});
