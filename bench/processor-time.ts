import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The kernel's ticks in /proc are hundredths of a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Seconds of processor time that a process of one thread has used, without its children; 0 when it is gone. */
export function processSeconds(pid: number): number {
  const [nanoseconds] = readable(() => readFileSync(`/proc/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(nanoseconds ?? 0) / 1e9;
}

/** Seconds of processor time used so far by the hosts of a lab on this machine, with what ended inside them. */
export function hostSeconds(spaces: ReadonlySet<string>): number {
  let ticks = 0;
  for (const pid of pids()) {
    if (!spaces.has(pidSpace(pid))) continue;
    const fields = statFields(pid) ?? [];
    for (const index of [11, 12, 13, 14]) ticks += numberAt(fields, index);
  }
  return ticks / ticksPerSecond;
}

/** The pid namespaces of a lab's hosts. */
export function hostSpaces(lab: string, hosts: readonly string[]): Set<string> {
  const inside = hosts.flatMap((host) =>
    execFileSync('ip', ['netns', 'pids', `rb-${lab}-${host}`], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean),
  );
  const spaces = new Set(inside.map((pid) => pidSpace(Number(pid))));
  // What started the host stands with one foot outside, in the machine's own.
  spaces.delete(pidSpace(process.pid));
  spaces.delete('');
  return spaces;
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function pidSpace(pid: number): string {
  return readable(() => readlinkSync(`/proc/${pid}/ns/pid`));
}

/** The fields after the program's name, which may hold anything: utime is the 12th of them. */
function statFields(pid: number): string[] | undefined {
  const text = readable(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text === '' ? undefined : text.slice(text.lastIndexOf(') ') + 2).split(' ');
}

function numberAt(fields: readonly string[], index: number): number {
  return Number(fields[index] ?? 0);
}

/** Empty when the process has ended in the meantime. */
function readable(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
