import { access, constants } from 'node:fs/promises';
import { Failure } from '../core/failure.ts';
import { environment, run } from './shell.ts';

/** The programs that a lab runs, and Debian's package for each. */
const programs: Record<string, string> = {
  ip: 'iproute2',
  bridge: 'iproute2',
  ping: 'iputils-ping',
  ebtables: 'iptables',
  iptables: 'iptables',
  'iptables-save': 'iptables',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  mount: 'mount',
  pivot_root: 'util-linux',
  tini: 'tini',
  sshd: 'openssh-server',
  'ssh-keygen': 'openssh-client',
  supervisord: 'supervisor',
  supervisorctl: 'supervisor',
  etcd: 'etcd-server',
  etcdctl: 'etcd-client',
  curl: 'curl',
  ps: 'procps',
};

/** Throws Failure `missing` that names everything this machine lacks for a lab, and how to get it. */
export async function requireLab(machine: { platform: string; uid: number | undefined }): Promise<void> {
  if (machine.platform !== 'linux') {
    throw new Failure('missing', `A lab is made of Linux namespaces; this machine runs ${machine.platform}`);
  }
  if (machine.uid !== 0) {
    throw new Failure('missing', 'A lab needs root: it makes namespaces, mounts and links', {
      hint: 'Run it with sudo.',
    });
  }
  const absent: string[] = [];
  for (const program of Object.keys(programs)) if (!(await installed(program))) absent.push(program);
  if (absent.length === 0) return requireKernel();
  const packages = [...new Set(absent.map((program) => programs[program]))].join(' ');
  throw new Failure(
    'missing',
    `A lab needs ${absent.join(', ')}, which this machine does not have (Debian packages: ${packages})`,
    {
      hint: 'Nothing was made. `scripts/install-debian.sh` installs them.',
    },
  );
}

/** Throws Failure `missing` when there is no program at this path. */
export async function requireFlanneld(path: string): Promise<void> {
  if (path.startsWith('/') && (await executable(path))) return;
  throw new Failure('missing', `${path} is not the absolute path of a program`, {
    hint: 'Nothing was made. Without a flanneld of yours the lab uses its stand-in.',
  });
}

/** What a lab asks of the kernel, each tried in namespaces that vanish with the trial; the first that fails is told. */
const trials = `
ip link add trial type bridge || { echo bridges; exit 1; }
ip link add trial-a type veth peer name trial-b || { echo veth pairs; exit 1; }
ip link add trial-v type vxlan id 1 dstport 8472 dev trial-a || { echo VXLAN devices; exit 1; }
iptables -t nat -L >/dev/null || { echo iptables with a nat table; exit 1; }
ebtables -L >/dev/null || { echo ebtables; exit 1; }
mount -t tmpfs trial /mnt && mkdir /mnt/upper /mnt/work /mnt/root || { echo tmpfs mounts; exit 1; }
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work trial /mnt/root || { echo overlay mounts; exit 1; }
echo everything`;

async function requireKernel(): Promise<void> {
  const ran = await run(['unshare', '--mount', '--net', '--pid', '--uts', '--ipc', '--fork', 'sh', '-c', trials]);
  const answer = ran.stdout.trim();
  if (answer === 'everything') return;
  throw new Failure(
    'missing',
    `A lab needs ${answer || 'namespaces'}, which this machine refuses: ${ran.stderr.trim()}`,
    {
      hint: 'Nothing was made. In a container, give it the right to (docker run --privileged); else the kernel lacks it.',
    },
  );
}

async function installed(program: string): Promise<boolean> {
  const found = await Promise.all(
    environment.PATH.split(':').map((directory) => executable(`${directory}/${program}`)),
  );
  return found.includes(true);
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
