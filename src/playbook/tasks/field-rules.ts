import type { Template, Use } from '../expressions/templates.ts';
import type { PlayShapes } from '../scope/play-shapes.ts';
import { isAstray, type Shape, walk } from '../scope/shapes.ts';
import type { Trial } from '../try-out.ts';
import { typeFault } from './type-rules.ts';

/**
 * Looks for fields that cannot be there on any host, and for operations on types that cannot be right on any, and reports them. A field that the
 * play asks for anywhere, with has(...), `.?` or `in`, may be missing. A task that has such a fault is not good any more.
 */
export function withFieldsThatAre(
  trials: readonly Trial[],
  vars: ReadonlyMap<string, Template>,
  shapes: PlayShapes,
  report: (error: Error) => void,
): readonly Trial[] {
  const tasks = trials.map(({ code }) => code);
  const ofPlay = (name: string) => shapes.of(name);
  const ofVars = [...vars.values()];
  const ofTasks = tasks.map(({ uses }) => [...uses.all, ...uses.ofResult]);
  const asked = new Set([
    ...[...ofVars.flatMap(({ uses }) => uses), ...ofTasks.flat()].flatMap((use) => [...(use.asked ?? [])]),
    ...tasks.flatMap(({ uses }) => [...uses.ofItem, ...uses.ofInput]).flatMap((use) => [...(use.asked ?? [])]),
  ]);
  const isWrong = (use: Use, shape: Shape): boolean => {
    const found = use.steps && walk(shape, use.steps);
    if (!isAstray(found) || asked.has(String(found.step.key))) return false;
    report(use.error('no-such-key', found.message, found.hint, found.step));
    return true;
  };
  const isOfWrongType = (expression: Template['expressions'][number], shapeOf: (name: string) => Shape): boolean => {
    const fault = typeFault(expression, shapeOf);
    if (fault !== undefined) report(fault);
    return fault !== undefined;
  };
  for (const { uses, expressions } of ofVars) {
    for (const use of uses) isWrong(use, ofPlay(use.name));
    for (const one of expressions) isOfWrongType(one, ofPlay);
  }
  return trials.map((trial, i) => {
    // It may be a fault that asks for the field.
    if (!trial.code.isAskedSoundly) return trial;
    const { uses } = trial.code;
    const inTask = (name: string) => uses.shapeOf(name, ofPlay);
    const wrong = [
      ...(ofTasks[i] ?? []).filter((use) => isWrong(use, ofPlay(use.name))),
      ...[...uses.ofItem, ...uses.ofInput].filter((use) => isWrong(use, inTask(use.name))),
    ];
    const outside = (name: string) => uses.shapeAround(name, ofPlay);
    const mistyped = [
      ...uses.expressions.filter((one) => isOfWrongType(one, inTask)),
      ...uses.expressionsAround.filter((one) => isOfWrongType(one, outside)),
    ];
    return wrong.length + mistyped.length === 0 ? trial : { ...trial, isGood: false, canBeTried: false };
  });
}
