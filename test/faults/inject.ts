import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from '../../src/core/command.ts';
import type { Connect, Host } from '../../src/core/host.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Clock } from '../../src/run/clock.ts';
import { type Course, keyOf, type Position } from './course.ts';
import type { KindName } from './kinds.ts';
import type { Fault } from './trial.ts';

/** What the faults of a trial need of the world around them. */
export interface World {
  /** Does to the lab or the disk what the fault says; see strike(). */
  strike(kind: KindName, host: string): Promise<void>;
  signal(name: 'SIGINT' | 'SIGKILL'): void;
  /** The host that etcd runs on. */
  readonly etcd: string;
  /** Told of every position, before anything happens there. */
  reached(position: Position): void;
  /** Told of a fault, before it strikes. */
  struck(fault: Fault): void;
}

/** One command on its way to a real host. */
interface Moment {
  readonly inner: Host;
  readonly command: Command;
  readonly abort: AbortSignal;
  readonly world: World;
}

/** How long a command is let run before it is disturbed, and how long one may take that is known to hang. Milliseconds. */
const midway = 25;
const hangLimit = 1_000;
const hangAfterLimit = 6_000;
const awayLimit = 1_000;
const besideAwayLimit = 4_000;

/** Puts a trial's faults between a run and its real hosts. */
export class Injection {
  readonly #course: Course;
  readonly #world: World;
  readonly #faults: Fault[];
  /** Somebody is away who gives no answer: nothing is waited for as long as it would be. */
  #away: string | undefined;

  constructor(course: Course, world: World, faults: readonly Fault[]) {
    this.#course = course;
    this.#world = world;
    this.#faults = [...faults];
  }

  through(connect: Connect): Connect {
    return (name) => {
      const inner = connect(name);
      return {
        name,
        open: async (abort) => {
          await this.#atOpening(this.#course.atOpening(name));
          return inner.open(abort);
        },
        run: (command, abort) => this.#atCommand(this.#course.atCommand(name), inner, command, abort),
        aside: (command, abort) => inner.aside(command, abort),
        close: () => inner.close(),
      };
    };
  }

  /** Waits are cut short where they would only wait for what does not come. */
  hastened(clock: Clock): Clock {
    return {
      ...clock,
      sleep: (ms, abort) => clock.sleep(ms >= 3_000 ? ms / 4 : this.#away === undefined ? ms : ms / 5, abort),
    };
  }

  async #atOpening(position: Position): Promise<void> {
    const kind = this.#due(position);
    if (kind === undefined) return;
    if (kind.startsWith('kill')) this.#world.signal('SIGKILL');
    if (kind.startsWith('interrupt')) this.#world.signal('SIGINT');
    await this.#world.strike(kind, position.on);
  }

  #atCommand(position: Position, inner: Host, command: Command, abort: AbortSignal): Promise<Outcome> {
    const kind = this.#due(position);
    const capped = this.#away === undefined ? command : hasty(command, position.on === this.#away);
    if (kind === undefined) return inner.run(capped, abort);
    return disturbed(kind, { inner, command: capped, abort, world: this.#world });
  }

  /** The next fault of the trial, if its position is this one. */
  #due(position: Position): KindName | undefined {
    this.#world.reached(position);
    const [next] = this.#faults;
    if (next === undefined || next.at !== keyOf(position)) return undefined;
    this.#faults.shift();
    this.#world.struck(next);
    if (next.kind === 'etcd-stopped') this.#away = this.#world.etcd;
    if (next.kind === 'wire-cut') this.#away = position.on;
    return next.kind;
  }
}

function hasty(command: Command, isAway: boolean): Command {
  const limit = isAway ? awayLimit : besideAwayLimit;
  return { ...command, timeoutMs: Math.min(command.timeoutMs ?? limit, limit) };
}

async function disturbed(kind: KindName, { inner, command, abort, world }: Moment): Promise<Outcome> {
  const run = () => inner.run(command, abort);
  switch (kind) {
    case 'fails':
      return failed();
    case 'fails-after': {
      const outcome = await run();
      return outcome.exit === 0 ? { ...failed(), stdout: outcome.stdout } : outcome;
    }
    case 'hangs':
      return inner.run({ ...command, argv: ['sleep', '600'], timeoutMs: hangLimit }, abort);
    case 'hangs-after':
      return inner.run(
        { ...command, argv: ['sh', '-c', '"$@"; sleep 600', 'sh', ...command.argv], timeoutMs: hangAfterLimit },
        abort,
      );
    case 'cut-before':
      await inner.close();
      return run();
    case 'cut-after':
      await run();
      await inner.close();
      return lost();
    case 'kill-before':
      return killed(world);
    case 'kill-after':
      await run();
      return killed(world);
    case 'interrupt':
      world.signal('SIGINT');
      return run();
    case 'cut-during':
    case 'power-off-during':
    case 'kill-during':
    case 'left-alone':
    case 'interrupt-twice':
      return inMidCommand(kind, { inner, command, abort, world });
    case 'power-off':
    case 'power-cycle':
      await world.strike(kind, inner.name);
      // Found out at once, what the connection's own keepalive would take a quarter of a minute for.
      await inner.close();
      return run();
    default:
      await world.strike(kind, inner.name);
      return run();
  }
}

async function inMidCommand(kind: KindName, { inner, command, abort, world }: Moment): Promise<Outcome> {
  const outcome = inner.run(command, abort);
  await delay(midway);
  if (kind === 'kill-during' || kind === 'left-alone') return killed(world);
  if (kind === 'interrupt-twice') {
    world.signal('SIGINT');
    await delay(midway);
    world.signal('SIGINT');
    return outcome;
  }
  await world.strike(kind, inner.name);
  if (kind === 'power-off-during') await inner.close();
  return outcome;
}

/** Nothing comes after a kill: what is awaited here never ends. */
function killed(world: World): Promise<never> {
  world.signal('SIGKILL');
  return new Promise(() => undefined);
}

function failed(): Outcome {
  return { exit: 1, stdout: '', stderr: 'a fault of the test', startedAt: new Date().toISOString(), ms: 0 };
}

function lost(): Outcome {
  return { exit: null, cut: 'lost', stdout: '', stderr: '', startedAt: new Date().toISOString(), ms: 0 };
}
