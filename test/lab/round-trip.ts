import { expect } from 'vitest';
import type { Lab } from '../../src/lab/lab.ts';
import type { TestProject } from '../support/cli.ts';
import { stateOf } from './test-lab.ts';

/**
 * Plays it, plays it again, takes it back: kept, unchanged, and then everything is as it was. `look` tells what `lab status` does not;
 * `meanwhile` is asked while the change is in force.
 */
export async function roundTrip(
  lab: Lab,
  project: TestProject,
  text: string,
  {
    look = async () => '',
    meanwhile = async () => undefined,
  }: { look?: () => Promise<unknown>; meanwhile?: () => Promise<void> } = {},
): Promise<void> {
  const playbook = await project.playbook('round-trip.yml', text);
  const before = { lab: await stateOf(lab, { pids: true }), look: await look() };

  const first = await project.call('play', playbook);
  expect(first.exit, `${first.stdout}${first.stderr}`).toBe(0);
  const [started] = await project.events();
  const after = { lab: await stateOf(lab, { pids: true }), look: await look() };
  expect(after).not.toEqual(before);
  await meanwhile();

  const second = await project.call('play', playbook);
  expect(second.exit, `${second.stdout}${second.stderr}`).toBe(0);
  expect(second.stdout).toContain('unchanged');
  expect({ lab: await stateOf(lab, { pids: true }), look: await look() }).toEqual(after);

  const back = await project.call('rollback', started?.type === 'run_started' ? started.run : '');
  expect(back.exit, `${back.stdout}${back.stderr}`).toBe(0);
  expect({ lab: await stateOf(lab, { pids: true }), look: await look() }).toEqual(before);
}
