import { join } from 'node:path';
import type { Connections } from './connections.ts';
import { type Size, writeLargeProject } from './large.ts';
import { ansible, type Backend, type Places, runbook, type Side, sshLoop } from './sides.ts';
import { type Cost, timed, type Work } from './timed.ts';

export const scenarioNames = ['start', 'validate', 'audit', 'switch'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** The sides, as the table names them. */
export const names = {
  runbook: 'runbook',
  byTask: 'runbook, task by task',
  ansible: 'ansible',
  ansibleWarm: 'ansible, connected',
  loop: 'ssh loop',
  loopWarm: 'ssh loop, connected',
  syntax: 'ansible --syntax-check',
  yaml: 'its YAML read, no more',
} as const;

/** Makes a folder for a side's connections. */
export type Keep = () => Connections;

/** The playbook of the goal: what a thousand tasks on five hundred hosts take before one is touched. */
export const large: Size = { tasks: 1000, hosts: 500 };

/** A large playbook looked at. Runbook evaluates it for every host; ansible's check does not; reading its YAML is the least that it takes. */
export function validateSides(places: Places): Side[] {
  const { inventory, playbook, ansible: theirs } = writeLargeProject(join(places.folder, 'large'), large);
  const bare = (...argv: readonly string[]): Work => ({ argv, cwd: places.folder, env: {} });
  const read = `(await import('yaml')).parseDocument((await import('node:fs')).readFileSync('${playbook}', 'utf8')).toJS()`;
  const works: readonly [string, Work][] = [
    [names.runbook, runbook(places, 'validate', playbook, '-i', inventory)],
    [names.syntax, bare('ansible-playbook', '--syntax-check', '-i', inventory, theirs)],
    [names.yaml, { ...bare('node', '--input-type=module', '-e', read), cwd: places.root }],
  ];
  return works.map(([name, work]) => ({ name, steps: [{ work }] }));
}

/** An audit that finds everything as it should be. */
export function auditSides(places: Places, keep: Keep): Side[] {
  const ours = (name: string, playbook: string): Side => {
    const work = runbook(places, 'audit', join(places.root, playbook), '-e', 'model=host-gw');
    return { name, steps: [{ work, leaves: 'host-gw' }] };
  };
  const theirs = (name: string, tool: typeof ansible | typeof sshLoop, cold: boolean): Side => {
    const kept = keep();
    const work = tool(places, kept, 'audit', 'host-gw');
    return { name, connections: { kept, cold }, steps: [{ work, leaves: 'host-gw' }] };
  };
  return [
    ours(names.runbook, 'playbooks/audit-flannel.yml'),
    ours(names.byTask, 'bench/audit.yml'),
    theirs(names.ansible, ansible, true),
    theirs(names.loop, sshLoop, true),
    theirs(names.ansibleWarm, ansible, false),
    theirs(names.loopWarm, sshLoop, false),
  ];
}

/** From host-gw to VXLAN and back; the way back finds the connections of the way there. */
export function switchSides(places: Places, keep: Keep): Side[] {
  const ways: readonly Backend[] = ['vxlan', 'host-gw'];
  const theirs = (name: string, tool: typeof ansible | typeof sshLoop): Side => {
    const kept = keep();
    const steps = ways.map((leaves) => ({ work: tool(places, kept, 'switch', leaves), leaves }));
    return { name, connections: { kept, cold: true }, steps };
  };
  const playbook = (way: Backend) => join(places.root, `playbooks/switch-to-${way}.yml`);
  const steps = ways.map((leaves) => ({ work: runbook(places, 'play', playbook(leaves)), leaves }));
  return [{ name: names.runbook, steps }, theirs(names.ansible, ansible), theirs(names.loop, sshLoop)];
}

/** Is the cluster on this backend? Asked by the loop's own audit, so that no side judges itself. */
export function judgeOf(places: Places, keep: Keep): (backend: Backend) => Promise<void> {
  const kept = keep();
  return async (backend) => {
    await timed(sshLoop(places, kept, 'audit', backend), places.folder);
  };
}

/** Telling the version, and a node that does nothing: in pairs, each first in turn. One pair before does not count. */
export async function measureStart(places: Places, pairs: number): Promise<{ runbook: Cost[]; node: Cost[] }> {
  const works = {
    runbook: runbook(places, '--version'),
    node: { ...runbook(places), argv: ['node', '-e', '0'] },
  };
  const costs = { runbook: [] as Cost[], node: [] as Cost[] };
  for (let pair = -1; pair < pairs; pair++) {
    const order = pair % 2 === 0 ? (['runbook', 'node'] as const) : (['node', 'runbook'] as const);
    for (const side of order) {
      const cost = await timed(works[side], places.folder);
      if (pair >= 0) costs[side].push(cost);
    }
  }
  return costs;
}
