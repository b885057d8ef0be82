import type { JsonObject } from '../core/json.ts';
import { ProblemFailure } from './parse.ts';
import type { Problem } from './problem.ts';
import { some } from './problem.ts';
import type { TaskCode } from './task.ts';
import { stepProblems } from './task-rules.ts';

/** With loops over the peers, steps grow with the square of the hosts. What is not tried here is met when it is run. */
const mostSteps = 20_000;

/**
 * Resolves every task for every host, as far as nothing registered is needed, and says what is wrong with what comes
 * out: a field that a host does not have, an argument of the wrong type, an address that is none. Warns of tasks that every host skips.
 */
export function tryOut(tasks: readonly TaskCode[], hosts: readonly string[]): readonly Problem[] {
  const found = new Map<string, { problem: Problem; hosts: Set<string> }>();
  let left = mostSteps;
  const note = (problem: Problem, host: string) => {
    const key = `${problem.code} ${problem.at.file}:${problem.at.line}:${problem.at.column}`;
    const known = found.get(key) ?? { problem, hosts: new Set() };
    found.set(key, known);
    known.hosts.add(host);
  };
  for (const code of tasks) {
    const { reads, runOnce } = code.task();
    const asked = runOnce ? hosts.slice(0, 1) : hosts;
    const skips = new Set<string>();
    let isDone = false;
    for (const host of asked) {
      isDone ||= left <= 0;
      if (left <= 0) break;
      const { steps, problems, skip } = attempt(code, host, reads.length === 0);
      if (skip === undefined) isDone = true;
      else skips.add(skip);
      for (const problem of problems) note(problem, host);
      left -= Math.max(1, steps);
    }
    const never = isDone ? undefined : code.neverDone(skips);
    if (never !== undefined) for (const host of hosts) note(never, host);
  }
  return [...found.values()].map(({ problem, hosts: on }) => {
    if (on.size === hosts.length) return problem;
    return { ...problem, message: `${problem.message} (on ${some([...on])})` };
  });
}

interface Attempt {
  readonly steps: number;
  readonly problems: readonly Problem[];
  /** Why the task is skipped there. */
  readonly skip?: string;
}

function attempt(code: TaskCode, host: string, isWhole: boolean): Attempt {
  try {
    if (!isWhole) {
      code.checkDelegate(host);
      return { steps: 1, problems: code.isStatic ? stepProblems(code.text, code.text.args as JsonObject) : [] };
    }
    const resolution = code.resolve(host, new Map());
    if ('skip' in resolution) return { steps: 0, problems: [], skip: resolution.skip };
    const { steps } = resolution;
    return { steps: steps.length, problems: steps.flatMap(({ args }) => stepProblems(code.text, args)) };
  } catch (thrown) {
    if (!(thrown instanceof ProblemFailure)) throw thrown;
    return { steps: 1, problems: [thrown.problem] };
  }
}
