import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, labExec } from '../../src/lab/lab.ts';
import { hostPlaces } from '../../src/lab/places.ts';

/** The processes of a host and the files it has, by which a later look tells what is too much. */
export interface Inventory {
  readonly processes: readonly string[];
  readonly files: ReadonlySet<string>;
}

export async function inventoryOf(lab: Lab): Promise<Map<string, Inventory>> {
  const all = await Promise.all(
    lab.plan.hosts.map(async ({ name }) => {
      const [processes, files] = await Promise.all([processesOf(lab, name), filesOf(lab, name)]);
      return [name, { processes, files: new Set(files) }] as const;
    }),
  );
  return new Map(all);
}

/** What a host has now beyond what it had, in words. What it lacks is for the state to tell. */
export function beyond(before: ReadonlyMap<string, Inventory>, now: ReadonlyMap<string, Inventory>): string[] {
  return [...now].flatMap(([host, { processes, files }]) => {
    const known = before.get(host);
    if (known === undefined) return [];
    const spare = [...known.processes];
    const extra = processes.filter((process) => {
      const at = spare.indexOf(process);
      if (at >= 0) spare.splice(at, 1);
      return at < 0;
    });
    return [
      ...extra.map((process) => `${host}: process left: ${process}`),
      ...[...files].filter((file) => !known.files.has(file)).map((file) => `${host}: file left: ${file}`),
    ];
  });
}

async function processesOf(lab: Lab, host: string): Promise<string[]> {
  const { stdout } = await labExec(lab, host, ['ps', '-e', '-o', 'ppid=,stat=,args=', '-ww']);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line)?.slice(1) ?? [])
    .filter(([ppid, stat, args]) => args !== undefined && ppid !== '0' && !stat?.startsWith('Z'))
    .map(([, , args = '']) => args.replace(/\d+ of 10-100 startups/, 'startups'))
    .sort();
}

/** What may be left where nobody could take it away: the line that tells of it, and what it is. */
export interface MayStay {
  readonly line: RegExp;
  readonly path: string;
}

/** The lock of a run that could not give it back: it ends by itself. */
export const lockLeft: MayStay = { line: /file left: \/run\/lock\/runbook\.lock$/, path: '/run/lock/runbook.lock' };

/** A guard that nobody could tell that all is well: it acts, finds all as it was, and waits to be asked what it did until the host restarts. */
export const guardLeft: MayStay = { line: /file left: \/run\/runbook(\/|$)/, path: '/run/runbook' };

/** Written all the time, or once, by what runs on a host anyway; /run/mount by the test's own mounting. */
const ordinary = /^\/(data\/logs|var\/log|var\/lib\/etcd-lab)\/|^\/run\/(xtables\.lock|mount)$/;

async function filesOf(lab: Lab, host: string): Promise<string[]> {
  const place = hostPlaces(lab.plan, { name: host });
  const [written, volatile] = await Promise.all([
    readdir(place.upper, { recursive: true }),
    labExec(lab, host, ['find', '/run', '/tmp', '/dev/shm', '/root', '-xdev', '-mindepth', '1']),
  ]);
  return [...written.map((path) => `/${path}`), ...volatile.stdout.split('\n').filter(Boolean)].filter(
    (path) => !ordinary.test(path),
  );
}

/** Processes and temporary files of a controller that is gone: all its children have its folder for temporary files in their environment. */
export async function leftByController(temporary: string): Promise<string[]> {
  const files = await readdir(temporary, { recursive: true });
  const processes = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => bears(pid, temporary)),
  );
  return [
    ...files.map((file) => `controller: temporary file left: ${join(temporary, file)}`),
    ...processes.filter((text) => text !== undefined),
  ];
}

async function bears(pid: string, temporary: string): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  if (!environment.split('\0').includes(`TMPDIR=${temporary}`)) return undefined;
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return words === '' ? undefined : `controller: process left: ${words.replaceAll('\0', ' ').trim()}`;
}
