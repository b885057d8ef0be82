import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import { labPlaces } from './places.ts';
import { type LabPlan, planLab } from './plan.ts';

/** What `lab.json` says: `building` until everything has come up once. */
export interface LabState {
  phase: 'building' | 'up';
  plan: LabPlan;
}

/** Reads the state of the lab in this directory; undefined when there is none, or its `lab.json` was never finished. */
export async function readLabState(dir: string): Promise<LabState | undefined> {
  const text = await readFile(labPlaces({ dir }).state, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as LabState;
    return state.plan.dir === dir && Array.isArray(state.plan.hosts) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Writes `lab.json`, whole or not at all. */
export async function writeLabState(state: LabState): Promise<void> {
  const path = labPlaces(state.plan).state;
  await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** The plan of a lab that exists. Throws Failure `missing` when there is none of that name in that directory. */
export async function existingPlan(name: string, dir = planLab({ name }).dir): Promise<LabPlan> {
  const state = await readLabState(dir);
  if (state?.plan.name === name) return state.plan;
  throw new Failure('missing', `There is no lab ${name} in ${dir}`, { hint: `\`runbook lab up ${name}\` raises one.` });
}

/** Makes the lab's directory. Throws Failure `refused` when it holds something that is not a lab's. */
export async function claimDirectory(plan: LabPlan): Promise<void> {
  await refuseForeign(plan);
  await mkdir(plan.dir, { recursive: true, mode: 0o700 });
}

/** Throws Failure `refused` when the directory holds something that is not a lab's, and no lab. */
export async function refuseForeign(plan: LabPlan): Promise<void> {
  const entries = await readdir(plan.dir).catch((): string[] => []);
  // A lab's state is the first thing that is written into its directory, and the last that is removed.
  const foreign = entries.filter((entry) => !isLock(entry) && entry !== 'lab.json.new');
  if (foreign.length === 0 || entries.includes('lab.json')) return;
  throw new Failure('refused', `${plan.dir} holds what is no lab's: ${foreign.slice(0, 3).join(', ')}`, {
    hint: 'Nothing was touched. Name an empty directory, or one that does not exist.',
  });
}

/** Removes what a lab has in its directory, except the lock of whoever does this. */
export async function emptyDirectory(plan: LabPlan): Promise<void> {
  const entries = await readdir(plan.dir).catch((): string[] => []);
  // The state goes last: until then a `down` that was cut short can be run again.
  const ordered = [...entries.filter((entry) => entry !== 'lab.json'), 'lab.json'];
  for (const entry of ordered) {
    if (isOwn(entry) && entry !== 'lock') await rm(`${plan.dir}/${entry}`, { recursive: true, force: true });
  }
}

/** Removes the lab's directory when nothing is left in it. */
export async function leaveDirectory(plan: LabPlan): Promise<void> {
  await rmdir(plan.dir).catch(() => undefined);
}

const own = new Set([
  'hosts',
  'disks',
  'programs',
  'key',
  'key.pub',
  'known_hosts',
  'inventory.yml',
  'lab.json',
  'lab.json.new',
]);

function isOwn(entry: string): boolean {
  return own.has(entry) || isLock(entry);
}

function isLock(entry: string): boolean {
  return /^lock(\.\d+)?$/.test(entry);
}
