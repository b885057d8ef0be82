import type { Template, Use } from '../expressions/templates.ts';
import type { PlayShapes } from '../scope/play-shapes.ts';
import { isAstray, itemOf, walk } from '../scope/shapes.ts';
import type { TaskCode } from './task.ts';

/**
 * Looks for fields that cannot be there on any host, and reports them. A field that the play asks for anywhere, with has(...),
 * `.?` or `in`, may be missing. Gives the tasks that look up no such field.
 */
export function withFieldsThatAre(
  tasks: readonly TaskCode[],
  vars: ReadonlyMap<string, Template>,
  shapes: PlayShapes,
  report: (error: Error) => void,
): readonly TaskCode[] {
  const ofVars = [...vars.values()].flatMap(({ uses }) => uses);
  const ofTasks = tasks.map(({ uses }) => [...uses.all, ...uses.ofResult]);
  const asked = new Set([
    ...[...ofVars, ...ofTasks.flat()].flatMap((use) => [...(use.asked ?? [])]),
    ...tasks.flatMap(({ uses }) => uses.ofItem).flatMap((use) => [...(use.asked ?? [])]),
  ]);
  const isWrong = (use: Use, shape = shapes.of(use.name)): boolean => {
    const found = use.steps && walk(shape, use.steps);
    if (!isAstray(found) || asked.has(String(found.step.key))) return false;
    report(use.error('no-such-key', found.message, found.hint, found.step));
    return true;
  };
  const isWrongItem = (use: Use, over: Use | undefined): boolean => {
    if (use.name === 'loop') return isWrong(use);
    const looped = over?.whole === undefined ? undefined : walk(shapes.of(over.name), over.whole);
    const item = isAstray(looped) ? undefined : itemOf(looped);
    return item !== undefined && isWrong(use, item);
  };
  for (const use of ofVars) isWrong(use);
  return tasks.filter((task, i) => {
    const wrong = [
      ...(ofTasks[i] ?? []).filter((use) => isWrong(use)),
      ...task.uses.ofItem.filter((use) => isWrongItem(use, task.uses.loopsOver)),
    ];
    return wrong.length === 0;
  });
}
