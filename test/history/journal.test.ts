import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { Journal, readJournal } from '../../src/history/journal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

const event = (seq: number): Event => ({ type: 'warned', message: `m${seq}`, seq, at: '2026-01-01T00:00:00.000Z' });

test('events come back in the order in which they were appended, also when many arrive at once', async () => {
  const path = join(folder, 'journal.jsonl');
  const journal = await Journal.create(path);
  await journal.append(event(1));
  await Promise.all([2, 3, 4].map((seq) => journal.append(event(seq))));
  const late = journal.append(event(5));
  await journal.close();
  await late;
  expect(await readJournal(path)).toEqual([1, 2, 3, 4, 5].map(event));
});

test('an append resolves only when the line is in the file', async () => {
  const path = join(folder, 'journal.jsonl');
  const journal = await Journal.create(path);
  await Promise.all(
    [1, 2, 3].map(async (seq) => {
      await journal.append(event(seq));
      expect((await readJournal(path)).map((read) => read.seq)).toContain(seq);
    }),
  );
  await journal.close();
});

test('only its owner can read it', async () => {
  const path = join(folder, 'journal.jsonl');
  await (await Journal.create(path)).close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a line that was cut short by a crash is left out', async () => {
  const path = join(folder, 'journal.jsonl');
  const journal = await Journal.create(path);
  await journal.append(event(1));
  await journal.close();
  await appendFile(path, '{"type":"warned","mess');
  expect(await readJournal(path)).toEqual([event(1)]);
});

test('a broken line in the middle is an error that names it', async () => {
  const path = join(folder, 'journal.jsonl');
  await writeFile(path, `${JSON.stringify(event(1))}\nnonsense\n${JSON.stringify(event(2))}\n`);
  await expect(readJournal(path)).rejects.toThrow(`${path}:2:`);
});

test('an existing journal is never overwritten', async () => {
  const path = join(folder, 'journal.jsonl');
  await (await Journal.create(path)).close();
  await expect(Journal.create(path)).rejects.toThrow('EEXIST');
});
