import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';

/** A real supervisord. It includes `d/*.ini` of its folder. */
export interface Supervisord {
  /** Its configuration file. */
  readonly config: string;
  stop(): Promise<void>;
}

/** Starts one whose files are all in this folder; `stop` ends it and all that runs under it. */
export async function startSupervisord(folder: string): Promise<Supervisord> {
  const config = join(folder, 'supervisord.conf');
  writeFileSync(config, configuration(folder));
  mkdirSync(join(folder, 'd'));
  const daemon: ChildProcess = spawn('supervisord', ['-c', config], { stdio: 'ignore' });
  await vi.waitFor(() => expect(existsSync(join(folder, 's.sock'))).toBe(true), { timeout: 10_000 });
  return {
    config,
    stop: async () => {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}

// Most of the time of a call goes into Python's search through all packages that are installed, of which supervisorctl has no use.
// Where setuptools is newer than supervisor, every call begins with these two lines on stderr.
const direct = `#!/usr/bin/python3
import sys, types
sys.stderr.write('''/usr/lib/python3/dist-packages/supervisor/options.py:13: UserWarning: pkg_resources is deprecated as an API. \
See https://setuptools.pypa.io/en/latest/pkg_resources.html. The pkg_resources package is slated for removal as early as 2025-11-30. \
Refrain from using this package or pin to Setuptools<81.
  import pkg_resources
''')
sys.modules['pkg_resources'] = types.ModuleType('pkg_resources')
from supervisor.supervisorctl import main
main()
`;

/** Puts the machine's supervisorctl into a folder of programs, as one that starts in a third of the time. */
export function directSupervisorctl(folder: string): void {
  writeFileSync(join(folder, 'supervisorctl'), direct, { mode: 0o755 });
}

/** One program of every kind: it runs, it is a group, it is slow to end, it never comes up, it is tried again and again. */
export function configuration(folder: string): string {
  return `[unix_http_server]
file=${folder}/s.sock
[supervisord]
nodaemon=true
logfile=${folder}/s.log
pidfile=${folder}/s.pid
childlogdir=${folder}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:plain]
command=sleep 1000
startsecs=0
[program:multi]
command=sleep 1000
numprocs=2
process_name=%(program_name)s_%(process_num)02d
startsecs=0
autostart=false
[program:slow]
command=sh -c 'trap "" TERM; while :; do sleep 0.1; done'
startsecs=1
stopwaitsecs=4
autostart=false
[program:broken]
command=false
startretries=1
autostart=false
[program:crashing]
command=false
startretries=50
autostart=false
[include]
files = d/*.ini
[supervisorctl]
serverurl = unix://${folder}/s.sock ; here
`;
}
