import type { Play, Section } from '../core/play.ts';
import { assertStep } from './assert.ts';
import { type Memory, overHosts } from './barrier.ts';
import type { Session } from './session.ts';

/**
 * Asks every task of a section that only asks (`require`, `verify`); what does not hold comes back as lines.
 * `once`: without retries, up to the first that does not hold - is there anything to do at all?
 */
export async function askSection(
  session: Session,
  play: Play,
  memory: Memory,
  section: Extract<Section, 'require' | 'verify'>,
  options: { readonly once?: boolean; readonly because?: string } = {},
): Promise<readonly string[]> {
  const tasks = play.tasks.filter((task) => task.section === section);
  if (tasks.length === 0) return [];
  await session.emit({
    type: 'phase_started',
    phase: section,
    ...(options.because === undefined ? {} : { because: options.because }),
  });
  const unmet: string[] = [];
  for (const task of tasks) {
    if (session.interrupt.aborted) return [...unmet, 'interrupted'];
    const { bad } = await overHosts(
      session,
      memory,
      section,
      task,
      play.hosts,
      (step) => assertStep(session, task, step),
      options,
    );
    unmet.push(...bad.map(({ line }) => line));
    if (options.once && unmet.length > 0) return unmet;
  }
  return unmet;
}
