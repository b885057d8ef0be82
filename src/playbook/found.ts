import { ProblemFailure } from './parse.ts';
import { type Problem, some } from './problem.ts';

export function caught(act: () => readonly Problem[]): readonly Problem[] {
  try {
    return act();
  } catch (thrown) {
    return problemsIn(thrown);
  }
}

export function problemsIn(thrown: unknown): readonly Problem[] {
  if (thrown instanceof ProblemFailure) return thrown.all;
  throw thrown;
}

/** Problems, each once, with the hosts that have it. */
export class Found {
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

  /** Takes over what another one has found on every host. */
  addOfAll(other: Found): void {
    for (const { problem, on } of other.#all.values())
      if (on.size === this.#hosts.length) this.note([problem], [...on]);
  }

  get problems(): readonly Problem[] {
    return [...this.#all.values()].map(({ problem, on }) => {
      if (on.size === this.#hosts.length) return problem;
      const names = this.#hosts.filter((host) => on.has(host));
      return { ...problem, message: `${problem.message} (on ${some(names)})` };
    });
  }
}
