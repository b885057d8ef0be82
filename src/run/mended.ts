import type { UndoEntry } from '../core/event.ts';
import { allThrough } from './barrier.ts';
import type { Guards } from './guard/guards.ts';
import { type ModuleNamed, machinesOf } from './noted.ts';
import type { PatientReader } from './patient-reader.ts';
import { isAsBefore } from './prove.ts';
import { rewind } from './rewind.ts';
import type { Session } from './session.ts';

/** What was noted, and by whose guards it is held. */
export interface Noted {
  readonly notes: readonly UndoEntry[];
  readonly guards: Guards;
}

/** Somebody who may have put a machine back. */
interface Mender {
  readonly words: string;
  /** Is it theirs, as far as is known without reading it? */
  readonly hasPutBack: (entry: UndoEntry) => boolean;
}

/** It has come to a good end with all that was laid down with it. */
const guard: Mender = {
  words: 'the guard of the host has put it back',
  hasPutBack: ({ guardSeconds }) => guardSeconds !== undefined,
};

export const earlierUndo: Mender = {
  words: 'an earlier undo has put it back',
  hasPutBack: ({ undone }) => undone === true,
};

/** Machines where somebody was quicker, and all is proven to be as before. To undo there again would stop what runs well. */
export class Mended {
  readonly #session: Session;
  readonly #moduleNamed: ModuleNamed;
  readonly #reader: PatientReader;
  readonly #notes: readonly UndoEntry[];
  readonly #guards: Guards;
  /** Who was, in words, by machine. */
  readonly #by = new Map<string, string>();

  constructor(session: Session, moduleNamed: ModuleNamed, reader: PatientReader, { notes, guards }: Noted) {
    this.#session = session;
    this.#moduleNamed = moduleNamed;
    this.#reader = reader;
    this.#notes = notes;
    this.#guards = guards;
  }

  /** Who has put this machine back, in words; undefined: nobody. */
  by(machine: string): string | undefined {
    return this.#by.get(machine);
  }

  /** What was proven holds no more. */
  forget(): void {
    this.#by.clear();
  }

  /** Guards that act are waited for. */
  async meetGuards(machines: readonly string[]): Promise<void> {
    await this.#acceptMended(await this.#guards.meet(machines), guard);
    const early = machines.filter((machine) => !this.#by.has(machine) && this.#guards.hasFired(machine));
    await allThrough(early.map((machine) => this.#takeBack(machine)));
  }

  /** An undo that did not come to a proven end has been at work on some machines. */
  async meetEarlierUndo(): Promise<void> {
    const met = machinesOf(this.#notes.filter(({ undoBegun }) => undoBegun === true));
    const machines = met.filter((machine) => !this.#by.has(machine) && !this.#session.isLost(machine));
    await this.#acceptMended(machines, earlierUndo);
    const rest = machines.filter((machine) => !this.#by.has(machine));
    await allThrough(rest.map((machine) => this.#takeBack(machine)));
  }

  /** Are these as before, thanks to this one? */
  async #acceptMended(machines: readonly string[], { words, hasPutBack }: Mender): Promise<void> {
    const proven = await allThrough(
      machines.map((machine) =>
        isAsBefore(this.#session, this.#notes, this.#moduleNamed, machine, this.#reader, hasPutBack),
      ),
    );
    for (const machine of machines.filter((_, i) => proven[i])) this.#by.set(machine, words);
  }

  /**
   * A guard that acted before others had come back, or an undo that broke off, may have started programs on what was not yet as before. They
   * are put where the run had left them, so that the undo can go its way, step by step.
   */
  async #takeBack(machine: string): Promise<void> {
    await rewind(
      this.#session,
      this.#moduleNamed,
      this.#notes.filter(({ on }) => on === machine),
      this.#reader,
    );
  }
}
