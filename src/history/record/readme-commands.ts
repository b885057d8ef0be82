import { displayCommand, displayManner } from '../../core/display.ts';
import type { Event } from '../../core/event.ts';
import { printable } from '../../core/printable.ts';
import { commandFailed, type RunCommand, runCommands } from './commands.ts';
import { fence, plain } from './markdown.ts';
import { machines } from './run-facts.ts';

const linesPerTask = 50;

/** What was run to change and to undo: by task in order, then by machine, so that two runs of one playbook compare. */
export function commandsSection(events: readonly Event[]): string {
  const commands = runCommands(events).filter(({ purpose }) => purpose === 'change' || purpose === 'undo');
  if (commands.length === 0) return '## Commands\n\nNo command that changes anything was run.';
  const names = new Map(
    events.flatMap((event) => (event.type === 'task_started' ? [[event.task, event.name] as const] : [])),
  );
  const order = machines(events);
  const width = Math.max(...commands.map(({ on }) => on.length));
  const headings = new Map<string, RunCommand[]>();
  for (const command of commands) {
    const heading = `${command.purpose === 'undo' ? 'Undo: ' : ''}${names.get(command.task) ?? command.task}`;
    headings.set(heading, [...(headings.get(heading) ?? []), command]);
  }
  const parts = [...headings].map(([heading, group]) => {
    const sorted = [...group].sort((a, b) => order.indexOf(a.on) - order.indexOf(b.on) || a.id - b.id);
    const lines = sorted.slice(0, linesPerTask).map((command) => line(command, width));
    const rest = sorted.length - linesPerTask;
    return `${plain(heading)}\n\n${fence('', rest > 0 ? [...lines, `… and ${rest} more`] : lines)}`;
  });
  const intro = 'Probes and checks, and what every command answered, are in history.jsonl.';
  return ['## Commands', intro, ...parts].join('\n\n');
}

function line(command: RunCommand, width: number): string {
  const { on, argv, stdin, outcome } = command;
  const input = stdin === undefined ? '' : `  <<< ${printable(stdin.trimEnd(), 100)}`;
  const end = outcome?.exit ?? outcome?.cut ?? 'not known';
  const failed = commandFailed(command)
    ? `  # ${outcome?.exit === undefined || outcome.exit === null ? end : `exit ${end}`}`
    : '';
  return `${printable(on, 255).padEnd(width)}  ${displayManner(command)}${displayCommand(argv, 300)}${input}${failed}`;
}
