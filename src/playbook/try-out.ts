import type { LoopItem, Registered, Step } from '../core/play.ts';
import { hostsAlike, TurnLooks } from './alike.ts';
import { Found, problemsIn } from './found.ts';
import type { Problem } from './problem.ts';
import { once } from './scope/shapes.ts';
import type { HostsAlike, Views } from './scope/views.ts';
import type { Entered } from './tasks/entered.ts';
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
  const steps = new Steps(code, views, found);
  const names = code.uses.all.map(({ name }) => name);
  for (const alike of hostsAlike(code, views, names)) steps.tryOn(alike);
  const never = steps.isDone ? undefined : code.neverDone(steps.skips);
  if (never !== undefined) found.note([never], hosts);
}

/** A turn as it was looked at. */
interface Look {
  readonly isStep: boolean;
  readonly problems: readonly Problem[];
}

/** The steps of one task: of a loop, each that differs is made and looked at once. Notes what is wrong with them. */
class Steps {
  /** Is there one on any host? */
  isDone = false;
  /** Why there is none on hosts that have none. */
  readonly skips = new Set<string>();
  readonly #code: TaskCode;
  readonly #found: Found;
  readonly #looks: TurnLooks<Look>;
  readonly #ofStatic = once(() => staticProblems(this.#code.text));

  constructor(code: TaskCode, views: Views, found: Found) {
    const { ofStep, ofTurn } = code.uses;
    this.#code = code;
    this.#found = found;
    this.#looks = new TurnLooks(views, { ofStep, ofTurn, loop: code.text.value.loop });
  }

  tryOn(alike: HostsAlike): void {
    try {
      const entered = this.#code.enter(alike[0], nothing);
      if ('step' in entered) this.#tryEntered(entered, alike);
      else this.skips.add(entered.skip);
    } catch (thrown) {
      this.isDone = true;
      this.#found.note(problemsIn(thrown), alike);
    }
  }

  #tryEntered({ turns, step, left }: Entered, alike: HostsAlike): void {
    let isStep = false;
    const take = (look: Look) => {
      isStep ||= look.isStep;
      this.#found.note(look.problems, alike);
    };
    if (turns === undefined) take(this.#look(step));
    else this.#looks.on(alike[0], turns, (turn) => this.#look(step, turn), take);
    if (isStep) this.isDone = true;
    else this.skips.add(left);
  }

  #look(step: Entered['step'], turn?: LoopItem): Look {
    try {
      const made = step(turn);
      if ('skip' in made) return leftOut;
      const problems = this.#problems(made);
      return problems.length === 0 ? good : { isStep: true, problems };
    } catch (thrown) {
      return { isStep: true, problems: problemsIn(thrown) };
    }
  }

  /** Arguments that are the same for every host are looked at once; others have no faults left where a step could be made of them. */
  #problems({ args }: Step): readonly Problem[] {
    return this.#code.isStatic ? this.#ofStatic() : placeProblems(this.#code.text, args);
  }
}

const nothing: Registered = new Map();
const good: Look = { isStep: true, problems: [] };
const leftOut: Look = { isStep: false, problems: [] };
