import { Failure } from '../core/failure.ts';
import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import type { Play, Registered, Step, Task } from '../core/play.ts';
import type { Way } from '../core/way.ts';
import type { Session } from './session.ts';
import { stepRef } from './texts.ts';
import { type End, readWays, waysCommand } from './way-probe.ts';

/** The ways that a play must not cut: from each host to this controller, and to what the play's steps talk to. */
export class Ways {
  readonly #session: Session;
  #ends: readonly End[] = [];
  readonly #read = new Map<string, Promise<readonly Way[]>>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** From here on it is about this play, and hosts are asked anew. */
  async begin(play: Play, registered: Registered): Promise<void> {
    this.#read.clear();
    const ends = await Promise.all(play.tasks.map((task) => this.#reachedBy(task, play, registered)));
    const byPlace = new Map(ends.flat().map((end) => [end.to, end] as const));
    this.#ends = [...byPlace.values()];
  }

  /** Ways as they are now, not as they were when the play was planned. */
  forget(on: string): void {
    this.#read.delete(on);
  }

  /** Why bringing this from one state to another would cut a way that must stay open, in words. `from` and `to` are the same for a state that is protected. */
  async cutBy(task: Task, step: Step, resource: Resource, from: Json, to: Json): Promise<string | undefined> {
    if (resource.cuts === undefined) return undefined;
    for (const way of await this.#waysOf(task, step)) {
      const why = resource.cuts(way, from, to, step.args);
      if (why !== undefined) return `it would cut the way to ${way.to} (${way.purpose}): ${why}`;
    }
    return undefined;
  }

  #waysOf(task: Task, step: Step): Promise<readonly Way[]> {
    const known = this.#read.get(step.on);
    if (known !== undefined) return known;
    const reading = this.#readNow(task, step);
    this.#read.set(step.on, reading);
    return reading;
  }

  async #readNow(task: Task, step: Step): Promise<readonly Way[]> {
    const { ssh } = await this.#session.open(step.on);
    const back: End[] = ssh === undefined ? [] : [{ purpose: sessionPurpose, to: ssh.peer, from: ssh.own }];
    const ends = [...back, ...this.#ends];
    if (ends.length === 0) return [];
    const { exit, stdout } = await this.#session.perform('probe', stepRef(task, step), waysCommand(ends));
    const ways = exit === 0 ? readWays(stdout, ends) : [];
    const isBlind = exit !== 0 || !stdout.includes('=== ');
    if (isBlind && ssh !== undefined) {
      const message = `the way to ${ssh.peer} (${sessionPurpose}) cannot be read with ip route get: nothing is held against it`;
      await this.#session.emit({ type: 'warned', message, host: step.on });
    }
    return ways;
  }

  /** What the steps of a task talk to, as other hosts see it: a program on the step's own host is reached by the address that this run comes in by. */
  async #reachedBy(task: Task, play: Play, registered: Registered): Promise<readonly End[]> {
    const { module, name } = task;
    if (module.kind === 'check' || module.reaches === undefined) return [];
    const ends: End[] = [];
    for (const step of stepsOf(task, play, registered)) {
      for (const place of module.reaches(step.args)) {
        const to = isLoopback(place) ? (await this.#session.open(step.on)).ssh?.own : place;
        if (to !== undefined) ends.push({ purpose: `${module.name} of "${name}"`, to });
      }
    }
    return ends;
  }
}

const sessionPurpose = 'the SSH session of this run';

/** Steps whose arguments rest on a result that is not there yet are left out. */
function stepsOf(task: Task, play: Play, registered: Registered): readonly Step[] {
  return (task.runOnce ? play.hosts.slice(0, 1) : play.hosts).flatMap((host) => {
    try {
      const resolution = task.resolve(host, registered);
      return 'steps' in resolution ? resolution.steps : [];
    } catch (thrown) {
      if (thrown instanceof Failure) return [];
      throw thrown;
    }
  });
}

function isLoopback(place: string): boolean {
  return place === 'localhost' || place === '::1' || place.startsWith('127.');
}

/** A step that must not be done, with what to do about it. */
export function refusedCut(cut: string): { readonly status: 'failed'; readonly because: string } {
  const hint =
    'This step has changed nothing. Reach the host by another way, or let it be done under the guard: --allow-cutoff';
  return { status: 'failed', because: `${cut}. ${hint}` };
}
