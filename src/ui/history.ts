import { printable } from '../core/printable.ts';
import type { RunSummary } from '../history/run-summary.ts';
import { painter } from './paint.ts';
import { some, type Tone } from './progress.ts';
import type { Look } from './view.ts';

/** Past runs as a table, one a line, in the order given. */
export function renderHistory(runs: readonly RunSummary[], look: Look): string {
  if (runs.length === 0) return 'No runs yet.\n';
  const paint = painter(look.color);
  const rows = runs.map((run) => [
    run.run,
    run.started.slice(0, 16).replace('T', ' '),
    run.mode === 'play' && run.of !== undefined ? `play, resumes ${tail(run.of)}` : run.mode,
    endingOf(run, runs),
    `${printable(run.playbook, 40)}${run.plan === undefined ? '' : ` (plan ${shortDigest(run.plan)})`}`,
    printable(run.operator, 30),
    some(
      run.hosts.map((host) => printable(host, 40)),
      3,
    ),
  ]);
  const head = ['RUN', 'STARTED (UTC)', 'MODE', 'ENDING', 'PLAYBOOK', 'OPERATOR', 'HOSTS'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = runs.map((run, i) => paint(toneOf(run), line(rows[i] ?? [])));
  return `${[paint('bold', line(head)), ...lines].join('\n')}\n`;
}

/** A run that another went on with ended as that one did. */
function endingOf({ run, ended, pending }: RunSummary, runs: readonly RunSummary[]): string {
  const next = runs.findLast(({ of, mode, touched }) => of === run && mode === 'play' && touched.length > 0);
  if (ended !== undefined || next === undefined) {
    const without = pending === undefined ? '' : `, ${pending.length} pending`;
    return `${ended?.ending ?? 'not ended'}${without}`;
  }
  return `resumed by ${tail(next.run)}: ${endingOf(next, runs)}`;
}

/** Enough of an id to find the run by. */
function tail(run: string): string {
  return run.slice(-6);
}

/** Enough of `sha256:...` to find the plan's file by its last line. */
function shortDigest(digest: string): string {
  return printable(digest.replace(/^sha256:/, '').slice(0, 12));
}

function toneOf({ ended }: RunSummary): Tone {
  if (ended === undefined || ended.ending === 'unsure') return 'bad';
  if (ended.ending === 'undone' || !ended.ok) return 'news';
  return ended.ending === 'kept' ? 'good' : 'dim';
}
