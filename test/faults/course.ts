import type { Event } from '../../src/core/event.ts';

/** A place in a run where a fault can strike: one command, or the opening of a connection. The same in every run of the same text. */
export interface Position {
  /** With how often the phase has begun: `verify.2`. */
  readonly phase: string;
  readonly task: string;
  readonly purpose: string;
  readonly on: string;
  /** Which one of those that have all of this in common, from 1. */
  readonly nth: number;
}

export function keyOf({ phase, task, purpose, on, nth }: Position): string {
  return [phase, task, purpose, on, nth].join(' ');
}

/** Follows a run by its events, and says of each command and each connection where in the run it stands. */
export class Course {
  #phase = 'start.1';
  readonly #rounds = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #announced = new Map<string, Position[]>();

  hear(event: Event): void {
    if (event.type === 'phase_started') {
      const round = (this.#rounds.get(event.phase) ?? 0) + 1;
      this.#rounds.set(event.phase, round);
      this.#phase = `${event.phase}.${round}`;
    }
    if (event.type !== 'command_started') return;
    const queue = this.#announced.get(event.on) ?? [];
    this.#announced.set(event.on, [...queue, this.#next(event.task, event.purpose, event.on)]);
  }

  /** Of the command that this host is given now: the oldest one announced. */
  atCommand(host: string): Position {
    const [first, ...rest] = this.#announced.get(host) ?? [];
    this.#announced.set(host, rest);
    return first ?? this.#next('-', 'unannounced', host);
  }

  atOpening(host: string): Position {
    return this.#next('-', 'open', host);
  }

  #next(task: string, purpose: string, on: string): Position {
    const kind = [this.#phase, task, purpose, on].join(' ');
    const nth = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, nth);
    return { phase: this.#phase, task, purpose, on, nth };
  }
}
