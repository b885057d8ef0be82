import { spawn } from 'node:child_process';
import { Failure, reason } from '../../core/failure.ts';
import { printable } from '../../core/printable.ts';

/** Keeps a signature on a plan from being taken for one on something else. */
const namespace = 'runbook-plan';

/**
 * The signature of a plan's text by `ssh-keygen`, as it goes beside the plan. A key's passphrase is asked on the terminal, or the agent
 * has the key (then `key` is its public half). Throws Failure `missing` without ssh-keygen, `refused` when it does not sign.
 */
export async function signPlan(text: string, key: string): Promise<string> {
  const { exit, stdout, stderr } = await sshKeygen(['-Y', 'sign', '-n', namespace, '-f', key], text);
  if (exit === 0 && stdout.startsWith('-----BEGIN SSH SIGNATURE-----')) return stdout;
  throw new Failure(
    'refused',
    `the plan cannot be signed with ${key}: ${printable(lastLine(stderr), 300)}. No plan has been written`,
  );
}

/**
 * Who has signed exactly this text, in `ssh-keygen`'s words of an allowed signers file: principal and key. `signature`: path of the
 * signature. Throws Failure `refused` for a signature that is not there, is wrong, or is of somebody who is not allowed.
 */
export async function signerOf(text: string, signature: string, allowed: string): Promise<string> {
  const found = await sshKeygen(['-Y', 'find-principals', '-s', signature, '-f', allowed], text);
  const principals = found.exit === 0 ? found.stdout.split('\n').filter((line) => line !== '') : [];
  let complaint = lastLine(found.stderr) || lastLine(found.stdout);
  for (const principal of principals) {
    const args = ['-Y', 'verify', '-n', namespace, '-f', allowed, '-I', principal, '-s', signature];
    const verified = await sshKeygen(args, text);
    if (verified.exit === 0)
      return printable(lastLine(verified.stdout).replace(/^Good "[^"]*" signature for /, ''), 300);
    complaint = lastLine(verified.stderr) || lastLine(verified.stdout);
  }
  const said = printable(complaint, 300);
  throw new Failure(
    'refused',
    `the plan is not signed by anyone whom ${allowed} allows: ${said}. Nothing has been touched`,
    {
      hint: `Sign it with \`ssh-keygen -Y sign -n ${namespace} -f KEY PLAN\`, which makes PLAN.sig.`,
    },
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

interface Answer {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function sshKeygen(args: readonly string[], stdin: string): Promise<Answer> {
  return new Promise((done, fail) => {
    const child = spawn('ssh-keygen', args, { stdio: 'pipe' });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.once('error', (thrown) =>
      fail(new Failure('missing', `ssh-keygen cannot be run: ${reason(thrown)}. Nothing has been touched`)),
    );
    child.once('close', (exit) => done({ exit, stdout, stderr }));
    child.stdin.on('error', () => undefined); // it may end before it has read all: its exit code says so
    child.stdin.end(stdin);
  });
}
