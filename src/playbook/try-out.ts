import type { LoopItem, Step } from '../core/play.ts';
import { ProblemFailure } from './parse.ts';
import type { Problem } from './problem.ts';
import { some } from './problem.ts';
import { type HostsAlike, Numbering, type View, type Views } from './scope/views.ts';
import type { MakeStep, TaskCode } from './tasks/task.ts';
import { placeProblems, staticProblems } from './tasks/task-rules.ts';

/**
 * Resolves every task for every host, as far as nothing registered is needed, and says what is wrong with what comes
 * out: a field that a host does not have, an argument of the wrong type, an address that is none. Hosts that a task sees alike are tried
 * once, and so are steps of a loop: with loops over the peers they grow with the square of the hosts. Warns of tasks that every host skips.
 */
export function tryOut(tasks: readonly TaskCode[], hosts: readonly string[], views: Views): readonly Problem[] {
  const found = new Found(hosts);
  for (const code of tasks) {
    if (code.uses.registered.length === 0) tryTask(code, hosts, views, found);
    else tryPart(code, views, found);
  }
  return found.problems;
}

function tryTask(code: TaskCode, hosts: readonly string[], views: Views, found: Found): void {
  const steps = new Steps(code, views);
  const names = code.uses.all.map(({ name }) => name);
  const skips = new Set<string>();
  let isDone = false;
  for (const alike of hostsOf(code, views, names)) {
    const { problems, skip } = steps.tried(alike[0]);
    found.note(problems, alike);
    if (skip === undefined) isDone = true;
    else skips.add(skip);
  }
  const never = isDone ? undefined : code.neverDone(skips);
  if (never !== undefined) found.note([never], hosts);
}

/** What can be said before what it needs is registered. */
function tryPart(code: TaskCode, views: Views, found: Found): void {
  for (const alike of hostsOf(code, views, code.uses.ofDelegate)) {
    const problems = caught(() => {
      code.checkDelegate(alike[0]);
      return code.isStatic ? staticProblems(code.text) : [];
    });
    found.note(problems, alike);
  }
}

/** The hosts of a task, those together that see the same under these names. */
function hostsOf(code: TaskCode, views: Views, names: readonly string[]): readonly HostsAlike[] {
  const groups = views.groups(views.of(names));
  return code.runOnce ? groups.slice(0, 1).map(([first]) => [first]) : groups;
}

/** One step as it was looked at, or that there is none. */
interface Look {
  readonly isStep: boolean;
  readonly problems: readonly Problem[];
}

/** The steps of one task: of a loop, each that differs is made and looked at once. */
class Steps {
  readonly #code: TaskCode;
  readonly #views: Views;
  readonly #items = new Numbering();
  /** What a turn of its loop rests on: a view of the host, whatever is looped over, and names that the loop gives. */
  #ofTurn: { readonly view: View; readonly names: readonly string[] } | undefined;
  #ofStatic: readonly Problem[] | undefined;
  /** Gives what is wrong with a step, or throws it. */
  readonly #tried = new Map<string, () => Look>();

  constructor(code: TaskCode, views: Views) {
    this.#code = code;
    this.#views = views;
  }

  /** What is wrong with its steps on a host; `skip`: why it has none there. */
  tried(host: string): { readonly problems: readonly Problem[]; readonly skip?: string } {
    const problems: Problem[] = [];
    let isDone = false;
    try {
      const resolution = this.#code.resolve(host, new Map(), (make, turn) => {
        const look = turn === undefined ? this.#look(make) : this.#once(this.#keyOf(host, turn), make);
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

  #keyOf(host: string, { names }: LoopItem): string {
    this.#ofTurn ??= { view: this.#views.of(this.#code.uses.ofStep), names: this.#code.uses.ofTurn };
    const items = this.#ofTurn.names.map((name) => this.#items.of(names[name] ?? null));
    return `${this.#ofTurn.view.get(host)} ${items.join(' ')}`;
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

function caught(act: () => readonly Problem[]): readonly Problem[] {
  try {
    return act();
  } catch (thrown) {
    return [problemIn(thrown)];
  }
}

function problemIn(thrown: unknown): Problem {
  if (thrown instanceof ProblemFailure) return thrown.problem;
  throw thrown;
}

/** Problems, each once, with the hosts that have it. */
class Found {
  readonly #hosts: readonly string[];
  readonly #all = new Map<string, { readonly problem: Problem; readonly on: Set<string> }>();

  constructor(hosts: readonly string[]) {
    this.#hosts = hosts;
  }

  note(problems: readonly Problem[], hosts: readonly string[]): void {
    for (const problem of problems) {
      const key = `${problem.code} ${problem.at.file}:${problem.at.line}:${problem.at.column}`;
      const known = this.#all.get(key) ?? { problem, on: new Set() };
      this.#all.set(key, known);
      for (const host of hosts) known.on.add(host);
    }
  }

  get problems(): readonly Problem[] {
    return [...this.#all.values()].map(({ problem, on }) => {
      if (on.size === this.#hosts.length) return problem;
      const names = this.#hosts.filter((host) => on.has(host));
      return { ...problem, message: `${problem.message} (on ${some(names)})` };
    });
  }
}
