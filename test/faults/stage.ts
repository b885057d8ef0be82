import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../src/core/json.ts';
import { type Lab, labDown, labUp } from '../../src/lab/lab.ts';
import { must, run } from '../../src/lab/shell.ts';
import { type Inventory, inventoryOf } from './leftovers.ts';
import { type Courses, inOrder } from './matrix.ts';
import { checkout } from './places.ts';
import { type ControllerRun, runController } from './run-controller.ts';
import { settled } from './state.ts';
import { disk, hastenNeighbours } from './strike.ts';
import type { Fault } from './trial.ts';

/** Long enough for a machine that is busy with two labs, short enough to be waited for. */
const guardSeconds = 6;

/** A lab in its first state, and what is known of a switch on it: the states before and after, and where faults can strike. */
export interface Stage {
  readonly lab: Lab;
  readonly before: Json;
  readonly after: Json;
  readonly inventory: ReadonlyMap<string, Inventory>;
  readonly courses: Courses;
}

/** Plays the switch undisturbed, once to its end and once turned around at its last check, and takes down what it saw. */
export async function prepare(lab: Lab): Promise<Stage> {
  await hastenNeighbours(lab);
  // Twice: what a first switch leaves for good (a module of the kernel, a log) is not a later one's doing.
  await inProject(lab, async (project) => {
    await undisturbed(project, lab, ['play', 'switch.yml']);
    await undisturbed(project, lab, ['rollback', 'last']);
  });
  const { found: before } = await settled(lab, [], 0);
  const inventory = await inventoryOf(lab);
  return inProject(lab, async (project) => {
    const there = await undisturbed(project, lab, ['play', 'switch.yml']);
    const { found: after } = await settled(lab, [], 0);
    const rollback = await undisturbed(project, lab, ['rollback', 'last']);
    const turn: Fault = {
      kind: 'interrupt',
      at: inOrder(there.reached).findLast((key) => key.startsWith('verify')) ?? '',
    };
    const turned = await runController({ lab: lab.plan.name, project, faults: [turn], args: ['play', 'switch.yml'] });
    if (turned.exit !== 3) throw new Error(`the switch was not turned around:\n${turned.said}`);
    const back = turned.reached.slice(turned.reached.indexOf(turn.at) + 1).filter((key) => /^(undo|prove)/.test(key));
    return {
      lab,
      before,
      after,
      inventory,
      courses: { there: inOrder(there.reached), back: inOrder(back), rollback: inOrder(rollback.reached), turn },
    };
  });
}

/** A lab of the same plan, raised anew: the state of the old one cannot be trusted. */
export async function raisedAnew({ plan }: Lab): Promise<Lab> {
  const { name, dir, network, pods, backend, flanneld, rpFilter } = plan;
  await labDown(name, { dir });
  const nodes = plan.hosts.filter(({ role }) => role === 'node').length;
  return labUp({ name, dir, network, pods, backend, rpFilter, nodes, ...(flanneld === null ? {} : { flanneld }) });
}

/** A project of its own, its history on a small disk of its own; gone afterwards, whatever happens. */
export async function inProject<T>(lab: Lab, work: (project: string) => Promise<T>): Promise<T> {
  const project = await mkdtemp(join(tmpdir(), 'runbook-faults-project-'));
  const history = join(project, disk.folder);
  try {
    await mkdir(history);
    await must(['mount', '-t', 'tmpfs', '-o', `mode=700,size=${disk.bytes}`, 'runbook-faults', history]);
    await writeFile(join(project, 'runbook.yml'), `inventory: ${lab.inventory}\n`);
    const text = await readFile(join(checkout, 'playbooks/switch-to-vxlan.yml'), 'utf8');
    // What does not come is not waited for as long, nor are the guards.
    const hasty = text
      .replaceAll('retries: 10', 'retries: 5')
      .replace('  rollback: on_failure', `  guard: ${guardSeconds}s\n  rollback: on_failure`);
    await writeFile(join(project, 'switch.yml'), hasty);
    return await work(project);
  } finally {
    await run(['umount', '-l', history]);
    await rm(project, { recursive: true, force: true });
  }
}

export async function undisturbed(project: string, lab: Lab, args: readonly string[]): Promise<ControllerRun> {
  const ran = await runController({ lab: lab.plan.name, project, faults: [], args });
  if (ran.exit === 0) return ran;
  throw new Error(`runbook ${args.join(' ')}, undisturbed, ended with ${ran.exit}: ${ran.ended?.because ?? ran.said}`);
}
