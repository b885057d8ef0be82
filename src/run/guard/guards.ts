import type { Command } from '../../core/command.ts';
import type { StepRef, UndoEntry } from '../../core/event.ts';
import { Failure, reason } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import type { Step, Task } from '../../core/play.ts';
import { allThrough } from '../barrier.ts';
import { asUserOf, inEnvironment } from '../probe.ts';
import type { Session } from '../session.ts';
import { settle } from '../stop.ts';
import { runPlace } from '../stray-scripts.ts';
import { stepRef } from '../texts.ts';
import { endCommand, type GuardState, putCommand, readGuard, renewCommand } from './commands.ts';
import { numbered, numberIn } from './order.ts';
import { type Post, placeOf, postsOf } from './posts.ts';

/** An undo laid down. `fence`: the file without which no change is made any more. */
export type Laying = { readonly fence?: string } | { readonly because: string; readonly lost: boolean };

/** How often a guard that acts just now is asked whether it is through, and the time between. */
const waitTries = 600;
const waitMs = 500;

/** The guards of one run, which undo on the hosts by themselves when contact is lost. */
export class Guards {
  readonly #session: Session;
  readonly #run: string;
  readonly #fences = new Map<string, string>();
  /** Machines where a guard has acted, as far as this run has learnt. */
  readonly #fired = new Set<string>();
  /** Places whose last guard has acted and is through, and whether it says that it has put everything back. */
  readonly #through = new Map<string, boolean>();
  /** Places whose guard is released before the others, and not armed again. */
  readonly #released = new Set<string>();
  readonly #noted: () => readonly UndoEntry[];

  /** `run`: whose guards; a rollback has to do with those of the run that it undoes. `noted`: what they hold. */
  constructor(session: Session, run: string, noted: () => readonly UndoEntry[] = () => session.notes) {
    this.#noted = noted;
    this.#session = session;
    this.#run = run;
  }

  /**
   * Lays the undo of a noted state down on its host, before the change. Without one the change is made as long as the guard of what was
   * laid down before has not acted. `shared`: others rest on it.
   */
  async put(task: Task, step: Step, entry: UndoEntry, restore: Command | null, shared: boolean): Promise<Laying> {
    const { guardSeconds: seconds } = entry;
    const post = placeOf(entry);
    if (restore !== null && seconds !== undefined) {
      const early = shared && !entry.protect ? earlier(seconds) : 0;
      const number = numberIn(this.#notesAt(post), entry, task.module);
      const laid = { guard: this.#nameOf(entry), seconds, early, entry: number, restore: inEnvironment(restore, step) };
      const command = asUserOf(step, putCommand(laid), task);
      const outcome = await this.#session.perform('guard', stepRef(task, step), command);
      if (outcome.exit !== 0) return { because: `the guard: ${explain(outcome)}`, lost: outcome.cut === 'lost' };
      this.#fences.set(post, outcome.stdout.trim());
      this.#through.delete(post);
      this.#released.delete(post);
    }
    const fence = this.#fences.get(post);
    return fence === undefined ? {} : { fence };
  }

  /** Two names of the inventory may be of one machine, and two users of it be the same: each has a guard of its own there. */
  #nameOf({ on, become }: Pick<Post, 'on' | 'become'>): string {
    const place = runPlace(this.#run, on);
    return become === undefined ? place : runPlace(place, become);
  }

  /** A guard counts its own notes: their numbers in the whole run rest on which host was quicker. */
  #notesAt(post: string): readonly UndoEntry[] {
    return this.#noted().filter((entry) => placeOf(entry) === post);
  }

  /** All guards that there may be, from what has been noted. */
  get posts(): readonly Post[] {
    return postsOf(this.#noted().filter((entry) => !this.#released.has(placeOf(entry))));
  }

  /** Renews the guards of a run that is gone on with. Returns what stands against it; `laid`: where one must be, `posts`: where one may be. */
  async standing(posts: readonly Post[], laid: readonly Post[]): Promise<readonly string[]> {
    const must = new Set(laid.map(placeOf));
    const against = await allThrough(posts.map((post) => this.#stands(post, must.has(placeOf(post)))));
    return against.filter((line) => line !== undefined);
  }

  async #stands(post: Post, must: boolean): Promise<string | undefined> {
    const outcome = await this.#perform(post, renewCommand(this.#nameOf(post), post.seconds));
    if (outcome.exit !== 0) return `${post.on}: its guard: ${explain(outcome)}`;
    const is = understood(outcome)?.is;
    if (is === undefined) return `${post.on}: its guard gives an answer that is not understood`;
    if (is === 'fired') return `${post.on}: its guard was without contact and has put everything back`;
    return is === 'armed' || !must ? undefined : `${post.on}: its guard is gone`;
  }

  /** Seconds after which a machine that cannot be reached has put everything back by itself; 0 without a guard. */
  secondsOf(machine: string): number {
    return Math.max(0, ...this.posts.filter(({ on }) => on === machine).map(({ seconds }) => seconds));
  }

  /** Asks a guard to wait longer. Undefined: it could not be asked. Not part of the record: it changes nothing that anybody could miss. */
  async renew(post: Post): Promise<GuardState | undefined> {
    const { on, seconds } = post;
    const outcome = await this.#session.aside(on, asUserOf(post, renewCommand(this.#nameOf(post), seconds)));
    return outcome?.exit === 0 ? readGuard(outcome) : undefined;
  }

  /** The change is to stand: every guard is told so, over connections that are newer than the last change. Returns what stands against it. */
  async keep(): Promise<readonly string[]> {
    const posts = this.posts.filter(({ on }) => !this.#session.roster.isPending(on));
    const against = await allThrough(posts.map((post) => this.#keep(post)));
    return against.filter((line) => line !== undefined);
  }

  async #keep(post: Post): Promise<string | undefined> {
    const { on } = post;
    try {
      if (!this.#session.isFresh(on)) await this.#session.reopen(on);
      const state = await this.#end(post);
      if (state?.is === 'kept') await this.#tell(post, 'kept');
      if (state?.is === 'kept') return undefined;
      if (state === undefined) return `${on}: whether its guard lets the change stand is not known`;
      return state.is === 'fired'
        ? `${on}: its guard has put everything back already`
        : `${on}: its guard is gone, and nothing can tell whether all is in place`;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      return `${on}: ${reason(thrown)}`;
    }
  }

  /**
   * Before the controller undoes: guards that wait are asked to wait longer, those that act are waited for, and what they have done is noted.
   * Only machines that can be reached. Returns those whose guards say that they have put everything back.
   */
  async meet(machines: readonly string[]): Promise<readonly string[]> {
    const reachable = (post: Post) => machines.includes(post.on) && !this.#session.isLost(post.on);
    const posts = this.posts.filter(reachable);
    const mended = await allThrough(posts.map((post) => this.#meet(post)));
    const isMended = (machine: string) => posts.every(({ on }, i) => on !== machine || mended[i] === true);
    return [...new Set(posts.map(({ on }) => on))].filter(isMended);
  }

  /** What these machines have still to put back is put back now, and waited for: their run has ended without them. */
  async hasten(machines: readonly string[]): Promise<void> {
    const posts = this.posts.filter(({ on }) => machines.includes(on) && !this.#session.isLost(on));
    await allThrough(posts.map((post) => this.#meet({ ...post, seconds: 0 })));
  }

  /** True: it has put everything back by itself. One of no seconds acts at once. */
  async #meet(post: Post): Promise<boolean> {
    const { on, seconds } = post;
    const known = this.#through.get(placeOf(post));
    if (known !== undefined) return known;
    for (let tries = 1; tries <= waitTries; tries += 1) {
      const state = understood(await this.#perform(post, renewCommand(this.#nameOf(post), seconds)));
      if (state === undefined) return false;
      if (state.is === 'none' && this.#session.hasRestarted(on)) await this.#tell(post, 'gone');
      const isToAct = state.is === 'armed' && seconds === 0;
      if (state.is !== 'fired' && !isToAct) return false;
      if (state.is === 'fired' && state.through) return this.#learn(post, state);
      await this.#session.pause(waitMs); // it is not hurried by asking more often
    }
    return false;
  }

  /** It has acted by itself, as far as this run has learnt. */
  hasFired(machine: string): boolean {
    return this.#fired.has(machine);
  }

  async #learn(post: Post, state: Extract<GuardState, { is: 'fired' }>): Promise<boolean> {
    const failed = state.entries
      .filter(({ exit }) => exit !== 0)
      .map(({ entry: number, exit, because }) => {
        const entry = numbered(this.#notesAt(placeOf(post)), number);
        const isTold = because !== '' && entry?.secret !== true;
        return { entry: entry?.entry ?? 0, because: isTold ? because : `exit ${exit}` };
      });
    this.#fired.add(post.on);
    this.#through.set(placeOf(post), failed.length === 0);
    await this.#tell(post, 'fired', failed);
    await this.#end(post);
    return failed.length === 0;
  }

  /**
   * A host that is proven to be as before needs no guard. One that also holds what stays keeps it, until the run's end. Returns the
   * machines whose guards have acted all the same, as release() does.
   */
  async releaseFor(host: string, own: readonly UndoEntry[]): Promise<readonly string[]> {
    const others = new Set(
      this.#noted()
        .filter((entry) => !own.includes(entry))
        .map(placeOf),
    );
    const posts = postsOf(own).filter((post) => post.on === host && !others.has(placeOf(post)));
    const acted = await this.#releaseAll(posts);
    for (const post of posts.filter(({ on }) => !acted.includes(on)).map(placeOf)) {
      this.#released.add(post);
      this.#fences.delete(post);
    }
    return acted;
  }

  /**
   * The controller has put everything back, or a person has to: no guard is to act any more. Returns the machines whose guards have acted
   * since they were met, and are through now: what was proven there before must be proven again.
   */
  async release(): Promise<readonly string[]> {
    return this.#releaseAll(this.posts.filter(({ on }) => !this.#session.isLost(on)));
  }

  async #releaseAll(posts: readonly Post[]): Promise<readonly string[]> {
    const acted = await allThrough(posts.map((post) => this.#release(post)));
    return [...new Set(posts.filter((_, i) => acted[i]).map(({ on }) => on))];
  }

  /** True: the guard was quicker. */
  async #release(post: Post): Promise<boolean> {
    const state = (await this.#end(post)) ?? (await this.#endAnew(post));
    if (state?.is === 'kept') await this.#tell(post, 'released');
    if (state === undefined && !this.#session.isLost(post.on)) await this.#warnOf(post);
    // What cannot be removed on the host tells the same again.
    if (state?.is !== 'fired' || this.#through.has(placeOf(post))) return false;
    if (state.through) await this.#learn(post, state);
    else await this.#meet(post);
    return this.#through.has(placeOf(post)); // else it has come to no end in all that time, and will not
  }

  /** Undefined: no answer, or none that is understood. */
  async #end(post: Post): Promise<GuardState | undefined> {
    return understood(await this.#perform(post, endCommand(this.#nameOf(post))));
  }

  async #warnOf({ on }: Post): Promise<void> {
    const message = `${on}: its guard does not tell whether it rests; it may still put back what this run has noted there. \`runbook locks ${on}\` tells`;
    await this.#session.emit({ type: 'warned', message });
  }

  /** Once more, and over a new connection should the old one have been cut just then: a guard that is forgotten would act. */
  async #endAnew(post: Post): Promise<GuardState | undefined> {
    if (!this.#session.isLost(post.on)) return this.#end(post);
    const [failure] = await settle([this.#session.reopen(post.on)]);
    return failure === undefined ? this.#end(post) : undefined;
  }

  async #perform(post: Post, command: Command): Promise<Outcome> {
    const { on } = post;
    const ref: StepRef = { task: 'guard', host: on, on };
    return this.#session.perform('guard', ref, asUserOf(post, command));
  }

  async #tell(
    { on, become }: Post,
    status: 'kept' | 'released' | 'fired' | 'gone',
    failed: readonly { readonly entry: number; readonly because: string }[] = [],
  ): Promise<void> {
    const who = become === undefined ? {} : { become };
    await this.#session.emit({ type: 'guard_ended', host: on, ...who, status, failed });
  }
}

/** Undefined: what it answers is no reason to end anything, since all is read from the host itself. */
function understood(outcome: Outcome): GuardState | undefined {
  try {
    return outcome.exit === 0 ? readGuard(outcome) : undefined;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return undefined;
  }
}

/** What other hosts rest on when they start again must be back before they do. Seconds. */
function earlier(seconds: number): number {
  return Math.max(1, Math.min(30, Math.floor(seconds / 6)));
}
