import type { EarlierStep } from '../core/earlier.ts';
import type { Json } from '../core/json.ts';
import { maskText } from '../core/mask.ts';
import type { Play, Task } from '../core/play.ts';
import { Guards } from './guard/guards.ts';
import type { Locks } from './lock/locks.ts';
import { lock, openAll } from './one-play.ts';
import { registeredValue } from './result.ts';
import type { Completes, RunInput } from './run-input.ts';
import type { Session } from './session.ts';
import { Rejected, settle, withHint } from './stop.ts';
import { Strays } from './strays.ts';

/**
 * What changes something once for all hosts, and has done so for these with the others, is not done again: it is skipped, with the result
 * that it had. Throws Stop where that is asked for, and not known.
 */
export function withoutDone(plays: readonly Play[], { run, beside }: Completes): readonly Play[] {
  const reads = new Set(plays.flatMap(({ tasks }) => tasks.flatMap((task) => task.reads)));
  const without = (task: Task, hosts: readonly string[]): Task => {
    if (!changesOnce(task)) return task;
    const done = hosts.map((host) => (beside.get(host) ?? []).filter((step) => step.task === task.id));
    const [steps = []] = done;
    if (done.some(({ length }) => length === 0)) return task;
    const known = task.register !== undefined && reads.has(task.register) ? resultOf(task, steps, run) : {};
    return { ...task, resolve: () => ({ skip: `dealt with once, by the run ${run}`, ...known }) };
  };
  return plays.map((play) => ({ ...play, tasks: play.tasks.map((task) => without(task, play.hosts)) }));
}

/** What only asks is asked again: the answer is that of now. */
function changesOnce({ runOnce, section, module, onlyAsks, checkMode, protect }: Task): boolean {
  const isInTasks = section === 'tasks' || section === 'cleanup';
  return runOnce && isInTasks && module.kind === 'resource' && !onlyAsks && !checkMode && !protect;
}

function resultOf({ name }: Task, steps: readonly EarlierStep[], run: string): { readonly known: Json } {
  const earlier = steps.findLast(({ status }) => status !== 'skipped') ?? steps[0];
  const hides = JSON.stringify([earlier?.outcome, earlier?.before, earlier?.after]).includes(maskText);
  if (earlier !== undefined && earlier.item === undefined && !hides)
    return { known: registeredValue({ status: earlier.status, earlier }) };
  const why = hides ? 'held a secret' : 'is that of a loop';
  throw new Rejected(
    `"${name}" was dealt with once, by the run ${run}; what it registered is asked for, ${why}, and is not in the record. Nothing has been touched. Play the playbook again`,
  );
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
    throw new Rejected(`${because}. Still pending since the run ${run}; nothing has been touched`);
  }
  for (const play of input.plays) await lock(play, await openAll(session, input, play), locks);
  const strays = new Strays(session, guardsOf);
  strays.suspect(hosts);
  const [stray] = await strays.end(hosts, notes);
  if (stray !== undefined)
    throw new Rejected(
      `${stray.host}: ${stray.what} ${run}: ${stray.found}. Still pending since; nothing has been changed`,
    );
  await new Guards(session, guardsOf, () => notes).hasten(hosts);
  const again = hosts.filter((host) => session.isLost(host));
  if (again.length > 0) throw new Rejected(`lost again: ${again.join(', ')}. Still pending since the run ${run}`);
  for (const host of hosts) await session.acceptBoot(host);
}
