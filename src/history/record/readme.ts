import type { Event } from '../../core/event.ts';
import { type Json, sameJson } from '../../core/json.ts';
import { endingWords } from './ending.ts';
import { code, fence, plain, table } from './markdown.ts';
import { routePictures } from './picture.ts';
import { commandsSection } from './readme-commands.ts';
import type { RunFacts } from './run-facts.ts';
import { stateDiff, stateLines, stateWords } from './state-text.ts';
import type { ThingState } from './states.ts';
import { tally } from './tally.ts';

/**
 * The record's front page: what, who, when, outcome, and what changed where. `files`: what stands beside it; `head`: the
 * hash of the journal's last line, in hex.
 */
export function readme(
  facts: RunFacts,
  events: readonly Event[],
  things: readonly ThingState[],
  files: readonly string[],
  head: string | undefined,
): string {
  const sections = [
    title(facts),
    overview(facts, head),
    doubts(facts),
    pending(facts),
    hosts(events),
    changes(things),
    diffs(things),
    pictures(events),
    undone(events),
    commandsSection(events),
    beside(files),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function title(facts: RunFacts): string {
  const names = facts.plays.map(({ name }) => name).filter((name) => name !== '');
  const what =
    names.length > 0 ? names.join(', ') : facts.mode === 'rollback' ? `Rollback of ${facts.of}` : facts.playbook;
  return `# ${plain(what)}: ${facts.ended?.ending ?? 'not ended'}\n\n${plain(endingWords(facts), 1000)}`;
}

function overview(facts: RunFacts, head: string | undefined): string {
  const rows = [
    ['Playbook', code(facts.playbook)],
    ...(facts.chosen === undefined ? [] : [['Only', code(facts.chosen)]]),
    ['Hosts', facts.hosts.map((host) => plain(host)).join(', ')],
    ['Operator', plain(facts.operator)],
    ['Started', facts.started],
    ['Ended', facts.ended?.at ?? 'not ended'],
    ['Run', code(facts.run)],
    ...(facts.of === undefined ? [] : [[facts.mode === 'play' ? 'Goes on with' : 'Rolls back', code(facts.of)]]),
    ['Tool', plain(facts.tool)],
    ...(head === undefined ? [] : [['Journal', code(`sha256:${head}`)]]),
  ];
  return table(['', ''], rows);
}

function doubts({ ended }: RunFacts): string {
  if (ended === undefined || ended.doubts.length === 0) return '';
  const rows = ended.doubts.map(({ host, what, expected, found }) => [
    plain(host),
    code(what),
    code(expected),
    plain(found),
  ]);
  return `## Not proven restored\n\n${table(['Host', 'What', 'Expected', 'Found'], rows)}`;
}

function pending({ pending: all, run }: RunFacts): string {
  if (all.length === 0) return '';
  const rows = all.flatMap(({ host, because, steps }) =>
    steps.map(({ task, name, module }) => [plain(host), plain(because), code(task), code(module), plain(name)]),
  );
  const next = `What is left to do there; ${code(`runbook resume ${run}`)} does it when the host is back.`;
  return `## Pending\n\n${next}\n\n${table(['Host', 'Why', 'Task', 'Module', ''], rows)}`;
}

function hosts(events: readonly Event[]): string {
  const rows = tally(events).map(({ host, ok, changed, failed, skipped, undone, lost }) => [
    plain(host),
    ...[ok, changed, failed, skipped, undone].map(String),
    lost ? 'lost' : '',
  ]);
  return `## Hosts\n\n${table(['Host', 'ok', 'changed', 'failed', 'skipped', 'undone', ''], rows)}`;
}

function isChanged({ before, after }: ThingState): boolean {
  return after === undefined || !sameJson(before, after);
}

function changes(things: readonly ThingState[]): string {
  const rows = things
    .filter(isChanged)
    .map(({ on, module, key, before, after }) => [
      plain(on),
      code(`${module} ${key}`),
      cell(before),
      after === undefined ? '**not known**' : cell(after),
    ]);
  if (rows.length === 0) return '## Changes\n\nNone: everything that the run touched is as it was before.';
  return `## Changes\n\n${table(['Host', 'What', 'Before', 'After'], rows)}`;
}

/** What is long is below, compared line by line. */
function cell(state: Json): string {
  const words = stateWords(state, 1_000);
  return words.length > 80 ? `${stateLines(state).length} lines` : code(words);
}

function diffs(things: readonly ThingState[]): string {
  const parts = things.filter(isChanged).flatMap(({ on, module, key, before, after }) => {
    if (after === undefined) return [];
    const lines = stateDiff(before, after);
    return lines.length === 0 ? [] : [`### ${plain(on)}: ${code(`${module} ${key}`)}\n\n${fence('diff', lines)}`];
  });
  return parts.length === 0 ? '' : `## Before and after\n\n${parts.join('\n\n')}`;
}

function pictures(events: readonly Event[]): string {
  const routes = routePictures(events);
  if (routes === undefined) return '';
  const picture = (flowchart: string) => fence('mermaid', flowchart.split('\n'));
  if (routes.before === routes.after) return `## Routes, the same before and after\n\n${picture(routes.before)}`;
  return `## Routes before\n\n${picture(routes.before)}\n\n## Routes after\n\n${picture(routes.after)}`;
}

function undone(events: readonly Event[]): string {
  const rows = events.flatMap((event) =>
    event.type === 'undo_ended'
      ? [[plain(event.on), code(`${event.module} ${event.key}`), event.status, plain(event.because ?? '')]]
      : [],
  );
  return rows.length === 0 ? '' : `## Undo\n\n${table(['Host', 'What', 'Result', ''], rows)}`;
}

const about: Readonly<Record<string, string>> = {
  'before.yml': 'the states that the run found',
  'after.yml': 'the states that it left',
  'rollback.yml': 'a playbook that brings back what it found',
  'history.jsonl': 'every event: each command with its answer, one JSON text a line',
  'record.json': 'hashes of all these, for `runbook verify-record`',
};

function beside(files: readonly string[]): string {
  const lines = files.flatMap((file) => (about[file] === undefined ? [] : [`- [${file}](${file}): ${about[file]}`]));
  return `## Beside this\n\n${lines.join('\n')}`;
}
