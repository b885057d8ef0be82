import type { CommandText, Event, Phase, Purpose, StepRef } from '../../core/event.ts';
import type { Outcome } from '../../core/outcome.ts';

/** One command of a run with what became of it. */
export interface RunCommand extends StepRef, CommandText {
  /** Counts up over the run, in the order in which they were begun. */
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  readonly phase?: Phase;
  readonly purpose: Purpose;
  /** Absent: no answer was recorded; it may have run. */
  readonly outcome?: Outcome;
}

/** The commands of a run, in the order in which they were begun. */
export function runCommands(events: readonly Event[]): readonly RunCommand[] {
  const outcomes = new Map<number, Outcome>();
  for (const event of events) if (event.type === 'command_ended') outcomes.set(event.id, event);
  let phase: Phase | undefined;
  const commands: RunCommand[] = [];
  for (const event of events) {
    if (event.type === 'phase_started') phase = event.phase;
    if (event.type !== 'command_started') continue;
    const outcome = outcomes.get(event.id);
    commands.push({
      ...event,
      ...(phase === undefined ? {} : { phase }),
      ...(outcome === undefined ? {} : { outcome }),
    });
  }
  return commands;
}

/** Did it do what it was run for, as far as its exit tells? A probe or check may well exit with another code than 0. */
export function commandFailed({ purpose, outcome }: RunCommand): boolean {
  if (outcome === undefined || outcome.cut !== undefined) return true;
  return outcome.exit !== 0 && (purpose === 'change' || purpose === 'undo');
}
