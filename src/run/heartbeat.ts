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

/**
 * Renews what this run holds on its hosts, beside whatever they are doing. One that does not answer keeps none of the others waiting: it is
 * asked again once it has. What is lost is told to the session, which then turns the run around.
 */
export class Heartbeat {
  readonly #session: Session;
  /** By machine, what it was asked and has not answered yet. */
  readonly #asked = new Map<string, Promise<void>>();
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
    const machines = new Set(held.map(({ on }) => on).filter((on) => !this.#asked.has(on)));
    await Promise.all([...machines].map((on) => this.#ask(on)));
  }

  #ask(on: string): Promise<void> {
    const asked = this.#onMachine(on)
      .catch((thrown: unknown) => this.#session.turnAround(`${on}: contact cannot be kept: ${reason(thrown)}`))
      .finally(() => this.#asked.delete(on));
    this.#asked.set(on, asked);
    return asked;
  }

  async #onMachine(on: string): Promise<void> {
    const { guards } = this.#session;
    for (const { name } of (await this.#locks?.renew(on)) ?? []) {
      this.#session.turnAround(name === '' ? `the lock of ${on} is lost` : `the lock "${name}" on ${on} is lost`);
    }
    for (const post of guards.posts.filter((post) => post.on === on)) {
      const state = await guards.renew(post);
      if (state?.is === 'fired')
        this.#session.turnAround(`the guard of ${on} was without contact and has put everything back`);
    }
  }
}
