import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { fullMatrix, sampleOf } from '../faults/matrix.ts';
import { perform } from '../faults/perform.ts';
import { prepare, raisedAnew, type Stage } from '../faults/stage.ts';
import { nameOf } from '../faults/trial.ts';
import { checkout } from '../support/cli.ts';
import { labInHostGw } from './test-lab.ts';

/** RUNBOOK_FAULTS=50 tries as many; those of a seed are always the same. `npm run test:faults` tries them all. */
const size = Number(process.env.RUNBOOK_FAULTS ?? 8);
const seed = Number(process.env.RUNBOOK_SEED ?? 1);

let stage: Stage;

beforeAll(async () => {
  // The controllers of the trials are processes of their own, started from JavaScript.
  await promisify(execFile)('npm', ['run', '--silent', 'build:faults'], { cwd: checkout });
  const { lab, project } = await labInHostGw();
  await project.remove();
  stage = await prepare(lab);
});

test(`${size} faults of the matrix (seed ${seed}): as before or as after, as the run said, and nothing is left`, async () => {
  const broken: string[] = [];
  for (const trial of sampleOf(fullMatrix(stage.courses, seed).trials, size, seed)) {
    const { problems } = await perform(stage, trial);
    if (problems.length === 0) continue;
    broken.push([nameOf(trial), ...problems].join('\n  '));
    stage = await prepare(await raisedAnew(stage.lab));
  }
  console.log(`faults: ${size} tried, ${size - broken.length} held`);
  expect(broken).toEqual([]);
}, 600_000);
