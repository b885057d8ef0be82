import { addressesIn } from '../../src/cli/earlier-runs.ts';
import type { Command } from '../../src/core/command.ts';
import type { Event } from '../../src/core/event.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Connect } from '../../src/core/host.ts';
import type { Json } from '../../src/core/json.ts';
import { defineCheck, defineResource, type Module } from '../../src/core/module.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Play, Section, Step, Task } from '../../src/core/play.ts';
import { openNotes } from '../../src/history/undo-notes.ts';
import type { Clock } from '../../src/run/clock.ts';
import { executeRun, rollbackRun } from '../../src/run/run.ts';
import type { RunInput, RunResult } from '../../src/run/run-input.ts';

/** What happens to one command before it is run; undefined: nothing unusual. */
export type Fault = (host: string, command: Command) => 'lost' | 'lost-after' | 'fail' | undefined;

/** Hosts that hold named values and know three commands: `get K`, `set K JSON`, `ask K JSON`. */
export class SmallWorld {
  readonly values = new Map<string, Map<string, Json>>();
  readonly down = new Set<string>();
  readonly log: string[] = [];
  fault: Fault = () => undefined;
  /** What a host's shell says when it is asked for a lock, or about one. */
  lockAnswer: (host: string, command: Command) => string = () => 'taken';
  /** Both ends of the SSH connections to the hosts. */
  ssh: { readonly peer: string; readonly own: string } | undefined;
  /** What a host's shell says when it is asked for its ways. */
  waysAnswer: (host: string) => string = () => '';
  /** What a host's shell says when it is asked for what is still at work. */
  straysAnswer: (host: string) => string = () => '';
  /** Hosts that have another boot id than at first. */
  readonly restarted = new Set<string>();
  /** Hosts that are at another address than at first. */
  readonly moved = new Set<string>();
  /** Called after each command, to change the world behind the run's back. */
  after: (host: string, command: Command) => void = () => undefined;

  constructor(hosts: Record<string, Record<string, Json>>) {
    for (const [host, values] of Object.entries(hosts)) this.values.set(host, new Map(Object.entries(values)));
  }

  /** The whole world, to be compared before and after. */
  snapshot(): Record<string, Record<string, Json>> {
    return Object.fromEntries([...this.values].map(([host, values]) => [host, Object.fromEntries([...values].sort())]));
  }

  readonly connect: Connect = (name) => ({
    name,
    open: async () => {
      if (this.down.has(name)) throw new Failure('unreachable', `${name}: no route to host`);
      const bootId = this.restarted.has(name) ? `reboot-${name}` : `boot-${name}`;
      const address = `root@${this.moved.has(name) ? 'elsewhere' : name}:22`;
      return { bootId, address, ...(this.ssh === undefined ? {} : { ssh: this.ssh }) };
    },
    run: async (command) => this.#run(name, command),
    aside: async (command) => this.#run(name, command),
    close: async () => undefined,
  });

  #run(host: string, command: Command): Outcome {
    const base = { stdout: '', stderr: '', startedAt: '2026-01-01T00:00:00.000Z', ms: 1 };
    const fault = this.down.has(host) ? 'lost' : this.fault(host, command);
    if (fault === 'lost') return { ...base, exit: null, cut: 'lost' };
    if (fault === 'fail') return { ...base, exit: 1, stderr: 'it broke' };
    this.log.push(`${host}: ${textOf(command.argv)}`);
    const outcome = { ...base, ...this.#answer(host, command) };
    this.after(host, command);
    return fault === 'lost-after' ? { ...base, exit: null, cut: 'lost' } : outcome;
  }

  #answer(host: string, { argv }: Command): { exit: number; stdout: string } {
    if (argv[3]?.startsWith('lock') === true) return { exit: 0, stdout: this.lockAnswer(host, { argv }) };
    if (argv[3] === 'strays') return { exit: 0, stdout: this.straysAnswer(host) };
    if (argv[3] === 'ways') return { exit: 0, stdout: this.waysAnswer(host) };
    const [verb, key = '', text = 'null'] = argv;
    const values = this.values.get(host) ?? new Map<string, Json>();
    if (verb === 'set' && text === 'null') values.delete(key);
    else if (verb === 'set') values.set(key, JSON.parse(text) as Json);
    return { exit: 0, stdout: JSON.stringify(values.get(key) ?? null) };
  }
}

/** A script by its title. */
function textOf(argv: readonly string[]): string {
  return argv[0] === 'sh' ? [argv[3], ...argv.slice(4)].join(' ') : argv.join(' ');
}

const schema = { type: 'object', properties: { name: { type: 'string' }, value: {} }, required: ['name'] } as const;

function holding(
  name: string,
  more: {
    shared?: true;
    volatile?: true;
    affects?: readonly string[];
    never?: string;
    carriesTraffic?: true;
    program?: true;
    owns?: true;
  } = {},
): Module {
  return defineResource<typeof schema, Json>({
    name,
    summary: 'a value',
    about: 'a value',
    schema,
    examples: [],
    ...(more.shared ? { shared: true } : {}),
    ...(more.volatile ? { volatile: () => true } : {}),
    ...(more.program ? { program: true } : {}),
    ...(more.carriesTraffic ? { carriesTraffic: true } : {}),
    reversible: () => (more.never === undefined ? true : { never: more.never }),
    key: (args) => args.name,
    ...(more.owns ? { owns: (args: { name: string }) => `thing ${args.name}` } : {}),
    probe: (args) => ({ argv: ['get', args.name] }),
    read: (outcome) => {
      if (outcome.exit !== 0) throw new Failure('unreadable', `${name} could not be read: ${outcome.stderr}`);
      return JSON.parse(outcome.stdout) as Json;
    },
    want: (args) => (args.value ?? null) as Json,
    move: (_from, to, args) => [{ argv: ['set', args.name, JSON.stringify(to)] }],
    ...(more.affects === undefined ? {} : { affects: () => more.affects ?? [] }),
    restate: () => null,
  });
}

export const value = holding('value');
export const sharedValue = holding('shared', { shared: true });
/** Gone when its host restarts. */
export const memory = holding('memory', { volatile: true });
export const program = holding('program', { program: true, affects: ['value:'] });
export const final = holding('final', { never: 'gone is gone' });
/** Two modules that own the same things. */
export const one = holding('one', { owns: true });
export const other = holding('other', { owns: true });
export const way = holding('way', { carriesTraffic: true });
/** Has no state that can be read: a plain command. */
export const act: Module = { ...holding('act'), probe: () => null, exitDecides: true } as Module;
export const check = defineCheck({
  name: 'check',
  summary: 'asks',
  about: 'asks',
  schema,
  examples: [],
  probe: (args) => ({ argv: ['ask', args.name] }),
  judge: (outcome, args) => ({ ok: outcome.stdout === JSON.stringify(args.value), because: `it is ${outcome.stdout}` }),
});

const modules = [one, other, value, memory, sharedValue, program, final, way, act, check];
export const moduleNamed = (name: string): Module | undefined => modules.find((module) => module.name === name);

let made = 0;

export function task(
  section: Section,
  module: Module,
  args: { name: string; value?: Json },
  more: Partial<Task> & { on?: string } = {},
): Task {
  made += 1;
  const { on, ...rest } = more;
  const stepFor = (host: string): Step => ({ host, on: on ?? host, args });
  return {
    id: `0.${section}.${made}`,
    section,
    name: `${module.name} ${args.name}`,
    at: { file: 'play.yml', line: 1, column: 1 },
    module,
    protect: false,
    runOnce: false,
    ignoreErrors: false,
    reads: [],
    retries: 0,
    delayMs: 1,
    resolve: (host) => ({ steps: [stepFor(host)] }),
    ...rest,
  };
}

export function play(hosts: readonly string[], tasks: readonly Task[], more: Partial<Play> = {}): Play {
  return { name: 'a play', hosts, rollback: 'on_failure', skipIfVerified: false, locks: [], tasks, ...more };
}

/** A clock that only moves when somebody sleeps. */
export function stillClock(): Clock {
  let ms = 0;
  return {
    now: () => new Date(Date.UTC(2026, 0, 1) + ms),
    sleep: async (duration) => {
      ms += duration;
    },
    every: () => async () => undefined,
  };
}

export interface Ran extends RunResult {
  readonly events: readonly Event[];
}

function input(world: SmallWorld, plays: readonly Play[], events: Event[], more: Partial<RunInput>): RunInput {
  return {
    run: '01TEST',
    tool: 'test',
    mode: 'play',
    playbook: 'play.yml',
    operator: 'someone',
    since: '2026-01-01T00:00:00.000Z',
    plays,
    moduleNamed,
    requireReversible: false,
    patience: { reconnectTries: 2, answerTries: 2, settleTries: 3 },
    connect: world.connect,
    sink: async (event) => {
      events.push(event);
    },
    clock: stillClock(),
    interrupt: new AbortController().signal,
    hurry: new AbortController().signal,
    forks: 50,
    secrets: [],
    ...more,
  };
}

export async function run(world: SmallWorld, plays: readonly Play[], more: Partial<RunInput> = {}): Promise<Ran> {
  const events: Event[] = [];
  return { ...(await executeRun(input(world, plays, events, more))), events };
}

/** `tried`: the rollbacks of the run before this one, oldest first. */
export async function rollback(
  world: SmallWorld,
  of: readonly Event[],
  {
    tried = [],
    allowMoved = false,
    ...more
  }: Partial<RunInput> & { readonly tried?: readonly (readonly Event[])[]; readonly allowMoved?: boolean } = {},
): Promise<Ran> {
  const events: Event[] = [];
  const earlier = {
    run: '01TEST',
    runs: ['01TEST'],
    notes: openNotes([of, ...tried], ({ module }) => module === 'shared'),
    machines: [],
    addresses: addressesIn(of),
    allowMoved,
  };
  return { ...(await rollbackRun(input(world, [], events, { mode: 'rollback', ...more }), earlier)), events };
}

/** The commands of a run that could alter a host. */
export function sets(world: SmallWorld): string[] {
  return world.log.filter((line) => line.includes(': set '));
}
