import type { Play, Section, Task } from '../core/play.ts';
import { assertStep } from './assert.ts';
import { type Bad, type Memory, overHosts } from './barrier.ts';
import type { Session } from './session.ts';

/** What does not hold, or could not be asked. */
export interface Unmet extends Bad {
  readonly task: Task;
}

/**
 * Asks every task of a section that only asks (`require`, `verify`); what does not hold comes back with its task.
 * `once`: without retries, up to the first that does not hold - is there anything to do at all?
 */
export async function askSection(
  session: Session,
  play: Play,
  memory: Memory,
  section: Extract<Section, 'require' | 'verify'>,
  options: { readonly once?: boolean; readonly because?: string } = {},
): Promise<readonly Unmet[]> {
  const tasks = play.tasks.filter((task) => task.section === section);
  if (tasks.length === 0) return [];
  await session.emit({
    type: 'phase_started',
    phase: section,
    ...(options.because === undefined ? {} : { because: options.because }),
  });
  const unmet: Unmet[] = [];
  for (const task of tasks) {
    if (session.interrupt.aborted)
      return [...unmet, { task, host: '', status: 'failed', lost: false, line: 'interrupted' }];
    const { bad } = await overHosts(
      session,
      memory,
      section,
      task,
      play.hosts,
      (step) => assertStep(session, task, step),
      options,
    );
    unmet.push(...bad.map((one) => ({ ...one, task })));
    if (options.once && unmet.length > 0) return unmet;
  }
  return unmet;
}
