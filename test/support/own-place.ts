import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from '../../src/core/command.ts';
import type { Connect } from '../../src/core/host.ts';

/** A mount namespace that is kept by a process which waits in it. Needs root. */
export class OwnPlace {
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper;
  }

  /** `run`: the folder that is its /run. It ends with this process at the latest. */
  static async make(run: string, cwd: string): Promise<OwnPlace> {
    const script = 'mount --bind "$1" /run && echo ready && exec cat';
    const keeper = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', run], {
      cwd,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    return new OwnPlace(keeper);
  }

  /** Has the commands of these hosts, which are this machine, run in it. */
  readonly through =
    (connect: Connect): Connect =>
    (name) => {
      const host = connect(name);
      return {
        name: host.name,
        open: (abort) => host.open(abort),
        run: (command, abort) => host.run(this.#inside(command), abort),
        aside: (command, abort) => host.aside(this.#inside(command), abort),
        close: () => host.close(),
      };
    };

  /** The shell that a host's commands are given to is outside, and looks there for what a command needs. */
  #inside({ argv, onlyWhile, ...rest }: Command): Command {
    const pid = String(this.#keeper.pid);
    return {
      ...rest,
      argv: ['nsenter', '--mount', '--wd', '--target', pid, '--', ...argv],
      ...(onlyWhile === undefined ? {} : { onlyWhile: `/proc/${pid}/root${onlyWhile}` }),
    };
  }

  async end(): Promise<void> {
    const gone = once(this.#keeper, 'exit');
    this.#keeper.stdin?.end();
    await gone;
  }
}
