import { hostPlaces, labPlaces } from './places.ts';
import { hasFlanneld, type LabHost, type LabPlan } from './plan.ts';

/**
 * The first process of a host, a shell script run in fresh namespaces: it mounts the host's own file system, makes it its
 * root, and turns into the host's init. It may use what this machine has; nothing of the machine is left in sight of the host.
 */
export function startScript(plan: LabPlan, host: LabHost, node: string): string {
  const place = hostPlaces(plan, host);
  const programs = labPlaces(plan).programs;
  // Read-only: a host must not be able to change what the machine and the other hosts run.
  const binds: [string, string][] = [
    [node, 'opt/lab/node'],
    [`${programs}/pod`, 'opt/lab/pod'],
  ];
  if (hasFlanneld(host)) {
    binds.push([plan.flanneld ?? node, 'opt/flannel/flanneld']);
    if (!plan.flanneld) binds.push([`${programs}/flanneld`, 'opt/flannel/stand-in']);
  }
  return `set -eu
# /proc is still the machine's here, so these are the machine's numbers for this process, which will be the host's init.
read -r stat </proc/self/stat
set -- $stat
echo "$1 \${22}" >${place.init}
mount -t overlay -o lowerdir=/,upperdir=${place.upper},workdir=${place.work} ${host.name} ${place.root}
cd ${place.root}
mount --bind ${place.home} root
${binds.map(([from, to]) => `mount -o bind,ro ${quote(from)} ${to}`).join('\n')}
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -o bind,ro ${place.bootId} proc/sys/kernel/random/boot_id
mount -t tmpfs -o mode=755 dev dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
while read -r name major minor; do mknod -m 666 dev/$name c $major $minor; done <<'NODES'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
NODES
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
pivot_root . .
umount -l .
cd /
exec /usr/bin/tini -- /opt/lab/boot </dev/null >/dev/null 2>&1
`;
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
