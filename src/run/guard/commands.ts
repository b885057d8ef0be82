import { type Command, script } from '../../core/command.ts';
import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import type { Outcome } from '../../core/outcome.ts';
import { endScript, putScript, renewScript, timerScript } from './scripts.ts';

/** What a host's guard says of itself. */
export type GuardState =
  | { readonly is: 'none' | 'kept' }
  | { readonly is: 'armed'; readonly leftSeconds: number }
  | { readonly is: 'fired'; readonly through: boolean; readonly entries: readonly Fired[] };

/** One state that the guard has put back, or could not. */
export interface Fired {
  readonly entry: number;
  readonly exit: number;
  readonly because: string;
}

/** An undo that is to be laid down on the host before its change. */
export interface Laid {
  /** RUN.HOST, and .USER where one is become. */
  readonly guard: string;
  readonly seconds: number;
  /** Seconds to act before the others, or 0. */
  readonly early: number;
  /** Six digits at most; the highest is put back first. */
  readonly entry: number;
  readonly restore: Command;
}

/** Lays one undo down on its host, and arms the guard there with the first. */
export function putCommand({ guard, seconds, early, entry, restore }: Laid): Command {
  const { stdin, secrets } = restore;
  const numbers = [String(seconds), String(early), String(entry).padStart(6, '0')];
  return script(putScript, [guard, ...numbers, stdin === undefined ? '' : 'stdin', timerScript, ...words(restore)], {
    title: 'guard-put',
    ...(stdin === undefined ? {} : { stdin }),
    ...(secrets === undefined ? {} : { secrets }),
  });
}

/** The guard runs as the user that the step runs as, so that no other has to be become. */
function words({ argv, env }: Command): readonly string[] {
  const pairs = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? argv : ['env', ...pairs, ...argv];
}

/** Renews the lease where the guard is armed, and asks how it stands. */
export function renewCommand(guard: string, seconds: number): Command {
  return script(renewScript, [guard, String(seconds)], { title: 'guard-renew' });
}

/** The guard is to act no more. */
export function endCommand(guard: string): Command {
  return script(endScript, [guard], { title: 'guard-end' });
}

/** Throws Failure `unreadable`. */
export function readGuard({ exit, stdout }: Outcome): GuardState {
  const [first = '', ...more] = stdout.trim().split('\n');
  const armed = /^armed (-?\d+)$/.exec(first);
  if (exit !== 0) throw unread(stdout);
  if (armed !== null) return { is: 'armed', leftSeconds: Number(armed[1]) };
  if (first === 'none' || first === 'kept') return { is: first };
  if (first === 'fired' || first === 'done')
    return { is: 'fired', through: first === 'done', entries: more.flatMap(fired) };
  throw unread(stdout);
}

/** Nothing for a line that is no entry. */
function fired(line: string): readonly Fired[] {
  const match = /^entry (\d+) (\d+) ?(.*)$/s.exec(line);
  if (match === null) return [];
  return [{ entry: Number(match[1]), exit: Number(match[2]), because: (match[3] ?? '').trim() }];
}

function unread(text: string): Failure {
  return new Failure('unreadable', `the guard of the host answered: ${cut(text, 200)}`, {
    hint: 'Look at /run/runbook on the host.',
  });
}
