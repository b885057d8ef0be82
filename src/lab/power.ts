import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import { hostPlaces } from './places.ts';
import { type LabHost, type LabPlan, linkOf, portOf } from './plan.ts';
import { environment, must, run, until } from './shell.ts';
import { startScript } from './start-script.ts';

/**
 * Boots a host that is off: a fresh boot id, its cable in the switch, its file system as it was when it went off. Resolves when its
 * sshd and its supervisord run. Throws Failure `internal` with the host's own words when it does not come up.
 */
export async function powerOn(plan: LabPlan, host: LabHost): Promise<void> {
  await powerOff(plan, host);
  const place = hostPlaces(plan, host);
  await mkdir(place.root, { recursive: true });
  await writeFile(place.bootId, `${randomUUID()}\n`);
  await must(['ip', 'netns', 'add', host.netns]);
  await must(['ip', '-batch', '-'], {
    stdin: `link add ${portOf(host)} netns ${plan.switchNetns} type veth peer name ${linkOf(host)} address ${macOf(host)} netns ${host.netns}\n`,
  });
  const mtu = host.captured ? ['mtu', `${host.captured.mtu}`] : [];
  await must(['ip', '-n', plan.switchNetns, 'link', 'set', portOf(host), 'master', 'switch', 'up', ...mtu]);
  await begin(plan, host);
  const pid = await until(
    `${host.name} starts`,
    async () => {
      const init = await initOf(plan, host);
      return init && (await exists(`/proc/${init}/root/run/lab-ready`)) ? init : undefined;
    },
    { timeoutMs: 30_000 },
  ).catch(async (error: unknown) => {
    const said = await readFile(place.log, 'utf8').catch(() => '');
    const boot = await readFile(`${place.upper}/var/log/boot.log`, 'utf8').catch(() => '');
    throw new Failure(
      'internal',
      `${host.name} did not boot: ${`${said}${boot}`.trim().slice(-2000) || 'no word from it'}`,
      {
        hint: 'Remove the lab with `runbook lab down` and raise it again.',
        cause: error,
      },
    );
  });
  await rm(place.log, { force: true });
  if (!pid) throw new Failure('internal', `${host.name} has no init`);
}

/**
 * Cuts a host's power: its cable first, so that no farewell leaves it, then every process of it at once. What it wrote to disk stays.
 * A host that is off already is left so.
 */
export async function powerOff(plan: LabPlan, host: LabHost): Promise<void> {
  await run(['ip', '-n', plan.switchNetns, 'link', 'del', portOf(host)]);
  const init = await initOf(plan, host);
  // Everything that runs in the host's namespace: the init, its parent on the machine, and whoever looks in at the moment.
  const inside = await run(['ip', 'netns', 'pids', host.netns]);
  const pids = new Set([...(init ? [init] : []), ...inside.stdout.split('\n').filter(Boolean).map(Number)]);
  for (const pid of pids) kill(pid);
  await until(`${host.name} goes off`, async () => {
    for (const pid of pids) if (await alive(pid)) return undefined;
    return true;
  });
  await run(['ip', 'netns', 'del', host.netns]);
  await rm(hostPlaces(plan, host).init, { force: true });
}

/** A host keeps its network card over a restart: its neighbours go on knowing it. */
function macOf({ address }: LabHost): string {
  return ['02', '00', ...address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))].join(':');
}

/** The machine's pid of a host's init, or undefined when the host is off. */
export async function initOf(plan: Pick<LabPlan, 'dir'>, host: Pick<LabHost, 'name'>): Promise<number | undefined> {
  const text = await readFile(hostPlaces(plan, host).init, 'utf8').catch(() => '');
  const [pid, started] = text.trim().split(' ').map(Number);
  if (!pid || !started) return undefined;
  return (await startTime(pid)) === started ? pid : undefined;
}

/** The command that runs argv inside a host (or inside its pod's network), from this machine. Throws Failure `unreachable` when it is off. */
export async function insideHost(
  plan: LabPlan,
  host: LabHost,
  argv: readonly string[],
  options: { pod?: boolean } = {},
): Promise<string[]> {
  const init = await initOf(plan, host);
  if (!init) {
    throw new Failure('unreachable', `${host.name} of lab ${plan.name} is off`, {
      hint: '`runbook lab up` powers on what is off.',
    });
  }
  if (options.pod && !host.pod) throw new Failure('invalid', `${host.name} has no pod`);
  const pod = options.pod ? ['nsenter', '--net=/run/netns/pod', '--'] : [];
  return ['nsenter', '-t', `${init}`, '-m', '-u', '-i', '-n', '-p', '-r', '-w', '--', ...pod, ...argv];
}

/** When a process started, in the kernel's ticks since boot; undefined when it is gone or a zombie. */
async function startTime(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ');
  return fields.length < 20 || fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
}

async function alive(pid: number): Promise<boolean> {
  return (await startTime(pid)) !== undefined;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

async function begin(plan: LabPlan, host: LabHost): Promise<void> {
  const place = hostPlaces(plan, host);
  const script = `${place.own}/start`;
  await writeFile(script, startScript(plan, host, process.execPath));
  const enter = ['--net', `/run/netns/${host.netns}`];
  const unshare = ['unshare', '--mount', '--pid', '--uts', '--ipc', '--fork', '--propagation', 'private'];
  const child = spawn(
    'sh',
    ['-c', `exec nsenter ${enter.join('=')} ${unshare.join(' ')} sh ${script} >${place.log} 2>&1 </dev/null`],
    { detached: true, stdio: 'ignore', env: environment, cwd: '/' },
  );
  child.on('error', () => undefined);
  child.unref();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
