// Every fault at every position of a real switch. Started by scripts/faults.sh, which takes down what this raises.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reason } from '../../src/core/failure.ts';
import { type Lab, labDown, labUp } from '../../src/lab/lab.ts';
import { ownFlanneld } from '../../src/lab/plan.ts';
import { fullMatrix, randomTrials, sampleOf } from './matrix.ts';
import { type Options, parseOptions } from './options.ts';
import { perform, type Verdict } from './perform.ts';
import { summary, verdictLine } from './report.ts';
import { endControllers } from './run-controller.ts';
import { prepare, raisedAnew, type Stage } from './stage.ts';
import { nameOf, type Trial } from './trial.ts';

/** A trial with its number, by which it can be run again. */
type Numbered = readonly [number, Trial];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endControllers();
    process.exit(1);
  });
}

const say = (text: string) => process.stdout.write(`${text}\n`);
process.exitCode = await main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`faults: ${reason(thrown)}\n`);
  return 2;
});

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const begin = performance.now();
  const first = await prepare(await raised(1));
  const { trials, coverage } = chosen(first, options);
  say(coverage);
  if (options.list) {
    for (const [number, trial] of trials) say(`${number} ${nameOf(trial)}`);
    return 0;
  }
  const evidence = join(tmpdir(), 'failed');
  const queue = [...trials];
  const verdicts: Verdict[] = [];
  const others = Array.from({ length: Math.min(options.labs, trials.length) - 1 }, async (_, i) =>
    prepare(await raised(i + 2)),
  );
  await Promise.all(
    [Promise.resolve(first), ...others].map(async (stage) => work(await stage, queue, verdicts, evidence)),
  );
  say(summary(verdicts, performance.now() - begin, evidence));
  return verdicts.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

/** Trials one after another on one lab; after one that did not hold, on a new lab. */
async function work(stage: Stage, queue: Numbered[], verdicts: Verdict[], evidence: string): Promise<void> {
  let current = stage;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [number, trial] = next;
    const verdict = await perform(current, trial, join(evidence, `${number}`)).catch(
      (thrown: unknown): Verdict => ({
        trial,
        struck: trial.faults.length,
        problems: [reason(thrown)],
        ending: 'none',
        ms: 0,
      }),
    );
    verdicts.push(verdict);
    say(verdictLine(number, verdict));
    if (verdict.problems.length > 0) current = await anew(current.lab);
  }
}

/** More than once, should an undisturbed run not come to its end either. */
async function anew(lab: Lab, tries = 3): Promise<Stage> {
  try {
    return await prepare(await raisedAnew(lab));
  } catch (thrown) {
    say(`    ${reason(thrown)}`);
    if (tries === 1) throw thrown;
    return anew(lab, tries - 1);
  }
}

function raised(number: number): Promise<Lab> {
  const name = `fault${number}`;
  return labDown(name).then(() =>
    labUp({ name, nodes: 2, network: `10.157.${number}.0/24`, pods: '172.157.0.0/16', ...ownFlanneld(process.env) }),
  );
}

function chosen({ courses }: Stage, options: Options): { trials: Numbered[]; coverage: string } {
  const { seed, sample, random, only, from } = options;
  const matrix = fullMatrix(courses, seed);
  const all = random === undefined ? matrix.trials : randomTrials(courses, random, seed);
  const numbered = all.map((trial, i): Numbered => [i + 1, trial]);
  const drawn =
    sample === undefined
      ? numbered
      : sampleOf(all, sample, seed).map((trial): Numbered => [all.indexOf(trial) + 1, trial]);
  const trials = drawn.filter(([number]) => number >= from && (only.length === 0 || only.includes(number)));
  const { positions, distinct } = matrix.coverage;
  const coverage =
    random === undefined
      ? `${positions} positions, ${distinct} of them distinct; ${matrix.trials.length} trials in the matrix, ${trials.length} to be run (seed ${seed})`
      : `${trials.length} random trials (seed ${seed})`;
  return { trials, coverage };
}
