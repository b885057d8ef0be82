import type { Earlier } from '../core/earlier.ts';
import type { Play } from '../core/play.ts';
import { type Memory, overHosts } from './barrier.ts';
import { goOn } from './resume.ts';
import type { Session } from './session.ts';
import { Stop, stopIfTold } from './stop.ts';

/** Does the tasks of a section that changes. Throws Stop where the run is to turn around. True: something was changed. */
export async function applySection(
  session: Session,
  earlier: Earlier | undefined,
  play: Play,
  memory: Memory,
  section: 'tasks' | 'cleanup',
): Promise<boolean> {
  const tasks = play.tasks.filter((task) => task.section === section);
  if (tasks.length === 0) return false;
  await session.emit({ type: 'phase_started', phase: section });
  let anyChanged = false;
  for (const task of tasks) {
    stopIfTold(session);
    const { bad, changed } = await overHosts(session, memory, section, task, play.hosts, (step) =>
      goOn(session, earlier, task, step),
    );
    anyChanged ||= changed;
    stopIfTold(session);
    if (bad.length > 0) throw new Stop(bad.map(({ line }) => line).join('; '));
  }
  return anyChanged;
}
