import type { Play } from '../core/play.ts';
import type { Foreseen } from './plan.ts';
import type { Session } from './session.ts';

/** Tells each difference of a play's plan from the saved plan that the run is held to, if it is; returns how many there are. */
export async function tellDifferences(
  session: Session,
  play: Play,
  index: number,
  steps: readonly Foreseen[],
): Promise<number> {
  const { contract } = session;
  if (contract === undefined) return 0;
  const facts = session.contacted.map(async (host) => [host, (await session.open(host)).bootId] as const);
  const bootIds = new Map(await Promise.all(facts));
  const all = [...contract.machines(bootIds), ...contract.play(index, play, steps)];
  for (const difference of all) await session.emit({ type: 'plan_differed', ...difference });
  return all.length;
}
