import { type Lab, labUp, openLab } from '../../src/lab/lab.ts';
import { comparable, labStatus } from '../../src/lab/status.ts';
import { shipped, TestProject } from '../support/cli.ts';
import { claim } from './claim.ts';
import { testLabs } from './labs.ts';

const own = await claim(testLabs.map((lab) => lab.name));
/** The lab that no other file's tests have meanwhile. */
export const [testLab] = testLabs.filter((lab) => lab.name === own) as [(typeof testLabs)[number]];
export const nodes = ['hdss7-21', 'hdss7-22', 'hdss7-23'] as const;

/** The lab of these tests, raised by the first that asks for it, flannel in host-gw, and a project that knows its inventory. */
export async function labInHostGw(): Promise<{ lab: Lab; project: TestProject }> {
  const lab = await openLab(testLab.name).catch(() => labUp(testLab));
  const project = await TestProject.create(lab.inventory);
  const { exit, stdout, stderr } = await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit');
  if (exit !== 0) throw new Error(`the lab does not come back to host-gw:\n${stdout}${stderr}`);
  return { lab, project };
}

/** What must be equal before and after: everything that `lab status` tells, but ids and clocks. */
export async function stateOf(lab: Lab, options: { pids?: boolean } = {}): Promise<unknown> {
  return comparable(await labStatus(lab), options);
}

/** Every ordered pair of different nodes. */
export function pairs(): (readonly [string, string])[] {
  return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => [from, to] as const));
}
