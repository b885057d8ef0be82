import { hostsAlike, TurnKeys } from './alike.ts';
import { caught, Found } from './found.ts';
import { once } from './scope/shapes.ts';
import type { Views } from './scope/views.ts';
import type { Early, EarlyLook } from './tasks/early-look.ts';
import type { TaskCode } from './tasks/task.ts';
import { staticProblems } from './tasks/task-rules.ts';

/**
 * What can be said of a task before there are the results that it needs: of all of it that rests on none. Where a result decides whether it is
 * done at all, only what is wrong on every host: it may be done just where it is right.
 */
export function tryPart(code: TaskCode, hosts: readonly string[], views: Views, found: Found): void {
  const early = code.earlyLook();
  const isKnown = (name: string) => early.isKnown(name);
  const keys = new TurnKeys(views, code.uses.ofStep.filter(isKnown), code.uses.ofTurn);
  const looked = new Map<string, Early>();
  const ofStatic = once(() => (code.isStatic && code.text.broken === undefined ? staticProblems(code.text) : []));
  const gated = new Found(hosts);
  for (const alike of hostsAlike(code, views, code.uses.all.map(({ name }) => name).filter(isKnown))) {
    found.note(
      caught(() => {
        code.checkDelegate(alike[0]);
        return ofStatic();
      }),
      alike,
    );
    for (const { problems, isGated } of partsOn(alike[0], early, keys, looked)) {
      (isGated ? gated : found).note(problems, alike);
    }
  }
  found.addOfAll(gated);
}

/** Each turn of its loop on a host, those that come to the same looked at once. */
function partsOn(host: string, early: EarlyLook, keys: TurnKeys, looked: Map<string, Early>): readonly Early[] {
  const { turns, ...whole } = early.turns(host);
  const each = turns.map((turn) => {
    const key = keys.of(host, turn);
    const part = looked.get(key) ?? early.look(host, turn);
    looked.set(key, part);
    return { ...part, isGated: part.isGated || whole.isGated };
  });
  return [whole, ...each];
}
