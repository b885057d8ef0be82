import type { Command } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import type { CommandText, Event } from '../core/event.ts';
import { Failure } from '../core/failure.ts';
import type { Connect, Host, HostFacts } from '../core/host.ts';
import type { Json } from '../core/json.ts';
import { maskSecrets, maskText } from '../core/mask.ts';
import type { Outcome } from '../core/outcome.ts';

type Opened = Extract<Event, { type: 'host_opened' }>;
type Lost = Extract<Event, { type: 'host_lost' }>;
type Started = Extract<Event, { type: 'command_started' }>;
type Ended = Extract<Event, { type: 'command_ended' }>;

/** What the record still has to say of one host, in order; shared by all connections to it. */
interface Tape {
  rest: (Opened | Lost | Started)[];
  /** The last answer was that the connection is lost; the `host_lost` that follows tells the same once more. */
  lost: boolean;
}

/**
 * Hosts that answer from a journal, without any host: each command must be the one that was recorded, and gets the
 * recorded outcome. Steps of one task may come in another order than recorded, where several hosts share one.
 * `secrets`: what is masked in the record and is known again.
 * `open` throws Failure `unreachable` where the run could not connect; `open` and `run` throw Failure `invalid` where
 * the record has something else than what is asked for.
 */
export function recordedConnect(events: readonly Event[], secrets: readonly string[] = []): Connect {
  const tapes = new Map<string, Tape>();
  const ended = new Map<number, Ended>();
  for (const event of events) {
    if (event.type === 'command_ended') ended.set(event.id, event);
    if (event.type === 'host_opened' || event.type === 'host_lost') tapeOf(event.host).rest.push(event);
    if (event.type === 'command_started') tapeOf(event.on).rest.push(event);
  }
  return (name) => recordedHost(name, tapeOf(name), ended, secrets);

  function tapeOf(host: string): Tape {
    const tape = tapes.get(host) ?? { rest: [], lost: false };
    tapes.set(host, tape);
    return tape;
  }
}

function recordedHost(name: string, tape: Tape, ended: ReadonlyMap<number, Ended>, secrets: readonly string[]): Host {
  return {
    name,
    async open() {
      return openAsRecorded(name, tape);
    },
    async run(command) {
      const started = takeCommand(name, tape, maskedCommand(command, secrets));
      const end = ended.get(started.id);
      const outcome = end === undefined ? unknown(started) : outcomeOf(end);
      tape.lost = outcome.cut === 'lost';
      return outcome;
    },
    /** What is done beside a run is in no record. */
    async aside() {
      return { exit: 0, stdout: '', stderr: '', startedAt: new Date().toISOString(), ms: 0 };
    },
    async close() {},
  };
}

/** As it was noted. */
function maskedCommand(command: Command, secrets: readonly string[]): Command {
  return maskSecrets(command as unknown as Json, secrets) as unknown as Command;
}

function openAsRecorded(name: string, tape: Tape): HostFacts {
  if (tape.lost && tape.rest[0]?.type === 'host_lost') tape.rest.shift();
  tape.lost = false;
  const next = tape.rest[0];
  if (next?.type === 'host_lost') {
    tape.rest.shift();
    throw new Failure('unreachable', next.because);
  }
  if (next?.type !== 'host_opened') {
    const instead = next === undefined ? 'nothing more' : describe(next);
    throw new Failure('invalid', `The run asked for a connection to ${name}, the record has ${instead}`, { hint });
  }
  tape.rest.shift();
  return { bootId: next.bootId, address: next.address, ...(next.ssh === undefined ? {} : { ssh: next.ssh }) };
}

const hint = 'The playbook, the inventory or the program is not what it was when the run was recorded.';

/** The next recorded command; among commands of the same task, the next one of any of its steps. */
function takeCommand(name: string, tape: Tape, command: Command): Started {
  const head = tape.rest[0];
  const steps = new Set<string>();
  for (const [index, event] of tape.rest.entries()) {
    if (event.type !== 'command_started' || event.task !== (head as Started).task) break;
    const step = JSON.stringify([event.host, event.item]);
    if (!steps.has(step) && sameCommand(command, event)) {
      tape.rest.splice(index, 1);
      return event;
    }
    steps.add(step);
  }
  const instead = head === undefined ? 'nothing more' : describe(head);
  throw new Failure('invalid', `The run asked ${name} for ${words(command)}, the record has ${instead}`, { hint });
}

function sameCommand(asked: Command, recorded: CommandText): boolean {
  const pairs = (env: CommandText['env']) => Object.entries(env ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    asked.argv.length === recorded.argv.length &&
    asked.argv.every((word, i) => sameText(word, recorded.argv[i])) &&
    sameText(asked.stdin, recorded.stdin) &&
    asked.become === recorded.become &&
    asked.becomeMethod === recorded.becomeMethod &&
    sameText(JSON.stringify(pairs(asked.env)), JSON.stringify(pairs(recorded.env)))
  );
}

/** A mask in the record stands for any text: what it hid is not there to be compared. */
function sameText(asked: string | undefined, recorded: string | undefined): boolean {
  if (asked === undefined || recorded === undefined) return asked === recorded;
  const [first = '', ...rest] = recorded.split(maskText);
  const last = rest.pop();
  if (last === undefined) return asked === recorded;
  if (!asked.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = asked.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return asked.length - last.length >= at && asked.endsWith(last);
}

function outcomeOf({ exit, cut, stdout, stderr, truncated, startedAt, ms }: Ended): Outcome {
  return {
    exit,
    ...(cut === undefined ? {} : { cut }),
    stdout,
    stderr,
    ...(truncated === undefined ? {} : { truncated }),
    startedAt,
    ms,
  };
}

/** The record stops while the command was under way. */
function unknown(started: Started): Outcome {
  return { exit: null, cut: 'lost', stdout: '', stderr: '', startedAt: started.at, ms: 0 };
}

function describe(event: Opened | Lost | Started): string {
  if (event.type === 'host_opened') return 'a new connection';
  if (event.type === 'host_lost') return `that it was lost (${event.because})`;
  return `${words(event)} (task ${event.task})`;
}

const longest = 200;

function words({ argv, stdin, become }: CommandText): string {
  const text = JSON.stringify(argv) + (stdin === undefined ? '' : ` with stdin ${JSON.stringify(stdin)}`);
  const shown = cut(text, longest);
  return become === undefined ? shown : `${shown} as ${become}`;
}
