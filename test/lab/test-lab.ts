import { type Lab, openLab } from '../../src/lab/lab.ts';
import { comparable, labStatus } from '../../src/lab/status.ts';
import { shipped, TestProject } from '../support/cli.ts';

/** Two runs of the tests at once take other names and numbers. */
const number = process.env.RUNBOOK_TEST_NET ?? '77';
export const testLab = {
  name: process.env.RUNBOOK_TEST_LAB ?? 'test',
  nodes: 3,
  network: `10.4.${number}.0/24`,
  pods: `172.${number}.0.0/16`,
};
export const nodes = ['hdss7-21', 'hdss7-22', 'hdss7-23'] as const;

/** The lab of these tests, flannel in host-gw, and a project that knows its inventory. */
export async function labInHostGw(): Promise<{ lab: Lab; project: TestProject }> {
  const lab = await openLab(testLab.name);
  const project = await TestProject.create(lab.inventory);
  const { exit, stdout, stderr } = await project.run('play', shipped('switch-to-host-gw.yml'), '--no-commit');
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
