import { reason } from '../core/failure.ts';
import type { Locks } from './lock/locks.ts';
import type { Session } from './session.ts';
import { stopIfTold } from './stop.ts';

/** A lock ends by itself this many seconds after its run was last heard of. */
export const lockSeconds = 60;

const shortestMs = 500;

/** Four times in the shortest lease: three may get lost. Milliseconds. */
function beatMs(guardSeconds: readonly number[]): number {
  return Math.max(shortestMs, (Math.min(lockSeconds, ...guardSeconds) * 1000) / 4);
}

interface Silence {
  /** Milliseconds since 1970. */
  readonly since: number;
  isTold?: true;
}

/**
 * Renews what this run holds on its hosts, beside whatever they are doing. One that does not answer keeps none of the others waiting: it is
 * asked again once it has. What is lost is told to the session, which then turns the run around; that it may get lost is a warning.
 */
export class Heartbeat {
  readonly #session: Session;
  /** By machine, what it was asked and has not answered yet. */
  readonly #asked = new Map<string, Promise<void>>();
  /** By machine, since when it was asked in vain. */
  readonly #silent = new Map<string, Silence>();
  #locks: Locks | undefined;
  #ms = Number.POSITIVE_INFINITY;
  #last = 0;
  #late: Promise<void> | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Until the function that comes back is called. */
  start(locks: Locks, guardSeconds: readonly number[]): () => Promise<void> {
    const { clock } = this.#session;
    this.#locks = locks;
    this.#ms = beatMs(guardSeconds);
    this.#last = clock.now().getTime();
    return clock.every(this.#ms, async () => this.#whereLate() ?? this.#beat());
  }

  /**
   * Before a change, and before changes are kept: where beats were missed, as timers do while the controller is asleep, all machines are asked first.
   * Throws Stop where something is lost by then.
   */
  async check(): Promise<void> {
    const late = this.#whereLate();
    if (late === undefined) return;
    await late;
    stopIfTold(this.#session);
  }

  /** All that ask meanwhile wait for the same answers. Undefined: nothing is late. */
  #whereLate(): Promise<void> | undefined {
    const isLate = this.#session.clock.now().getTime() - this.#last >= 2 * this.#ms;
    if (this.#late === undefined && isLate) {
      this.#late = this.#askAnew().finally(() => {
        this.#late = undefined;
      });
    }
    return this.#late;
  }

  /** What was asked before may have been answered before: that tells nothing of now. */
  async #askAnew(): Promise<void> {
    await Promise.all(this.#asked.values());
    await this.#beat();
  }

  async #beat(): Promise<void> {
    this.#last = this.#session.clock.now().getTime();
    const held = [...(this.#locks?.held ?? []), ...this.#session.guards.posts];
    const machines = [...new Set(held.map(({ on }) => on))];
    await Promise.all(machines.map((on) => (this.#asked.has(on) ? this.#warnOf(on) : this.#ask(on))));
  }

  #ask(on: string): Promise<void> {
    if (!this.#silent.has(on)) this.#silent.set(on, { since: this.#last });
    const asked = this.#onMachine(on)
      .then((isRenewed) => (isRenewed ? void this.#silent.delete(on) : this.#warnOf(on)))
      .catch((thrown: unknown) => this.#session.turnAround(`${on}: contact cannot be kept: ${reason(thrown)}`))
      .finally(() => this.#asked.delete(on));
    this.#asked.set(on, asked);
    return asked;
  }

  /** Half the time is over in which the shortest lease runs out. */
  async #warnOf(on: string): Promise<void> {
    const silence = this.#silent.get(on);
    if (silence === undefined || silence.isTold || this.#session.isLost(on)) return;
    const ms = this.#session.clock.now().getTime() - silence.since;
    if (ms < 2 * this.#ms) return;
    silence.isTold = true;
    const message = `what this run holds there could not be renewed for ${Math.round(ms / 1000)} s; unless it answers soon, its lock ends and its guard puts back what was changed there`;
    await this.#session.emit({ type: 'warned', message, host: on });
  }

  /** Whether the machine has confirmed all of it. */
  async #onMachine(on: string): Promise<boolean> {
    const { guards } = this.#session;
    const lost = await this.#locks?.renew(on);
    for (const { name } of lost ?? []) {
      this.#session.turnAround(name === '' ? `the lock of ${on} is lost` : `the lock "${name}" on ${on} is lost`);
    }
    let isRenewed = lost !== undefined;
    for (const post of guards.posts.filter((post) => post.on === on)) {
      const state = await guards.renew(post);
      if (state?.is === 'fired')
        this.#session.turnAround(`the guard of ${on} was without contact and has put everything back`);
      isRenewed &&= state !== undefined;
    }
    return isRenewed;
  }
}
