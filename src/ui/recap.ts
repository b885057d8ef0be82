import type { Event } from '../core/event.ts';
import { printable } from '../core/printable.ts';
import { endingWords } from '../history/record/ending.ts';
import { type RunFacts, runFacts } from '../history/record/run-facts.ts';
import { type Tally, tally } from '../history/record/tally.ts';
import { type Paint, painter } from './paint.ts';
import { printableNames } from './printable-names.ts';
import type { Tone } from './progress.ts';
import type { Look } from './view.ts';

export interface RecapFacts {
  /** The record's folder, as the user would type it. */
  readonly record?: string;
  /** What became of committing it: a commit's id, or why there is none. */
  readonly committed?: string;
  /** What the operator should know of that commit. */
  readonly note?: string;
}

/** The end of a run for people: counts per host, the ending in words, what is open, where the record is, what is next. */
export function renderRecap(told: readonly Event[], look: Look, where: RecapFacts = {}): string {
  const events = told.map(printableNames);
  const facts = runFacts(events);
  if (facts === undefined) return '';
  const paint = painter(look.color);
  const rows = tally(events);
  const width = Math.max(0, ...rows.map(({ host }) => host.length));
  const ending = facts.ended?.ending ?? 'not ended';
  const lines = [
    paint('bold', 'Recap'),
    ...rows.map((row) => `  ${row.host.padEnd(width)}  ${counts(row, paint)}`),
    '',
    `${paint(endingTone(facts), ending)}: ${printable(endingWords(facts), 2_000)}`,
    ...doubts(facts, paint),
    ...place(where),
    ...next(facts).map((text) => `next    ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

const columns = ['ok', 'changed', 'failed', 'skipped', 'undone'] as const;
const columnTone: Readonly<Record<(typeof columns)[number], Tone>> = {
  ok: 'good',
  changed: 'news',
  failed: 'bad',
  skipped: 'dim',
  undone: 'news',
};

function counts(row: Tally, paint: Paint): string {
  const cells = columns.map((column) => {
    const text = `${column} ${row[column]}`;
    return `${paint(row[column] === 0 ? 'dim' : columnTone[column], text)}${' '.repeat(Math.max(0, column.length + 4 - text.length))}`;
  });
  return `${cells.join(' ')}${row.lost ? ` ${paint('bad', 'lost')}` : ''}`.trimEnd();
}

function endingTone({ ended }: RunFacts): Tone {
  if (ended === undefined || ended.ending === 'unsure') return 'bad';
  if (!ended.ok) return 'news';
  return 'good';
}

function doubts({ ended }: RunFacts, paint: Paint): readonly string[] {
  return (ended?.doubts ?? []).flatMap(({ host, what, expected, found }) => [
    `  ${paint('bad', printable(host, 255))}: ${printable(what)}`,
    `    expected  ${printable(expected, 400)}`,
    `    found     ${printable(found, 400)}`,
  ]);
}

function place({ record, committed, note }: RecapFacts): readonly string[] {
  if (record === undefined) return [];
  if (committed === undefined) return [`record  ${record}`];
  const isId = /^[0-9a-f]{40,64}$/.test(committed);
  return [
    `record  ${record} (${isId ? `commit ${committed.slice(0, 12)}` : printable(committed)})`,
    ...(note === undefined ? [] : [`note    ${printable(note, 400)}`]),
  ];
}

/** What the operator can do now. */
function next({ run, of, mode, ended, pending }: RunFacts): readonly string[] {
  if (ended === undefined)
    return [`runbook rollback ${run} brings back what it changed`, `runbook resume ${run} goes on with it`];
  const completing = pending.length > 0 ? [`runbook resume ${run} completes it when the host is back`] : [];
  switch (ended.ending) {
    case 'kept':
      return [...completing, `runbook rollback ${run} would undo it`];
    case 'unsure':
      return [`runbook rollback ${mode === 'play' ? run : (of ?? run)} completes it when the host is back`];
    case 'undone':
      return ended.ok ? [] : [`runbook show ${run} lists what was run; play again when the cause is gone`];
    case 'unchanged':
      return ended.ok || mode === 'audit' ? [] : [...completing, `runbook show ${run} lists what was run`];
  }
}
