import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Runs a program to its end; `said` is its stderr. */
export function execute(
  program: string,
  argv: readonly string[],
  stdin = '',
): Promise<{ exit: number; stdout: string; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', (error) => resolve({ exit: 127, stdout, said: error.message }));
    child.on('close', (exit) => resolve({ exit: exit ?? 128, stdout, said: said.trim() }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}

/** Does these `ip` commands in order within one process; the first that fails ends it and its words are thrown as Error. */
export async function ip(...lines: string[]): Promise<void> {
  const ran = await execute('ip', ['-batch', '-'], `${lines.join('\n')}\n`);
  if (ran.exit !== 0) throw new Error(spoken(ran.said));
}

/** As {@link ip}, for forwarding tables. */
export async function bridge(line: string): Promise<void> {
  const ran = await execute('bridge', line.split(' '));
  if (ran.exit !== 0) throw new Error(spoken(ran.said));
}

export function mtuOf(name: string): number {
  return Number(attribute(name, 'mtu') || 1500);
}

export function indexOf(name: string): string {
  return attribute(name, 'ifindex');
}

export function macOf(name: string): string {
  return attribute(name, 'address');
}

function attribute(name: string, file: string): string {
  try {
    return readFileSync(`/sys/class/net/${name}/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** The kernel's words as netlink's users know them: lower case, without iproute2's decoration. */
function spoken(said: string): string {
  const line = said.split('\n')[0] ?? '';
  const words = line.replace(/^RTNETLINK answers: |^Error: /, '').replace(/\.$/, '');
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}
