import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import type { Step, Task } from '../core/play.ts';
import { type Reading, readState, restored } from './probe.ts';
import type { Patience } from './reconnect.ts';
import type { Session } from './session.ts';

const answerDelayMs = 2_000;
const settleDelayMs = 250;

/**
 * Reads for an undo. What is asked may just be starting again: etcd after its host's restart, a cluster that elects, a supervisord. An undo that
 * gave up on it would leave undone what it could have put back a few seconds later.
 */
export class PatientReader {
  readonly #session: Session;
  readonly #patience: Patience;
  /** What has been waited for in vain is not waited for again. */
  readonly #givenUp = new Set<string>();

  constructor(session: Session, patience: Patience) {
    this.#session = session;
    this.#patience = patience;
  }

  /** As `readState`; where the host answers and the state cannot be told, again for half a minute or more. Ends early with another Ctrl-C. */
  async read(task: Task, step: Step, resource: Resource): Promise<Reading | undefined> {
    const reading = await readState(this.#session, task, step, resource);
    const asked = `${step.on}|${task.module.name}`;
    if (!isUntold(reading) || this.#givenUp.has(asked)) return reading;
    const seconds = (this.#patience.answerTries * answerDelayMs) / 1000;
    const message = `${step.on}: ${task.module.name} cannot tell its state just now; it is asked again for ${seconds} s: ${reading.because}`;
    await this.#session.emit({ type: 'warned', message });
    let last: Reading | undefined = reading;
    for (let tries = 1; isUntold(last) && tries <= this.#patience.answerTries; tries += 1) {
      if (this.#session.hurry.aborted) return last;
      await this.#session.clock.sleep(answerDelayMs, this.#session.hurry);
      last = await readState(this.#session, task, step, resource);
    }
    if (isUntold(last)) this.#givenUp.add(asked);
    return last;
  }

  /** Reads until it has settled to what it was before: a program that was just started may still be writing its routes. */
  async settled(task: Task, step: Step, resource: Resource, before: Json): Promise<Settled> {
    let reading = await this.read(task, step, resource);
    let tries = 1;
    for (; !holds(reading) && !isLost(reading) && tries < this.#patience.settleTries; tries += 1) {
      await this.#session.pause(settleDelayMs);
      reading = await readState(this.#session, task, step, resource);
    }
    return { reading, tries, holds: holds(reading), isLost: isLost(reading) };

    function holds(found: Reading | undefined): boolean {
      return found !== undefined && 'state' in found && restored(resource, before, found.state, step);
    }
  }
}

export interface Settled {
  readonly reading: Reading | undefined;
  readonly tries: number;
  readonly holds: boolean;
  readonly isLost: boolean;
}

function isLost(reading: Reading | undefined): boolean {
  return reading !== undefined && 'because' in reading && reading.lost;
}

/** The host has answered in time, with something that tells no state. */
function isUntold(reading: Reading | undefined): reading is Extract<Reading, { because: string }> {
  if (reading === undefined || !('because' in reading) || reading.lost) return false;
  return reading.outcome.cut === undefined && reading.outcome.truncated !== true;
}
