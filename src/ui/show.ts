import { displayCommand, displayManner } from '../core/display.ts';
import type { Event } from '../core/event.ts';
import { printable } from '../core/printable.ts';
import { commandFailed, type RunCommand, runCommands } from '../history/record/commands.ts';
import { endingWords } from '../history/record/ending.ts';
import { runFacts } from '../history/record/run-facts.ts';
import { type Paint, painter } from './paint.ts';
import { printableNames } from './printable-names.ts';
import type { Look } from './view.ts';

/**
 * A run as a shell's `history` prints one: number, time, host, exit, duration, purpose, command. `!` marks what failed.
 * Commands are shown for reading; `--json` has them word for word.
 */
export function renderShow(told: readonly Event[], look: Look): string {
  const events = told.map(printableNames);
  const facts = runFacts(events);
  if (facts === undefined) return 'An empty journal: the controller was killed before the first event.\n';
  const paint = painter(look.color);
  const commands = runCommands(events);
  const hostWidth = Math.max(4, ...commands.map(({ on }) => on.length));
  const numberWidth = String(commands.length).length;
  const endWidth = Math.max(3, ...commands.map((command) => endOf(command).length));
  const ending = facts.ended === undefined ? 'not ended' : facts.ended.ending;
  const lines = [
    `${facts.run}  ${printable(facts.playbook)}  ${facts.mode} by ${printable(facts.operator)}`,
    `${facts.started.slice(0, 19).replace('T', ' ')} UTC on ${facts.hosts.join(', ')}`,
    ...(facts.chosen === undefined ? [] : [`only ${printable(facts.chosen)}`]),
    ...(facts.plan === undefined ? [] : [`held to the plan ${printable(facts.plan)}`]),
    '',
    ...commands.map((command, i) => commandLine(command, i + 1, { numberWidth, hostWidth, endWidth }, paint)),
    '',
    `${paint('bold', ending)}: ${printable(endingWords(facts), 2_000)}`,
    ...(facts.ended?.doubts ?? []).map(
      ({ host, what, expected, found }) =>
        `  ${printable(host, 255)}: ${printable(what)}: expected ${printable(expected, 300)}, found ${printable(found, 300)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLine(
  command: RunCommand,
  number: number,
  { numberWidth, hostWidth, endWidth }: { numberWidth: number; hostWidth: number; endWidth: number },
  paint: Paint,
): string {
  const { at, on, purpose, argv, stdin, outcome } = command;
  const failed = commandFailed(command);
  const input = stdin === undefined ? '' : ` <<< ${printable(stdin.trimEnd(), 80)}`;
  const line = [
    `${failed ? '!' : ' '}${String(number).padStart(numberWidth)}`,
    at.slice(11, 19),
    on.padEnd(hostWidth),
    endOf(command).padStart(endWidth),
    durationText(outcome?.ms).padStart(6),
    purpose.padEnd(6),
    `${displayManner(command)}${displayCommand(argv, 300)}${input}`,
  ].join('  ');
  if (failed) return paint('bad', line);
  return purpose === 'probe' || purpose === 'check' ? paint('dim', line) : line;
}

/** Its exit code, or why it has none. */
function endOf({ outcome }: RunCommand): string {
  return String(outcome?.exit ?? outcome?.cut ?? '?');
}

/** `12ms`, `1.0s`, `2m05s`. */
export function durationText(ms: number | undefined): string {
  if (ms === undefined) return '?';
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}
