import { type Command, script } from '../../core/command.ts';
import { cut } from '../../core/cut.ts';
import type { LockHolder } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';
import { breakScript, lookScript, releaseScript, renewScript, takeScript } from './scripts.ts';

/** Who wants a lock, for people to read who meet it. */
export interface Claim {
  readonly run: string;
  /** The runs, with spaces between, that this one rolls back or goes on with: their locks are taken over. */
  readonly of?: string;
  readonly operator: string;
  readonly since: string;
  readonly playbook: string;
  readonly seconds: number;
}

export type Taken =
  /** `boot`: the id of the host's start, or "". */
  | { readonly is: 'taken'; readonly boot: string }
  /** Not taken: another run has had it, and has let go of it again. */
  | { readonly is: 'passed' }
  | { readonly is: 'busy'; readonly holder: LockHolder }
  | { readonly is: 'guarded'; readonly run: string };

/** `name`: "" is the lock of the host itself. `hadIn`: the start of the host in which this run has had it before. */
export function takeCommand(name: string, claim: Claim, hadIn = ''): Command {
  const { run, of = '', seconds, operator, since, playbook } = claim;
  const line = (text: string) => text.replaceAll(/\s+/g, ' ');
  const words = [name, run, of, String(seconds), line(operator), since, line(playbook), hadIn];
  return script(takeScript, words, { title: 'lock' });
}

export function renewCommand(run: string, seconds: number, names: readonly string[]): Command {
  return script(renewScript, [run, String(seconds), ...names], { title: 'lock-renew' });
}

export function releaseCommand(run: string, names: readonly string[]): Command {
  return script(releaseScript, [run, ...names], { title: 'lock-release' });
}

/** For somebody else's. */
export function breakCommand(run: string, names: readonly string[]): Command {
  return script(breakScript, [run, ...names], { title: 'lock-break' });
}

/** All locks and guards of a host. */
export function lookCommand(): Command {
  return script(lookScript, [], { title: 'lock-look' });
}

/** Throws Failure `unreadable`. */
export function readTaken(outcome: Outcome): Taken {
  const { exit, stdout } = outcome;
  const [first = '', ...more] = stdout.trim().split('\n');
  if (exit === 0 && /^taken( |$)/.test(first)) return { is: 'taken', boot: first.slice('taken '.length) };
  if (exit === 0 && first === 'passed') return { is: 'passed' };
  if (exit === 0 && first === 'busy') return { is: 'busy', holder: holderIn(more) };
  if (exit === 0 && first.startsWith('guarded ')) return { is: 'guarded', run: first.slice('guarded '.length) };
  throw new Failure('unreadable', `no lock can be had on the host: ${cut(explain(outcome), 300)}`, {
    hint: 'It is a file in /run/lock, or in /tmp.',
  });
}

/** The names that are no longer held; all of them when the host's answer is not understood. */
export function readLost({ exit, stdout }: Outcome, names: readonly string[]): readonly string[] {
  const lines = stdout.trim().split('\n');
  if (exit !== 0 || lines.length !== names.length) return names;
  return names.filter((_, i) => lines[i] !== 'held');
}

export interface Looked {
  readonly locks: readonly { readonly name: string; readonly holder: LockHolder }[];
  readonly guards: readonly { readonly run: string; readonly leftSeconds: number }[];
}

export function readLook({ stdout }: Outcome): Looked {
  const blocks = stdout.split(/^(?=lock |lock$|guard )/m);
  return {
    locks: blocks.flatMap((block) => {
      const [head = '', ...lines] = block.split('\n');
      return /^lock( |$)/.test(head) ? [{ name: head.slice('lock '.length), holder: holderIn(lines) }] : [];
    }),
    guards: blocks.flatMap((block) => {
      const match = /^guard (\S+) (-?\d+)/.exec(block);
      return match === null ? [] : [{ run: match[1] ?? '', leftSeconds: Number(match[2]) }];
    }),
  };
}

function holderIn(lines: readonly string[]): LockHolder {
  const value = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const left = Number(value('left'));
  return {
    run: value('run'),
    operator: value('operator'),
    playbook: value('playbook'),
    since: value('since'),
    leftSeconds: Number.isFinite(left) ? left : 0,
  };
}
