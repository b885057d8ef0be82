import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a stub program was called with. */
export interface Call {
  /** Which line of those given ran it. */
  readonly line: number;
  readonly argv: readonly string[];
  readonly stdin: string;
}

/**
 * A file system, network and process table of its own, in which commands of the modules can be run whatever they ask for: nothing in it
 * can reach the machine. Programs of networks and services are stubs that note how they were called; the others are BusyBox'.
 */
export interface Jail {
  /** Runs lines in one shell, each on its own; `sh` inside them is the same shell. `broken`: those that made the canary. */
  run(shell: Shell, lines: readonly string[]): { readonly calls: readonly Call[]; readonly broken: readonly number[] };
  remove(): void;
}

export const shells = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof shells)[number];

/** A program that only notes how it was called; BusyBox' shell has some of the others in itself. */
export const recorder = 'record-call';

/** Made by every text in `hostile.ts` that gets itself executed. */
export const canary = '/tmp/canary';

const harmless = [
  ...[
    '[',
    'awk',
    'base64',
    'basename',
    'cat',
    'chgrp',
    'chmod',
    'chown',
    'cmp',
    'cp',
    'cut',
    'date',
    'diff',
    'dirname',
    'echo',
    'env',
  ],
  ...[
    'expr',
    'false',
    'find',
    'flock',
    'fold',
    'grep',
    'head',
    'hexdump',
    'id',
    'ls',
    'mkdir',
    'mktemp',
    'mv',
    'od',
    'printf',
    'ps',
  ],
  ...[
    'readlink',
    'realpath',
    'rm',
    'rmdir',
    'sed',
    'seq',
    'sha256sum',
    'sort',
    'stat',
    'sync',
    'tail',
    'tee',
    'test',
    'touch',
    'tr',
    'true',
  ],
  ...['uname', 'uniq', 'wc', 'xargs'],
];
const stubbed = [
  ...[
    'bridge',
    'chcon',
    'conntrack',
    'crictl',
    'curl',
    'dig',
    'docker',
    'etcdctl',
    'getent',
    'ip',
    'ip6tables',
    'ip6tables-save',
    'ip6tables-restore',
  ],
  ...[
    'ip6tables-nft',
    'ip6tables-legacy',
    'iptables',
    'iptables-legacy',
    'iptables-legacy-save',
    'iptables-nft',
    'iptables-nft-save',
    'iptables-restore',
  ],
  ...[
    'iptables-save',
    'lsmod',
    'modprobe',
    'nslookup',
    'nsenter',
    'ping',
    'ping6',
    'podman',
    'rc-service',
    'rc-update',
    'service',
    'sleep',
    'ss',
    'sudo',
  ],
  ...[
    'supervisorctl',
    'sysctl',
    'systemctl',
    'timeout',
    'update-rc.d',
    'chkconfig',
    'wget',
    'setsid',
    'unshare',
    'kill',
    'ln',
    'hostname',
    'host',
    'su',
    'doas',
  ],
  ...['python3', 'perl', 'nc', 'nft', 'tc', 'ethtool', 'visudo'],
];

// Without another process: it is called thousands of times. In one write: the parts of a pipe call at once.
const stub = `#!/bin/dash
in=
while IFS= read -r part; do in="$in$part
"; done
printf '%s\\0' call "$LINE" "$in$part" "$#" "\${0##*/}" "$@" >>/tmp/calls
`;

/** A script that sleeps waits for something that will not come here. */
const sleep = '#!/bin/dash\nkill -9 $PPID\n';

export function makeJail(): Jail {
  const root = mkdtempSync(join(tmpdir(), 'runbook-jail-'));
  for (const folder of ['bin', 'stubs', 'tmp', 'etc', 'dev', 'proc', 'var', 'run', 'opt', 'usr', 'root'])
    mkdirSync(join(root, folder));
  const copy = (file: string) => {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    cpSync(file, join(root, file), { dereference: true });
  };
  const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  cpSync(busybox, join(root, 'bin/busybox'), { dereference: true });
  for (const shell of ['/bin/dash', '/bin/bash']) {
    copy(shell);
    const libraries = execFileSync('ldd', [shell], { encoding: 'utf8' }).matchAll(/(\/\S+) \(/g);
    for (const [, library = ''] of libraries) if (!existsSync(join(root, library))) copy(library);
  }
  for (const name of harmless) symlinkSync('busybox', join(root, 'bin', name));
  for (const shell of shells) {
    mkdirSync(join(root, shell));
    symlinkSync(`/bin/${shell}`, join(root, shell, 'sh'));
  }
  const write = (name: string) => {
    writeFileSync(join(root, 'stubs', name), stub);
    chmodSync(join(root, 'stubs', name), 0o755);
  };
  for (const name of [...stubbed, recorder]) write(name);
  writeFileSync(join(root, 'stubs/sleep'), sleep);
  execFileSync('mknod', ['-m', '666', join(root, 'dev/null'), 'c', '1', '3']);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  return {
    run(shell, lines) {
      const calls = join(root, 'tmp/calls');
      writeFileSync(calls, '');
      writeFileSync(join(root, 'tmp/broken'), '');
      const check = `if [ -e ${canary} ]; then rm ${canary}; printf '%s ' "$LINE" >>/tmp/broken; fi\n`;
      // A shell takes a command's text at once and runs it; what it reads itself is no command's input.
      const text = lines
        .map((line, i) => `LINE=${i}; export LINE\n( ulimit -t 1; cd /\n${line}\n) >/dev/null 2>&1\n${check}`)
        .join('');
      writeFileSync(join(root, 'tmp/lines'), `${text}exit 0\n`);
      const PATH = `/${shell}:/stubs:/bin`;
      const words = shell === 'busybox' ? ['/bin/busybox', 'sh'] : [`/bin/${shell}`];
      const jailed = ['-n', '-m', '-p', '-i', '-f', '--kill-child', '/usr/sbin/chroot', root, ...words, '/tmp/lines'];
      const done = spawnSync('/usr/bin/unshare', jailed, {
        env: { PATH, LC_ALL: 'C' },
        timeout: 60_000,
        maxBuffer: 1 << 26,
      });
      if (done.error !== undefined || done.status !== 0) throw done.error ?? new Error(done.stderr.toString());
      const broken = readFileSync(join(root, 'tmp/broken'), 'utf8').split(' ').slice(0, -1).map(Number);
      return { calls: callsIn(readFileSync(calls)), broken };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function callsIn(bytes: Buffer): readonly Call[] {
  const words = bytes.toString('utf8').split('\0').slice(0, -1);
  const calls: Call[] = [];
  for (let at = 0; at < words.length; ) {
    const [mark, line, stdin = '', count] = words.slice(at, at + 4);
    if (mark !== 'call') throw new Error(`the calls of stubs are mixed up at ${words[at]}`);
    const end = at + 5 + Number(count);
    calls.push({ line: Number(line), stdin, argv: words.slice(at + 4, end) });
    at = end;
  }
  return calls;
}
