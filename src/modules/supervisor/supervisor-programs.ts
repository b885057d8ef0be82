import { type Command, script } from '../../core/command.ts';
import { milliseconds } from '../../core/duration.ts';
import { moveScript, statusScript } from './supervisor-scripts.ts';
import { patience } from './supervisor-settings.ts';
import { groupOf, type Program, xmlCall } from './supervisor-status.ts';

/** Every process of a program, sorted by name. */
export type Programs = readonly Program[];

export interface Asking {
  readonly program: string;
  readonly config?: string | undefined;
  readonly wait?: string | undefined;
}

export const runs = (program: Program | undefined): boolean => program?.state === 'RUNNING';
export const rests = ({ state }: Program): boolean => state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
export const isMeantToRun = (program: Program): boolean =>
  runs(program) || ['STARTING', 'BACKOFF'].includes(program.state);

/** What is asked of supervisord for a program, as arguments of `statusScript`. */
export function questions({ program, config = '' }: Asking): readonly string[] {
  const question = groupOf(program) === undefined ? xmlCall('getProcessInfo', program) : xmlCall('getAllProcessInfo');
  return [config, program, question, xmlCall('getAllConfigInfo')];
}

export function probePrograms(asking: Asking): Command {
  return script(statusScript, questions(asking));
}

/** The same processes, each as `wanted`; those that are so already stay as they are. */
export function wantPrograms(now: Programs, wanted: 'running' | 'stopped'): Programs {
  const [fits, state] = wanted === 'running' ? [runs, 'RUNNING'] : [rests, 'STOPPED'];
  return now.map((each) => (fits(each) ? each : inState(each, state)));
}

/** The same processes, each as it is meant to be: running, or stopped. */
export function asMeant(now: Programs): Programs {
  return now.map((each) => inState(each, isMeantToRun(each) ? 'RUNNING' : 'STOPPED'));
}

/** What is only true of one moment is left out. */
function inState({ pid, log, ...rest }: Program, state: string): Program {
  return { ...rest, state };
}

/** Stops what is to rest and starts what is to run. */
export function movePrograms(from: Programs, to: Programs, { program, config = '', wait }: Asking): readonly Command[] {
  const before = new Map(from.map((each) => [each.name, each]));
  const stop = to.filter((each) => !isMeantToRun(each) && !rests(before.get(each.name) ?? each));
  const start = to.filter((each) => isMeantToRun(each) && !runs(before.get(each.name)));
  return (['stop', 'start'] as const).flatMap((verb) => {
    const moved = verb === 'stop' ? stop : start;
    const [only] = moved;
    if (only === undefined) return [];
    const request = moved.length > 1 ? '' : xmlCall(`${verb}Process`, only.name, true);
    const targets = moved.length === to.length ? [program] : moved.map((each) => each.name);
    const seconds = wait === undefined ? patience(verb, moved) : Math.ceil(milliseconds(wait) / 1000);
    // Twice the wait: a call that outlasts it is followed by another look.
    const timeoutMs = 2 * seconds * 1000 + 10_000;
    return [script(moveScript, [config, verb, String(seconds), request, ...targets], { timeoutMs })];
  });
}

/** STOPPED, EXITED and FATAL are the same to the user. */
export function samePrograms(a: Programs, b: Programs): boolean {
  return everyPair(a, b, (one, other) => (rests(one) ? rests(other) : one.state === other.state));
}

/** Is each of them again what it was meant to be? One that ran well has to run well again. */
export function restoredPrograms(before: Programs, now: Programs): boolean {
  // A program that was defined later than the run began rested, and is not there any more: nothing of it runs.
  if (now.length === 0 && before.every(rests)) return true;
  return everyPair(before, now, (then, today) => {
    if (then.state === today.state) return true;
    if (runs(then)) return false;
    return isMeantToRun(then) ? isMeantToRun(today) : rests(today);
  });
}

function everyPair(a: Programs, b: Programs, hold: (one: Program, other: Program) => boolean): boolean {
  const others = new Map(b.map((program) => [program.name, program]));
  return (
    a.length === b.length &&
    a.every((one) => {
      const other = others.get(one.name);
      return other !== undefined && hold(one, other);
    })
  );
}
