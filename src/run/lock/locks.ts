import type { LockHolder, StepRef } from '../../core/event.ts';
import { Failure, reason } from '../../core/failure.ts';
import { allThrough } from '../barrier.ts';
import type { Session } from '../session.ts';
import { type Claim, readLost, readTaken, releaseCommand, renewCommand, type Taken, takeCommand } from './commands.ts';

/** A lock of a host (name "") or one that it keeps for others to see. */
export interface Place {
  readonly on: string;
  readonly name: string;
}

interface Held extends Place {
  /** The start of the machine in which it was taken; "": not known. */
  readonly boot: string;
}

interface Refusal {
  readonly place: Place;
  readonly because: string;
  readonly holder?: LockHolder;
  /** Another run has it or has had it, or its guard is still to act. */
  readonly isOthers?: true;
}

type Answer = Held | Refusal;

/** While another run that is younger lets go again. */
const waitTries = 15;
const waitMs = 200;

/**
 * One run at a time on each host. Locks are taken on all hosts at once; of two runs that meet, the younger (by its id) lets go of
 * everything, so that one of them goes on.
 */
export class Locks {
  readonly #session: Session;
  readonly #claim: Claim;
  #held: readonly Held[] = [];
  /** By machine: what came of it when a step first came to it. */
  readonly #met = new Map<string, Promise<string | undefined>>();

  constructor(session: Session, claim: Claim) {
    this.#session = session;
    this.#claim = claim;
  }

  get held(): readonly Place[] {
    return this.#held;
  }

  /** Undefined: all of them are held now. Else why not, in words; of these, none is held then. */
  async take(places: readonly Place[]): Promise<string | undefined> {
    const isHeld = ({ on, name }: Place) => this.#held.some((held) => held.on === on && held.name === name);
    const wanted = places.filter((place) => !isHeld(place));
    const answers = await allThrough(wanted.map((place) => this.#take(place))).catch((thrown: unknown) => {
      // Any of them may have been taken: a release lets go of what is ours.
      this.#held = [...this.#held, ...wanted.map((place) => ({ ...place, boot: '' }))];
      throw thrown;
    });
    const refusals = answers.filter((answer) => 'because' in answer);
    const taken = answers.filter((answer) => 'boot' in answer);
    if (refusals.length === 0) {
      this.#held = [...this.#held, ...taken];
      return undefined;
    }
    await this.#releaseAt(taken);
    for (const { place, because, holder } of refusals) {
      const name = place.name === '' ? {} : { name: place.name };
      await this.#session.emit({
        type: 'lock_refused',
        host: place.on,
        ...name,
        because,
        ...(holder === undefined ? {} : { holder }),
      });
    }
    return inOneLine(refusals);
  }

  /** Before a step on a machine: one that was not known ahead is locked when the first comes to it. Returns as take() does. */
  async meet(on: string): Promise<string | undefined> {
    const taking = this.#met.get(on) ?? this.take([{ on, name: '' }]);
    this.#met.set(on, taking);
    const refused = await taking;
    if (refused !== undefined) this.#met.delete(on); // it may be free when it is tried again
    return refused;
  }

  /**
   * Before an undo: what has been lost meanwhile, as when the controller was asleep, is taken again. Undefined: no other run has any of them or
   * has had it meanwhile, as far as can be told. Else which run, in words.
   */
  async takeAgain(): Promise<string | undefined> {
    const machines = [...new Set(this.#held.map(({ on }) => on))];
    const lost = (await allThrough(machines.map((on) => this.#lostOn(on)))).flat();
    const answers = await allThrough(lost.map((held) => this.#take(held, held.boot)));
    const others = answers.filter((answer) => 'because' in answer).filter(({ isOthers }) => isOthers);
    return others.length === 0 ? undefined : inOneLine(others);
  }

  async #lostOn(on: string): Promise<readonly Held[]> {
    const lost = this.renew(on).catch((thrown: unknown) => {
      if (!(thrown instanceof Failure)) throw thrown;
      return this.#held.filter((place) => place.on === on); // it cannot be told
    });
    return (await lost) ?? [];
  }

  async #take({ on, name }: Place, hadIn?: string): Promise<Answer> {
    const place = { on, name };
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#ask(place, hadIn);
      if ('because' in answer) return { place, because: answer.because };
      if (answer.is === 'taken') return { ...place, boot: answer.boot };
      if (answer.is === 'passed')
        return { place, because: 'another run has had the lock meanwhile, and has ended', isOthers: true };
      if (answer.is === 'guarded') {
        const because = `the guard of the run ${answer.run} has still to put back what that run changed; \`runbook rollback ${answer.run}\` does it now, where that run was begun`;
        return { place, because, isOthers: true };
      }
      const { holder } = answer;
      if (holder.run < this.#claim.run || tries >= waitTries)
        return { place, because: inWords(holder), holder, isOthers: true };
      await this.#session.clock.sleep(waitMs, this.#session.interrupt);
    }
  }

  async #ask({ on, name }: Place, hadIn?: string): Promise<Taken | { readonly because: string }> {
    const outcome = await this.#session.perform('lock', refOf(on), takeCommand(name, this.#claim, hadIn));
    try {
      return readTaken(outcome);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      return { because: reason(thrown) };
    }
  }

  /** Holds on to those of a machine. Returns those that are lost; undefined: it did not answer. Not part of the record. */
  async renew(on: string): Promise<readonly Held[] | undefined> {
    const here = this.#held.filter((place) => place.on === on);
    if (here.length === 0) return [];
    const { run, seconds } = this.#claim;
    const names = here.map(({ name }) => name);
    const outcome = await this.#session.aside(on, renewCommand(run, seconds, names));
    if (outcome === undefined || outcome.cut !== undefined) return undefined;
    const lost = readLost(outcome, names);
    return here.filter(({ name }) => lost.includes(name));
  }

  /** Lets go of all, on the machines that can be reached; elsewhere they end by themselves. */
  async release(): Promise<void> {
    await this.#releaseAt(this.#held);
    this.#held = [];
  }

  async #releaseAt(places: readonly Place[]): Promise<void> {
    const machines = [...new Set(places.map(({ on }) => on))].filter((on) => !this.#session.isLost(on));
    await allThrough(
      machines.map((on) => {
        const names = places.filter((place) => place.on === on).map(({ name }) => name);
        return this.#session.perform('lock', refOf(on), releaseCommand(this.#claim.run, names));
      }),
    );
  }
}

function refOf(on: string): StepRef {
  return { task: 'lock', host: on, on };
}

function inWords({ run, operator, playbook, since, leftSeconds }: LockHolder): string {
  return `locked by the run ${run} of ${operator} (${playbook}, since ${since}; it ends by itself in ${leftSeconds} s unless that run renews it)`;
}

/** The same reason is said once, for all places that have it. */
function inOneLine(refusals: readonly Refusal[]): string {
  const reasonOf = ({ holder, because }: Refusal) => holder?.run ?? because;
  return [...new Set(refusals.map(reasonOf))]
    .map((reason) => {
      const some = refusals.filter((refusal) => reasonOf(refusal) === reason);
      const places = some.map(({ place: { on, name } }) => (name === '' ? on : `"${name}" on ${on}`));
      return `${places.join(', ')}: ${some[0]?.because ?? ''}`;
    })
    .join('; ');
}
