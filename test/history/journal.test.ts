import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { journalText } from '../../src/history/chain.ts';
import { inspectJournal } from '../../src/history/inspect.ts';
import { Journal, readJournal } from '../../src/history/journal.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const origin = { run: '01JDB0000000000000000000R1', inputs: 'ab'.repeat(32) };
const event = (seq: number): Event => ({ type: 'warned', message: `m${seq}`, seq, at: '2026-01-01T00:00:00.000Z' });
const started = (format: number): Event =>
  ({ type: 'run_started', format, run: origin.run, tool: 'runbook 9.9.9', seq: 1, at: '' }) as unknown as Event;

test('events come back in the order in which they were appended, also when many arrive at once', async () => {
  const journal = await Journal.create(path, origin);
  await journal.append(event(1));
  await Promise.all([2, 3, 4].map((seq) => journal.append(event(seq))));
  const late = journal.append(event(5));
  await journal.close();
  await late;
  expect(await readJournal(path)).toEqual({ events: [1, 2, 3, 4, 5].map(event), cut: false });
});

test('an append resolves only when the line is in the file', async () => {
  const journal = await Journal.create(path, origin);
  await Promise.all(
    [1, 2, 3].map(async (seq) => {
      await journal.append(event(seq));
      expect((await readJournal(path)).events.map((read) => read.seq)).toContain(seq);
    }),
  );
  await journal.close();
});

test('what is on disk is what the events give, chain and head included', async () => {
  const journal = await Journal.create(path, origin);
  const events = [started(2), { ...event(2), message: 'ü "quoted" \u2028 \ud800 \n' }, event(3)];
  await Promise.all(events.map((one) => journal.append(one)));
  await journal.close();
  const { text, head } = journalText(events, origin);
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(journal.head).toBe(head);
  const inspection = inspectJournal(await readFile(path));
  expect(inspection).toMatchObject({ faults: [], chained: true, lines: 3, inputs: origin.inputs });
  expect(inspection.hashes.at(-1)).toBe(head);
});

test('only its owner can read it', async () => {
  await (await Journal.create(path, origin)).close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a line that was cut short by a crash is left out, and told', async () => {
  const journal = await Journal.create(path, origin);
  await journal.append(event(1));
  await journal.close();
  await appendFile(path, '{"type":"warned","mess');
  expect(await readJournal(path)).toEqual({ events: [event(1)], cut: true });
});

test.each(['nonsense', 'null', '[]', '{"no":"type"}'])(
  'a broken line (%s) is an error that names it',
  async (broken) => {
    await writeFile(path, `${JSON.stringify(event(1))}\n${broken}\n${JSON.stringify(event(2))}\n`);
    await expect(readJournal(path)).rejects.toThrow(`${path}:2:`);
  },
);

test('an existing journal is never overwritten', async () => {
  await (await Journal.create(path, origin)).close();
  await expect(Journal.create(path, origin)).rejects.toThrow('EEXIST');
});

test('a journal of a newer format is refused, with the version that is needed', async () => {
  await writeFile(path, `${JSON.stringify(started(3))}\n${JSON.stringify(event(2))}\n`);
  await expect(readJournal(path)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('of format 3; this version reads the formats 1 to 2'),
    hint: expect.stringContaining('runbook 9.9.9'),
  });
  for (const format of [1, 2]) {
    await writeFile(path, `${JSON.stringify(started(format))}\n`);
    expect((await readJournal(path)).events).toHaveLength(1);
  }
});

/** This process may write no file beyond so many bytes: as on a full disk, what still fits is written. */
const limitFiles = (bytes: string) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);

test('what a full disk took half of is taken back, and follows with the next append', async () => {
  const journal = await Journal.create(path, origin);
  await journal.append(event(1));
  const { size } = await stat(path);
  limitFiles(String(size + 20));
  try {
    await expect(journal.append(event(2))).rejects.toMatchObject({ code: 'unwritable' });
  } finally {
    limitFiles('unlimited');
  }
  expect((await stat(path)).size).toBe(size);
  await journal.append(event(3));
  await journal.close();
  expect((await readJournal(path)).events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(inspectJournal(await readFile(path)).faults.filter(({ line }) => line > 1)).toEqual([]);
});
