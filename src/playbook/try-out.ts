import type { Step } from '../core/play.ts';
import { hostsAlike, TurnKeys } from './alike.ts';
import { Found, problemIn } from './found.ts';
import type { Problem } from './problem.ts';
import type { Views } from './scope/views.ts';
import type { MakeStep, TaskCode } from './tasks/task.ts';
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

/** One step as it was looked at, or that there is none. */
interface Look {
  readonly isStep: boolean;
  readonly problems: readonly Problem[];
}

/** The steps of one task: of a loop, each that differs is made and looked at once. */
class Steps {
  readonly #code: TaskCode;
  readonly #keys: TurnKeys;
  #ofStatic: readonly Problem[] | undefined;
  /** Gives what is wrong with a step, or throws it. */
  readonly #tried = new Map<string, () => Look>();

  constructor(code: TaskCode, views: Views) {
    this.#code = code;
    this.#keys = new TurnKeys(views, code.uses.ofStep, code.uses.ofTurn);
  }

  /** What is wrong with its steps on a host; `skip`: why it has none there. */
  tried(host: string): { readonly problems: readonly Problem[]; readonly skip?: string } {
    const problems: Problem[] = [];
    let isDone = false;
    try {
      const resolution = this.#code.resolve(host, new Map(), (make, turn) => {
        const look = turn === undefined ? this.#look(make) : this.#once(this.#keys.of(host, turn), make);
        problems.push(...look.problems);
        isDone ||= look.isStep;
        return undefined;
      });
      return { problems, ...(!isDone && 'skip' in resolution ? { skip: resolution.skip } : {}) };
    } catch (thrown) {
      return { problems: [problemIn(thrown)] };
    }
  }

  #look(make: MakeStep): Look {
    const step = make();
    return { isStep: step !== undefined, problems: step === undefined ? [] : this.#problems(step) };
  }

  /** Arguments that are the same for every host are looked at once; others have no faults left where a step could be made of them. */
  #problems({ args }: Step): readonly Problem[] {
    if (!this.#code.isStatic) return placeProblems(this.#code.text, args);
    this.#ofStatic ??= staticProblems(this.#code.text);
    return this.#ofStatic;
  }

  #once(key: string, make: MakeStep): Look {
    const tried = this.#tried.get(key) ?? outcome(() => this.#look(make));
    this.#tried.set(key, tried);
    return tried();
  }
}

/** What an act gave or threw, to be had again. */
function outcome<T>(act: () => T): () => T {
  try {
    const value = act();
    return () => value;
  } catch (thrown) {
    return () => {
      throw thrown;
    };
  }
}
