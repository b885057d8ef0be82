import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event, EventBody } from '../../src/core/event.ts';
import { type RunInputs, RunStore } from '../../src/history/run-store.ts';
import { unfinished } from '../../src/history/run-summary.ts';
import { openNotes } from '../../src/history/undo-notes.ts';

let folder: string;
let store: RunStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  store = new RunStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const inputs: RunInputs = {
  playbook: 'p.yml',
  inventory: ['i.yml'],
  extraVars: {},
  env: {},
  forks: 5,
  files: {},
  folders: {},
};
const note = (protect: boolean): EventBody => ({
  type: 'undo_noted',
  entry: 1,
  task: 't',
  host: 'h',
  on: 'h',
  name: 'n',
  module: 'm',
  key: 'k',
  args: {},
  before: 1,
  after: 2,
  protect,
  bootId: 'b',
});
const end = (ending: 'kept' | 'undone' | 'unsure'): EventBody => ({
  type: 'run_ended',
  ending,
  ok: ending === 'kept',
  exit: 0,
  doubts: [],
});

async function past(
  bodies: readonly EventBody[],
  more: { mode?: 'play' | 'rollback'; of?: string } = {},
): Promise<string> {
  const { run, journal } = await store.begin(inputs);
  const started: EventBody = {
    type: 'run_started',
    format: 2,
    run,
    tool: 't',
    mode: more.mode ?? 'play',
    playbook: 'p.yml',
    operator: 'o',
    hosts: ['h'],
    ...(more.of === undefined ? {} : { of: more.of }),
  };
  const events = [started, ...bodies].map(
    (body, i): Event => ({ ...body, seq: i + 1, at: '2026-01-01T00:00:00.000Z' }),
  );
  for (const event of events) await journal.append(event);
  await journal.close();
  await store.end(run, events, journal.head);
  return run;
}

const open = async () => unfinished(await store.summaries()).map(({ run }) => run);

test('a run without an end is unfinished, once it has begun to change something', async () => {
  await past([]);
  await past([note(true)]);
  const cut = await past([note(false)]);
  expect(await open()).toEqual([cut]);
});

test('unsure is unfinished; kept and undone are not', async () => {
  await past([note(false), end('kept')]);
  await past([note(false), end('undone')]);
  const unsure = await past([note(false), end('unsure')]);
  expect(await open()).toEqual([unsure]);
});

test('a proven rollback finishes it; one that is unsure does not', async () => {
  const cut = await past([note(false)]);
  await past([note(false), end('unsure')], { mode: 'rollback', of: cut });
  expect(await open()).toEqual([cut]);
  await past([note(false), end('undone')], { mode: 'rollback', of: cut });
  expect(await open()).toEqual([]);
});

test('a run is found by its id, an end of it, or "last"', async () => {
  const first = await past([]);
  const second = await past([]);
  expect(await store.find('last')).toBe(second);
  expect(await store.find(first.slice(-6).toLowerCase())).toBe(first);
  await expect(store.find('nothing')).rejects.toThrow('there is no run "nothing"');
  await expect(store.find('0')).rejects.toThrow('fits 2 runs');
});

test('inputs come back as they were', async () => {
  const run = await past([]);
  expect(await store.inputs(run)).toEqual(inputs);
});

test('a machine that is proven restored is not undone again; one that is in doubt, or whose undo was cut short, is', () => {
  const at = (body: EventBody, seq: number): Event => ({ ...body, seq, at: '2026-01-01T00:00:00.000Z' });
  const stream = (...bodies: EventBody[]) => bodies.map((body, i) => at(body, i + 1));
  const on = (machine: string, host = machine): EventBody => ({
    ...(note(false) as Extract<EventBody, { type: 'undo_noted' }>),
    on: machine,
    host,
  });
  const prove: EventBody = { type: 'phase_started', phase: 'prove' };
  const doubting = (...hosts: string[]): EventBody => ({
    type: 'run_ended',
    ending: hosts.length === 0 ? 'undone' : 'unsure',
    ok: false,
    exit: 4,
    doubts: hosts.map((host) => ({ host, what: 'm k', expected: '1', found: '2' })),
  });
  const open = (...attempts: Event[][]) => openNotes(attempts, () => false).map((entry) => entry.on);
  const killed = stream(on('a'), on('b'));
  expect(open(killed)).toEqual(['a', 'b']);
  expect(open(stream(on('a'), on('b'), prove, doubting('b')))).toEqual(['b']);
  expect(open(stream(on('a'), on('b'), prove, doubting()))).toEqual([]);
  expect(open(stream(on('a'), on('b'), end('kept')))).toEqual(['a', 'b']);
  expect(open(killed, stream(prove))).toEqual(['a', 'b']);
  // What was delegated to a machine in doubt, others may rest on.
  const delegated = stream(on('a'), on('b'), on('c', 'a'), prove, doubting('c'));
  expect(open(delegated)).toEqual(['a', 'b', 'c']);
  expect(open(stream(on('a'), on('b'), on('c', 'a'), prove, doubting('b')))).toEqual(['b']);
  expect(open(killed, stream(prove, doubting('a')), stream(prove, doubting()))).toEqual([]);
});

test('where nothing can be written no run is begun', async () => {
  await writeFile(join(folder, 'runs'), '');
  await expect(store.begin(inputs)).rejects.toMatchObject({
    code: 'unwritable',
    message: expect.stringContaining(`cannot be recorded in ${join(folder, 'runs')}`),
  });
});

test('a folder without a journal is no run, and is told by the file that is missing', async () => {
  const run = '01JD9R6W3ZK8Q2V5H7XTNM4PCB';
  await mkdir(join(folder, 'runs', run), { recursive: true });
  expect(await store.summaries()).toEqual([]);
  const missing = (name: string) => ({ code: 'missing', message: expect.stringContaining(name) });
  await expect(store.events(run)).rejects.toMatchObject(missing('journal.jsonl'));
  await expect(store.inputs(run)).rejects.toMatchObject(missing('inputs.json'));
  await writeFile(store.inputsPath(run), '{');
  await expect(store.inputs(run)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('inputs'),
  });
});

test.each(['', '{', 'null', '[]'])('where the summary is "%s" the journal stands in', async (text) => {
  const run = await past([note(false), end('kept')]);
  const summary = await store.summary(run);
  expect(summary).toMatchObject({ run, ended: { ending: 'kept' } });
  await writeFile(store.summaryPath(run), text);
  expect(await store.summary(run)).toMatchObject({ run, ended: { ending: 'kept' }, touched: ['h'] });
});
