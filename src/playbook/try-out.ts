import type { Step } from '../core/play.ts';
import { hostsAlike, TurnLooks } from './alike.ts';
import { Found, problemIn } from './found.ts';
import type { Problem } from './problem.ts';
import { once } from './scope/shapes.ts';
import type { Views } from './scope/views.ts';
import { type Entered, noItems } from './tasks/entered.ts';
import type { TaskCode } from './tasks/task.ts';
import { placeProblems, staticProblems } from './tasks/task-rules.ts';
import { tryPart } from './try-part.ts';

/** A task to be tried. */
export interface Trial {
  readonly code: TaskCode;
  /** It has no faults so far. */
  readonly isGood: boolean;
  /** Those that it has do not reach the rest of it, which can be tried without them. */
  readonly canBeTried: boolean;
}

/**
 * Resolves every task for every host, as far as nothing registered is needed, and says what is wrong with what comes
 * out: a field that a host does not have, an argument of the wrong type, an address that is none. Hosts that a task sees alike are tried
 * once, and so are steps of a loop: with loops over the peers they grow with the square of the hosts. Warns of tasks that every host skips.
 */
export function tryOut(tasks: readonly Trial[], hosts: readonly string[], views: Views): readonly Problem[] {
  const found = new Found(hosts);
  for (const { code, isGood } of tasks) {
    if (isGood && code.uses.registered.length === 0) tryTask(code, hosts, views, found);
    else tryPart(code, hosts, views, found);
  }
  return found.problems;
}

function tryTask(code: TaskCode, hosts: readonly string[], views: Views, found: Found): void {
  const steps = new Steps(code, views);
  const names = code.uses.all.map(({ name }) => name);
  const skips = new Set<string>();
  let isDone = false;
  for (const alike of hostsAlike(code, views, names)) {
    const { problems, skip } = steps.tried(alike[0]);
    found.note(problems, alike);
    if (skip === undefined) isDone = true;
    else skips.add(skip);
  }
  const never = isDone ? undefined : code.neverDone(skips);
  if (never !== undefined) found.note([never], hosts);
}

/** A turn as it was looked at. */
interface Look {
  readonly isStep: boolean;
  readonly problems: readonly Problem[];
}

/** The steps of one task: of a loop, each that differs is made and looked at once. */
class Steps {
  readonly #code: TaskCode;
  readonly #looks: TurnLooks<Look>;
  readonly #ofStatic = once(() => staticProblems(this.#code.text));

  constructor(code: TaskCode, views: Views) {
    const { ofStep, ofTurn } = code.uses;
    this.#code = code;
    this.#looks = new TurnLooks(views, { ofStep, ofTurn, loop: code.text.value.loop });
  }

  /** What is wrong with its steps on a host; `skip`: why it has none there. */
  tried(host: string): { readonly problems: readonly Problem[]; readonly skip?: string } {
    const problems: Problem[] = [];
    let isDone = false;
    const take = (look: Look) => {
      problems.push(...look.problems);
      isDone ||= look.isStep;
    };
    try {
      const entered = this.#code.enter(host, new Map());
      if (!('step' in entered)) return { problems, skip: entered.skip };
      const { turns, step, left } = entered;
      if (turns === undefined) take(this.#look(() => step()));
      else this.#looks.on(host, turns, (turn) => this.#look(() => step(turn)), take);
      if (turns?.items.length === 0) return { problems, skip: noItems };
      return { problems, ...(isDone ? {} : { skip: left }) };
    } catch (thrown) {
      return { problems: [problemIn(thrown)] };
    }
  }

  #look(make: () => ReturnType<Entered['step']>): Look {
    try {
      const step = make();
      if ('skip' in step) return leftOut;
      const problems = this.#problems(step);
      return problems.length === 0 ? good : { isStep: true, problems };
    } catch (thrown) {
      return { isStep: true, problems: [problemIn(thrown)] };
    }
  }

  /** Arguments that are the same for every host are looked at once; others have no faults left where a step could be made of them. */
  #problems({ args }: Step): readonly Problem[] {
    return this.#code.isStatic ? this.#ofStatic() : placeProblems(this.#code.text, args);
  }
}

const good: Look = { isStep: true, problems: [] };
const leftOut: Look = { isStep: false, problems: [] };
