import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import { shipped, type TestProject } from '../support/cli.ts';
import { labInHostGw, stateOf } from './test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

/** RUNBOOK_KILLS=20 tries as many moments; the moments of a seed are always the same. */
const kills = Number(process.env.RUNBOOK_KILLS ?? 4);
const seed = Number(process.env.RUNBOOK_SEED ?? 1);

/** Fractions of a run, evenly spread: each seed takes other ones. */
const moments = Array.from({ length: kills }, (_, i) => (i + ((seed * 0.618_034) % 1)) / kills);

test(`kill -9 of the controller at ${kills} moments: a rollback brings everything back`, async () => {
  const before = await stateOf(lab);
  const events = await countEvents();
  for (const moment of moments) {
    const nth = Math.max(1, Math.floor(moment * events));
    await playAndKill(nth);
    const journal = await project.events();
    const begun = journal.some((event) => event.type === 'undo_noted' && !event.protect);
    const end = journal.find((event) => event.type === 'run_ended');
    // A run that came to its end first was kept; one that was refused would tell nothing.
    expect(end?.ending ?? 'kept', end?.because).toBe('kept');
    if (begun && end === undefined) await expectRefusal();
    const { exit, stdout, stderr } = await project.call('rollback', 'last', '--no-commit');
    expect(exit, `killed at event ${nth} of ${events}\n${stdout}${stderr}`).toBe(0);
    if (!begun) await unlocked(stdout);
    expect(await stateOf(lab), `killed at event ${nth} of ${events}`).toEqual(before);
  }
}, 600_000);

/** Nothing is to be undone, but the locks of the dead run are there until somebody takes them away. */
async function unlocked(said: string): Promise<void> {
  const [, run = ''] = /`runbook unlock (\w+)`/.exec(said) ?? [];
  expect(run, said).not.toBe('');
  expect((await project.call('unlock', run)).exit).toBe(0);
}

async function expectRefusal(): Promise<void> {
  const { exit, stderr } = await project.call('play', shipped('switch-to-vxlan.yml'), '--no-commit');
  expect(exit).toBe(2);
  expect(stderr).toContain('has not come to a proven end');
}

/** How many events a whole switch has; it is brought back. */
async function countEvents(): Promise<number> {
  expect((await project.call('play', shipped('switch-to-vxlan.yml'), '--no-commit')).exit).toBe(0);
  const count = (await project.events()).length;
  expect((await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit')).exit).toBe(0);
  return count;
}

/** Plays the switch and kills the controller when the nth event is on its disk. */
async function playAndKill(nth: number): Promise<void> {
  const { child, ended } = project.start('play', shipped('switch-to-vxlan.yml'), '--no-commit', '-o', 'ndjson');
  let lines = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1;
    if (lines >= nth) child.kill('SIGKILL');
  });
  await ended;
}
