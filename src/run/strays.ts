import { type Command, type Manner, mannerOf, script } from '../core/command.ts';
import type { Doubt, StepRef, UndoEntry } from '../core/event.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { allThrough } from './barrier.ts';
import { asUserOf } from './probe.ts';
import type { Session } from './session.ts';
import { runPlace, strayMark, strayScript } from './stray-scripts.ts';

/** What a machine says of the strays on it: numbers of processes. */
interface Told {
  readonly ended: readonly string[];
  readonly left: readonly string[];
}

/**
 * Commands of one run that may still be at work although nobody waits for them: after a cut connection, a command that could not be
 * stopped, a controller that died. What is read while one is at work tells nothing, and what is put back then may be changed again.
 */
export class Strays {
  readonly #session: Session;
  readonly #run: string;
  readonly #suspected = new Set<string>();

  /** `run`: whose; a rollback has to do with those of the run that it undoes. */
  constructor(session: Session, run: string) {
    this.#session = session;
    this.#run = run;
  }

  /** What each command that alters this machine bears. */
  markOn(machine: string): string {
    return strayMark(runPlace(this.#run, machine));
  }

  /** There may be some. */
  suspect(machines: readonly string[]): void {
    for (const machine of machines) this.#suspected.add(machine);
  }

  /** Ends those on the machines that can be reached, where there may be some. Returns what could not be ended, or asked for. */
  async end(machines: readonly string[], notes: readonly UndoEntry[]): Promise<readonly Doubt[]> {
    const asked = machines.filter((on) => this.#suspected.has(on) && !this.#session.isLost(on));
    const doubts = await allThrough(asked.map((on) => this.#endOn(on, usersOf(notes, on))));
    return doubts.filter((doubt) => doubt !== undefined);
  }

  /** The machines where some are at work, as far as can be told, in words. They are let be. */
  async look(machines: readonly string[], notes: readonly UndoEntry[]): Promise<readonly string[]> {
    const lines = await allThrough(
      machines.map(async (on) => {
        const told = await this.#ask(on, usersOf(notes, on), 'look');
        if ('because' in told) return `${on}: whether a command is still at work there is not known: ${told.because}`;
        return told.left.length === 0 ? undefined : `${on}: a command is still at work there (${processes(told.left)})`;
      }),
    );
    return lines.filter((line) => line !== undefined);
  }

  async #endOn(on: string, users: readonly Manner[]): Promise<Doubt | undefined> {
    const told = await this.#ask(on, users, 'end');
    if (this.#session.isLost(on)) return undefined;
    if ('because' in told) return doubtOf(on, `not known: ${told.because}`);
    if (told.left.length > 0) return doubtOf(on, `still at work: ${processes(told.left)}, which could not be ended`);
    this.#suspected.delete(on);
    if (told.ended.length === 0) return undefined;
    const message = `${on}: a command of the run was still at work (${processes(told.ended)}); it has been ended before anything is put back`;
    await this.#session.emit({ type: 'warned', message });
    return undefined;
  }

  /** As each user that the run was there: what one of them may not end, or see, another may. */
  async #ask(on: string, users: readonly Manner[], verb: 'end' | 'look'): Promise<Told | { readonly because: string }> {
    const ref: StepRef = { task: 'strays', host: on, on };
    const ended = new Set<string>();
    const left = new Set<string>();
    for (const user of users) {
      const outcome = await this.#session.perform('guard', ref, asUserOf(user, this.#command(on, verb)));
      const told = understood(outcome);
      if (told === undefined)
        return { because: outcome.exit === 0 ? 'the answer is not understood' : explain(outcome) };
      for (const process of told.left) left.add(process);
      for (const process of told.ended) ended.add(process);
    }
    return { ended: [...ended], left: [...left].filter((process) => !ended.has(process)) };
  }

  #command(on: string, verb: 'end' | 'look'): Command {
    return script(strayScript, [runPlace(this.#run, on), verb], { title: 'strays' });
  }
}

function usersOf(notes: readonly UndoEntry[], on: string): readonly Manner[] {
  const users = new Map<string, Manner>();
  for (const note of notes) if (note.on === on) users.set(note.become ?? '', mannerOf(note));
  return [...users.values()];
}

function understood({ exit, stdout }: Outcome): Told | undefined {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (exit !== 0 || !lines.every((line) => /^(ended|left) \d+$/.test(line))) return undefined;
  const of = (verb: string) =>
    lines.flatMap((line) => (line.startsWith(`${verb} `) ? [line.slice(verb.length + 1)] : []));
  return { ended: of('ended'), left: of('left') };
}

function processes(numbers: readonly string[]): string {
  return `process${numbers.length === 1 ? '' : 'es'} ${numbers.join(', ')}`;
}

function doubtOf(host: string, found: string): Doubt {
  return { host, what: 'commands of the run', expected: 'none at work', found };
}
