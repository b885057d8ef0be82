import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import { inventory, makeKeys } from './access.ts';
import { type Bring, ensureConfig, ensureSshd, hostPrograms, untilReady, writeConfig } from './cluster.ts';
import { writeLayer } from './disk.ts';
import { homeFiles, hostDirectories, hostFiles } from './files.ts';
import { withLock } from './lock.ts';
import { hostPlaces, labPlaces } from './places.ts';
import { hasFlanneld, type LabHost, type LabOptions, type LabPlan, planDigest, planLab } from './plan.ts';
import { insideHost, powerOff, powerOn } from './power.ts';
import { installPrograms } from './programs.ts';
import { capturedFiles } from './rehearse/files.ts';
import { rehearsalInventory } from './rehearse/inventory.ts';
import { requireFlanneld, requireLab } from './requirements.ts';
import { must, type Ran, run } from './shell.ts';
import {
  claimDirectory,
  emptyDirectory,
  existingPlan,
  leaveDirectory,
  readLabState,
  refuseForeign,
  writeLabState,
} from './state.ts';
import { hasSwitch, inSwitch, makeSwitch, removeSwitch } from './switch.ts';

/** A lab that is up. */
export interface Lab {
  plan: LabPlan;
  /** Paths of what an operator needs to reach its hosts. */
  inventory: string;
  key: string;
  knownHosts: string;
}

/** Is told what happens, one line at a time. */
export type Log = (line: string) => void;

/**
 * Raises a lab and resolves when every pod reaches every other. A lab that is up as asked is left alone, hosts of it that are off are
 * powered on; what a crash left half built is removed first. Throws Failure: `missing` (see {@link requireLab}),
 * `invalid` options, `refused` when a lab of this name is up with other options, `busy` when its addresses are taken.
 */
export async function labUp(options: LabOptions, log: Log = () => undefined): Promise<Lab> {
  await requireLab({ platform: process.platform, uid: process.getuid?.() });
  return raiseLab(planLab(options), log);
}

/** Raises the lab of a plan, on a machine that has been found fit for one. Throws as {@link labUp} does. */
export async function raiseLab(plan: LabPlan, log: Log): Promise<Lab> {
  if (plan.flanneld) await requireFlanneld(plan.flanneld);
  await claimDirectory(plan);
  try {
    await withLock(plan, () => raise(plan, log));
    return handle(plan);
  } finally {
    // A lab that did not come up leaves no empty directory behind.
    await leaveDirectory(plan);
  }
}

/** Removes a lab and everything of it: processes, links, mounts, files. Nothing happens when there is none. */
export async function labDown(name: string, options: { dir?: string } = {}, log: Log = () => undefined): Promise<void> {
  const bare = planLab({ name, ...options });
  await refuseForeign(bare);
  const plan = (await readLabState(bare.dir))?.plan ?? bare;
  if (!(await anythingOf(plan))) return;
  await withLock(plan, () => tearDown(plan, log));
  await leaveDirectory(plan);
}

/** A lab that somebody raised. Throws Failure `missing` when there is none. */
export async function openLab(name: string, options: { dir?: string } = {}): Promise<Lab> {
  return handle(await existingPlan(name, options.dir));
}

/** A host of a lab by its name. Throws Failure `invalid` for a name the lab does not have. */
export function labHost(lab: Lab, name: string): LabHost {
  const host = lab.plan.hosts.find((candidate) => candidate.name === name);
  if (host) return host;
  const names = lab.plan.hosts.map((candidate) => candidate.name).join(', ');
  throw new Failure('invalid', `Lab ${lab.plan.name} has no host ${name}`, { hint: `It has ${names}.` });
}

/** Runs argv on a host as root, or inside its pod's network, and collects what it says. */
export async function labExec(
  lab: Lab,
  name: string,
  argv: readonly string[],
  options: { pod?: boolean; stdin?: string; timeoutMs?: number } = {},
): Promise<Ran> {
  return run(await execArgv(lab, name, argv, options), options);
}

/** The command that {@link labExec} runs, for a caller that wants to hand it its own terminal. */
export async function execArgv(
  lab: Lab,
  name: string,
  argv: readonly string[],
  options: { pod?: boolean } = {},
): Promise<string[]> {
  return insideHost(lab.plan, labHost(lab, name), argv, options);
}

async function raise(plan: LabPlan, log: Log): Promise<void> {
  const state = await readLabState(plan.dir);
  if (state?.phase !== 'up' || !(await hasSwitch(state.plan))) return build(plan, log);
  if (planDigest(state.plan) === planDigest(plan)) return repair(plan, log);
  throw new Failure('refused', `Lab ${plan.name} is up with other options`, {
    hint: `Nothing was touched. \`runbook lab down --name ${plan.name}\` removes it.`,
  });
}

async function build(plan: LabPlan, log: Log): Promise<void> {
  const started = performance.now();
  log(plan.flanneld ? `flanneld is ${plan.flanneld}` : `flanneld is played by a stand-in for v0.11`);
  await tearDown(plan, () => undefined);
  try {
    await writeLabState({ phase: 'building', plan });
    await installPrograms(plan);
    await makeDisks(plan);
    await makeSwitch(plan);
    await boot(plan, log);
    await writeLabState({ phase: 'up', plan });
  } catch (error) {
    await tearDown(plan, () => undefined);
    throw error;
  }
  log(`lab ${plan.name} is up after ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function boot(plan: LabPlan, log: Log): Promise<void> {
  const bring = bringer(plan, log);
  await Promise.all(plan.hosts.filter((host) => host.role === 'etcd').map(bring));
  await writeConfig(plan);
  await Promise.all(plan.hosts.filter((host) => host.role === 'node').map(bring));
  const deaf = await untilReady(plan);
  log(deaf.length === 0 ? 'every pod reaches every other' : `no answer between pods: ${deaf.join(', ')}`);
}

/** A host without init or supervisord is booted anew, a missing sshd started; what the wire drops, for a test's sake, goes through again. */
async function repair(plan: LabPlan, log: Log): Promise<void> {
  const off: LabHost[] = [];
  for (const host of plan.hosts) if (!(await hostPrograms(plan, host))) off.push(host);
  for (const host of plan.hosts) if (!off.includes(host)) await ensureSshd(plan, host);
  await inSwitch(plan, ['ebtables', '-F', 'FORWARD']);
  if (off.length === 0) {
    log(`lab ${plan.name} is up already`);
    return;
  }
  const bring = bringer(plan, log);
  await Promise.all(off.filter((host) => host.role === 'etcd').map(bring));
  await ensureConfig(plan);
  await Promise.all(off.filter((host) => host.role === 'node').map(bring));
  await untilReady(plan);
}

function bringer(plan: LabPlan, log: Log): Bring {
  return async (host) => {
    await powerOn(plan, host);
    log(`${host.name} ${host.address} is on`);
  };
}

async function makeDisks(plan: LabPlan): Promise<void> {
  const place = labPlaces(plan);
  await mkdir(place.disks, { recursive: true });
  await mkdir(place.hosts, { recursive: true });
  await must(['mount', '-t', 'tmpfs', '-o', 'mode=700', `runbook-lab-${plan.name}`, place.disks]);
  const keys = await makeKeys(plan);
  await writeFile(place.inventory, plan.rehearsal ? rehearsalInventory(plan) : inventory(plan));
  await Promise.all(
    plan.hosts.map(async (host) => {
      const disk = hostPlaces(plan, host);
      await mkdir(disk.upper, { recursive: true });
      await mkdir(disk.work, { recursive: true });
      await mkdir(disk.home, { recursive: true, mode: 0o700 });
      const accounts = await accountFiles();
      const own = host.captured ? capturedFiles(plan, host, host.captured) : hostFiles(plan, host);
      const files = [...own, ...accounts, ...(keys.hostFiles.get(host.name) ?? [])];
      const binds = ['/opt/lab/node', ...(hasFlanneld(host) ? ['/opt/flannel/flanneld'] : [])];
      await writeLayer(disk.upper, [...files, ...binds.map((path) => ({ path, text: '' }))], hostDirectories(host));
      await writeLayer(disk.home, homeFiles(keys.operator));
    }),
  );
}

/** Root as a host needs it: bash without this machine's habits, and an account that sshd does not take for locked. */
async function accountFiles() {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const shadow = await readFile('/etc/shadow', 'utf8').catch(() => 'root:*:19000:0:99999:7:::\n');
  return [
    { path: '/etc/passwd', text: passwd.replace(/^root:.*$/m, 'root:x:0:0:root:/root:/bin/bash') },
    { path: '/etc/shadow', text: shadow.replace(/^root:[^:]*:/m, 'root:*:'), mode: 0o600 },
  ];
}

async function tearDown(plan: LabPlan, log: Log): Promise<void> {
  await Promise.all((await hostsLeft(plan)).map((host) => powerOff(plan, host)));
  await removeSwitch(plan);
  // A crash between mounting and the next try can leave more than one mount on top of another.
  const { disks } = labPlaces(plan);
  while ((await run(['mountpoint', '-q', disks])).exit === 0) await must(['umount', '-l', disks]);
  await emptyDirectory(plan);
  log(`lab ${plan.name} is gone`);
}

async function anythingOf(plan: LabPlan): Promise<boolean> {
  return existsSync(plan.dir) || (await namespacesOf(plan)).length > 0;
}

/** The network namespaces on this machine that bear the lab's name. */
async function namespacesOf(plan: LabPlan): Promise<string[]> {
  const listed = await run(['ip', 'netns', 'list']);
  const names = listed.stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
  return names.filter((name) => name.startsWith(`rb-${plan.name}-`));
}

/** The plan's hosts, and those that a lab of this name with more nodes has left. */
async function hostsLeft(plan: LabPlan): Promise<LabHost[]> {
  const strays = (await namespacesOf(plan))
    .filter((netns) => netns !== plan.switchNetns && !plan.hosts.some((host) => host.netns === netns))
    .map((netns) => ({ name: netns.slice(`rb-${plan.name}-`.length), role: 'node' as const, address: '', netns }));
  return [...plan.hosts, ...strays];
}

function handle(plan: LabPlan): Lab {
  const place = labPlaces(plan);
  return { plan, inventory: place.inventory, key: place.key, knownHosts: place.knownHosts };
}
