import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Run, runHere } from './run-command.ts';

/** A /run and a /tmp of its own on this machine, empty, for what hosts keep there. Needs root. */
export interface OwnRun {
  readonly run: Run;
  sh(text: string): Promise<string>;
  remove(): Promise<void>;
}

/** Everything that is started in it ends with it: it is a process namespace too. */
export async function makeOwnRun(): Promise<OwnRun> {
  const script =
    'mount -t tmpfs none /run && mount -t tmpfs none /tmp && mount -t proc proc /proc && echo ready && exec sleep infinity';
  const words = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', 'sh', '-c', script];
  const keeper = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(keeper.stdout, 'data');
  const { stdout } = await runHere({ argv: ['pgrep', '-P', String(keeper.pid)] });
  const pid = stdout.trim();
  const run: Run = ({ argv, ...rest }) => runHere({ argv: ['nsenter', '-m', '-p', '-t', pid, '--', ...argv], ...rest });
  return {
    run,
    async sh(text) {
      const { exit, stdout: out, stderr } = await run({ argv: ['sh', '-c', text] });
      if (exit !== 0) throw new Error(`exit ${exit}: ${stderr}${out}`);
      return out;
    },
    async remove() {
      const gone = once(keeper, 'exit');
      keeper.kill('SIGKILL');
      await gone;
    },
  };
}
