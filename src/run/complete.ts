import type { UndoEntry } from '../core/event.ts';
import { Guards } from './guard/guards.ts';
import type { Locks } from './lock/locks.ts';
import { lock, openAll } from './one-play.ts';
import type { RunInput } from './run.ts';
import type { Session } from './session.ts';
import { Stop, settle, withHint } from './stop.ts';
import { Strays } from './strays.ts';

/** A run that went on without the hosts that this one completes. */
export interface Completes {
  readonly run: string;
  /** The run whose id its guards bear. */
  readonly guardsOf: string;
  /** What it had noted on those hosts, oldest first. */
  readonly notes: readonly UndoEntry[];
}

/**
 * Before the run is played again on pending hosts: locks them, and lets their guards do what they still have to do, at once. What the hosts are like
 * then is read by the play itself: it cannot all be as before, since others hold by now what they share. Throws Stop, with nothing touched,
 * while one of them cannot be reached.
 */
export async function settlePending(
  session: Session,
  input: RunInput,
  { run, guardsOf, notes }: Completes,
  locks: Locks,
): Promise<void> {
  const hosts = [...new Set(input.plays.flatMap((play) => play.hosts))];
  for (const { on, bootId } of notes) session.recall(on, bootId);
  const away = await settle(hosts.map((host) => session.open(host)));
  if (away.length > 0) {
    const because = away.map(withHint).join('; ');
    throw new Stop(`${because}. Still pending since the run ${run}; nothing has been touched`, true);
  }
  for (const play of input.plays) await lock(play, await openAll(session, input, play), locks);
  const strays = new Strays(session, guardsOf);
  strays.suspect(hosts);
  const [stray] = await strays.end(hosts, notes);
  if (stray !== undefined)
    throw new Stop(
      `${stray.host}: ${stray.what} ${run}: ${stray.found}. Still pending since; nothing has been changed`,
      true,
    );
  await new Guards(session, guardsOf, () => notes).hasten(hosts);
  const again = hosts.filter((host) => session.isLost(host));
  if (again.length > 0) throw new Stop(`lost again: ${again.join(', ')}. Still pending since the run ${run}`, true);
  for (const host of hosts) await session.acceptBoot(host);
}
