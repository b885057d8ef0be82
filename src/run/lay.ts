import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import type { Step, Task } from '../core/play.ts';
import type { Laying } from './guard/guards.ts';
import type { StepResult } from './result.ts';
import type { Session } from './session.ts';

/** What an undo needs is safe in two places before anything is changed: in the journal, and with the host's guard. */
export async function noteAndLay(
  session: Session,
  task: Task,
  step: Step,
  resource: Resource,
  { key, before, after }: { readonly key: string; readonly before: Json; readonly after: Json },
): Promise<Laying> {
  const restore = resource.restore?.(before, after, step.args) ?? null;
  const entry = await session.note(task, step, { key, before, after, restorable: restore !== null });
  return session.guards.put(task, step, entry, restore, resource.shared === true);
}

/** The result of a step whose undo could not be laid down. */
export function unlaid(key: string, { because, lost }: Extract<Laying, { because: string }>): StepResult {
  const hint = 'Nothing was changed by this step. Make room in /run on the host, or play with "guard: off"';
  return { status: lost ? 'lost' : 'failed', key, because: lost ? because : `${because}. ${hint}` };
}
