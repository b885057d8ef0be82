import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { historyCommand, showCommand } from '../../../src/cli/commands/history.ts';
import { resourceNamed } from '../../../src/cli/commands/record.ts';
import { replayCommand } from '../../../src/cli/commands/replay.ts';
import { verifyRecordCommand } from '../../../src/cli/commands/verify-record.ts';
import type { Ending, Event, Mode } from '../../../src/core/event.ts';
import { buildRecord } from '../../../src/history/record/build.ts';
import { RunStore } from '../../../src/history/run-store.ts';
import { unfinished } from '../../../src/history/run-summary.ts';
import { openNotes } from '../../../src/history/undo-notes.ts';
import { checkout } from '../../support/cli.ts';
import { silentTerminal } from '../../support/terminal.ts';

/** Journals of real runs, as each version of the format was written: test/recordings/record-journals.sh. */
const recordings = join(checkout, 'test/recordings/journals');
const runs: Readonly<Record<string, readonly [Mode, Ending | 'not ended', number]>> = {
  check: ['check', 'unchanged', 0],
  kept: ['play', 'kept', 4],
  audit: ['audit', 'unchanged', 0],
  unchanged: ['play', 'unchanged', 1],
  rollback: ['rollback', 'undone', 0],
  undone: ['play', 'undone', 0],
  refused: ['play', 'unchanged', 0],
  unsure: ['play', 'unsure', 4],
  killed: ['play', 'not ended', 5],
  'rollback-of-killed': ['rollback', 'undone', 0],
};

let folder: string;
let store: RunStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-journals-'));
  store = new RunStore(join(folder, '.runbook'));
  await writeFile(join(folder, 'runbook.yml'), '{}\n');
});
afterEach(() => rm(folder, { recursive: true }));

/** Puts a recorded run into the history; gives its id. */
async function put(format: string, name: string, change?: (lines: string[]) => string[]): Promise<string> {
  const from = join(recordings, format, name);
  const text = await readFile(join(from, 'journal.jsonl'), 'utf8');
  const { run } = JSON.parse(text.slice(0, text.indexOf('\n'))) as { run: string };
  const to = join(folder, '.runbook/runs', run);
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true });
  if (change !== undefined) {
    await writeFile(join(to, 'journal.jsonl'), change(text.split('\n')).join('\n'));
    await rm(join(to, 'summary.json'), { force: true });
  }
  return run;
}

describe.each(await readdir(recordings))('%s', (format) => {
  test.each(Object.entries(runs))('a run that was %s', async (name, [mode, ending, open]) => {
    const run = await put(format, name);
    const terminal = silentTerminal(folder);
    expect(await historyCommand(undefined, terminal)).toBe(0);
    expect(terminal.said()).toMatch(new RegExp(`${run}  [\\d: -]+ +${mode} +${ending} `));
    expect(terminal.complained()).toBe('');

    const show = silentTerminal(folder);
    expect(await showCommand(run, {}, show)).toBe(0);
    expect(show.said()).toContain(`${ending}: `);
    const json = silentTerminal(folder);
    expect(await showCommand(run, { json: true }, json)).toBe(0);
    expect(json.said()).not.toContain('"prev"');

    const events = await store.events(run);
    const notes = mode === 'rollback' ? [] : openNotes([events], () => false);
    expect(notes).toHaveLength(open);
    expect(unfinished(await store.summaries()).map((summary) => summary.run)).toEqual(
      name === 'killed' || name === 'unsure' ? [run] : [],
    );
    if (events.some(({ type }) => type === 'undo_noted')) {
      const record = buildRecord(events, { modules: resourceNamed, journal: { text: '' } });
      expect(record['README.md']).toContain(run);
    }
  });

  test.each(Object.keys(runs).filter((name) => name !== 'killed'))(
    '%s plays again against its answers',
    async (name) => {
      const run = await put(format, name);
      const terminal = silentTerminal(folder);
      const exit = await replayCommand(run, { dry: true, output: 'plain', inventory: [] }, terminal, '0.0.0');
      // A later version may ask hosts otherwise; then it says where, and nothing worse.
      expect(terminal.said()).toMatch(
        exit === 0 ? /^\w{26}: \d+ events, all as recorded\n$/ : /^\w{26}: not as recorded\. \S.*\n$/,
      );
      expect([0, 4]).toContain(exit);
    },
  );

  test.each(Object.keys(runs))('%s is verified, as far as its format can be', async (name) => {
    const run = await put(format, name);
    const terminal = silentTerminal(folder);
    expect(await verifyRecordCommand(run, {}, terminal, '0.0.0')).toBe(0);
    expect(terminal.said()).toMatch(
      format === 'format-1'
        ? /not checked +journal\.jsonl +format 1 has no chain/
        : /ok +journal\.jsonl +\d+ lines, each/,
    );
    expect(terminal.said()).toContain('\nunaltered, as far as');
  });

  test('after its rollback a killed run has nothing open', async () => {
    const [killed, rollback] = [await put(format, 'killed'), await put(format, 'rollback-of-killed')];
    expect(openNotes([await store.events(killed), await store.events(rollback)], () => false)).toEqual([]);
    expect(unfinished(await store.summaries())).toEqual([]);
  });

  test('an event of a kind that is not known is passed over', async () => {
    const strange = JSON.stringify({
      type: 'guard_of_tomorrow',
      host: 'here',
      on: 'here',
      task: '0.tasks.0',
      seq: 9,
      at: '',
    });
    const run = await put(format, 'kept', (lines) => lines.toSpliced(8, 0, strange));
    const events: readonly Event[] = await store.events(run);
    expect(events.some(({ type }) => String(type) === 'guard_of_tomorrow')).toBe(true);
    const terminal = silentTerminal(folder);
    expect(await historyCommand(undefined, terminal)).toBe(0);
    expect(await showCommand(run, {}, terminal)).toBe(0);
    const again = await replayCommand(run, { dry: true, output: 'plain', inventory: [] }, terminal, '0.0.0');
    expect([0, 4]).toContain(again);
    expect(terminal.said()).not.toContain('guard_of_tomorrow');
    expect(openNotes([events], () => false)).toHaveLength(4);
    expect(buildRecord(events, { modules: resourceNamed, journal: { text: '' } })['README.md']).toContain('kept');
  });
});
