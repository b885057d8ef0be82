import { hostsAlike, TurnLooks } from './alike.ts';
import { caught, Found } from './found.ts';
import { once } from './scope/shapes.ts';
import type { Views } from './scope/views.ts';
import type { Early } from './tasks/early-look.ts';
import type { TaskCode } from './tasks/task.ts';
import { staticProblems } from './tasks/task-rules.ts';

/**
 * What can be said of a task before there are the results that it needs: of all of it that rests on none. Where a result decides whether it is
 * done at all, only what is wrong on every host: it may be done just where it is right.
 */
export function tryPart(code: TaskCode, hosts: readonly string[], views: Views, found: Found): void {
  const early = code.earlyLook();
  const isKnown = (name: string) => early.isKnown(name);
  const { ofStep, ofTurn } = code.uses;
  const looks = new TurnLooks<Early>(views, { ofStep: ofStep.filter(isKnown), ofTurn, loop: code.text.value.loop });
  const ofStatic = once(() => (code.isStatic && code.text.broken === undefined ? staticProblems(code.text) : []));
  const gated = new Found(hosts);
  for (const alike of hostsAlike(code, views, code.uses.all.map(({ name }) => name).filter(isKnown))) {
    const [host] = alike;
    const note = ({ problems, isGated }: Early) => (isGated ? gated : found).note(problems, alike);
    note({
      isGated: false,
      problems: caught(() => {
        code.checkDelegate(host);
        return ofStatic();
      }),
    });
    const { turns, ...around } = early.enter(host);
    note(around);
    const take = (part: Early) => note({ ...part, isGated: part.isGated || around.isGated });
    if (turns === 'unknown') take(looks.ofAny(host, () => early.look(host)));
    else if (turns !== 'none') looks.on(host, turns, (turn) => early.look(host, turn), take);
  }
  found.addOfAll(gated);
}
