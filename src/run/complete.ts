import type { Doubt, UndoEntry } from '../core/event.ts';
import { Guards } from './guard/guards.ts';
import type { Locks } from './lock/locks.ts';
import { lock, openAll } from './one-play.ts';
import type { RunInput } from './run.ts';
import type { Session } from './session.ts';
import { Stop, settle, withHint } from './stop.ts';
import { undoHost } from './undo.ts';

/** A run that went on without the hosts that this one completes. */
export interface Completes {
  readonly run: string;
  /** The run whose id its guards bear. */
  readonly guardsOf: string;
  /** What it had noted on those hosts, oldest first. */
  readonly notes: readonly UndoEntry[];
}

/**
 * Before the run is played again on pending hosts: each is brought to where that run found it. Mostly its guard has done so, or it has restarted,
 * and then this only reads; what the guard has not done yet is done now. Returns what is not proven. Throws Stop, with nothing touched, while
 * one of them cannot be reached.
 */
export async function settlePending(
  session: Session,
  input: RunInput,
  { run, guardsOf, notes }: Completes,
  locks: Locks,
): Promise<readonly Doubt[]> {
  const hosts = [...new Set(input.plays.flatMap((play) => play.hosts))];
  for (const { on, bootId } of notes) session.recall(on, bootId);
  const away = await settle(hosts.map((host) => session.open(host)));
  if (away.length > 0) {
    const because = away.map(withHint).join('; ');
    throw new Stop(`${because}. Still pending since the run ${run}; nothing has been touched`, true);
  }
  for (const play of input.plays) await lock(play, await openAll(session, input, play), locks);
  const doubts: Doubt[] = [];
  for (const host of hosts) {
    const own = notes.filter((entry) => entry.on === host);
    doubts.push(...(await undoHost(session, input, host, own, new Guards(session, guardsOf, () => own))));
    if (session.isLost(host)) throw new Stop(`${host} was lost again. It is still pending since the run ${run}`);
    await session.acceptBoot(host);
  }
  return doubts;
}
