import { etcdOf, hasFlanneld, type LabHost, type LabPlan, nodesOf } from './plan.ts';

/** A file of a host as it is before the host's first boot. */
export interface HostFile {
  path: string;
  text: string;
  mode?: number;
}

/** Where the stand-in says what it is, on the hosts and in the log. */
const standInNotice = 'This lab runs a stand-in for flanneld v0.11, not flanneld itself.';

/** The files that make a copy of this machine's root into this host; those of root's home are in {@link homeFiles}. */
export function hostFiles(plan: LabPlan, host: LabHost): HostFile[] {
  const own = host.pod ? nodeFiles(plan, host) : etcdFiles(host);
  return [...commonFiles(plan, host), { path: '/opt/lab/boot', text: bootScript(plan, host), mode: 0o755 }, ...own];
}

/** The files that every host of every lab has. */
export function commonFiles(plan: LabPlan, host: LabHost): HostFile[] {
  return [
    { path: '/etc/hostname', text: `${host.name}\n` },
    { path: '/etc/hosts', text: hostsFile(plan) },
    {
      path: '/etc/nsswitch.conf',
      text: 'passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\n',
    },
    { path: '/etc/resolv.conf', text: '' },
    { path: '/etc/ssh/sshd_config', text: sshdConfig(host) },
    { path: '/etc/supervisord.conf', text: supervisordConfig },
  ];
}

/** The directories of a host that must be there, empty, before its first boot. */
export function hostDirectories(host: LabHost): string[] {
  const common = ['/var/log/supervisor', '/opt/lab/pod', '/opt/flannel/stand-in'];
  const node = hasFlanneld(host) ? ['/data/logs/flanneld', '/etc/sysconfig'] : [];
  return [...common, ...node, ...(host.role === 'etcd' ? ['/data/logs/etcd'] : [])];
}

/** The files of root's home, which is the host's own: nothing of the machine's root shows. */
export function homeFiles(publicKey: string): HostFile[] {
  return [
    { path: '/.bashrc', text: '' },
    { path: '/.profile', text: '' },
    { path: '/.hushlogin', text: '' },
    { path: '/.ssh/authorized_keys', text: publicKey, mode: 0o600 },
  ];
}

function hostsFile(plan: LabPlan): string {
  const lines = plan.hosts.map((host) => `${host.address} ${host.name}`);
  return `127.0.0.1 localhost\n${plan.controller.address} controller\n${lines.join('\n')}\n`;
}

function sshdConfig(host: LabHost): string {
  return `Port 22
ListenAddress ${host.address}
HostKey /etc/ssh/lab_host_ed25519_key
PermitRootLogin prohibit-password
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile .ssh/authorized_keys
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
`;
}

const supervisordConfig = `[unix_http_server]
file=/run/supervisor.sock
chmod=0700

[supervisord]
logfile=/var/log/supervisor/supervisord.log
pidfile=/run/supervisord.pid
childlogdir=/var/log/supervisor
user=root

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix:///run/supervisor.sock

[include]
files = /etc/supervisord.d/*.ini
`;

/** What makes a host run etcd, as this program of its supervisord. */
export function etcdFiles(host: LabHost, name = 'etcd'): HostFile[] {
  // One member needs no patience to elect itself: short timers make it answer sooner.
  const command = [
    '/usr/bin/etcd',
    `--name ${host.name}`,
    '--data-dir /var/lib/etcd-lab',
    '--enable-v2',
    `--listen-client-urls http://${host.address}:2379,http://127.0.0.1:2379`,
    `--advertise-client-urls http://${host.address}:2379`,
    '--listen-peer-urls http://127.0.0.1:2380',
    '--initial-advertise-peer-urls http://127.0.0.1:2380',
    `--initial-cluster ${host.name}=http://127.0.0.1:2380`,
    '--heartbeat-interval 50',
    '--election-timeout 250',
    '--logger zap',
  ].join(' ');
  return [{ path: '/etc/supervisord.d/etcd.ini', text: program(name, command, '/data/logs/etcd/etcd.stdout.log') }];
}

function nodeFiles(plan: LabPlan, host: LabHost): HostFile[] {
  const flags = [
    `--public-ip=${host.address}`,
    `--etcd-endpoints=http://${etcdOf(plan)?.address}:2379`,
    '--iface=eth0',
    '--subnet-file=/opt/flannel/subnet.env',
    '--healthz-port=2401',
  ];
  return [{ path: '/opt/flannel/subnet.env', text: subnetFile(plan, host) }, ...flanneldFiles(plan, flags)];
}

/** What makes a host run flanneld with these flags, as this program of its supervisord. */
export function flanneldFiles(
  plan: LabPlan,
  flags: readonly string[],
  name = 'flanneld',
  autostart = true,
): HostFile[] {
  const binary = plan.flanneld ? '/opt/flannel/flanneld' : '/opt/flannel/flanneld /opt/flannel/stand-in/main.js';
  const note = plan.flanneld ? '' : `# ${standInNotice}\n`;
  return [
    { path: '/opt/flannel/flanneld.sh', text: `#!/bin/sh\n${note}exec ${binary} ${flags.join(' ')}\n`, mode: 0o755 },
    {
      path: '/etc/supervisord.d/flannel.ini',
      text: program(name, '/opt/flannel/flanneld.sh', '/data/logs/flanneld/flanneld.stdout.log', autostart),
    },
  ];
}

/** The lease that a node had before: it makes flanneld take the subnet that docker0 has. */
function subnetFile(plan: LabPlan, host: LabHost): string {
  const lines = [
    `FLANNEL_NETWORK=${plan.pods}`,
    `FLANNEL_SUBNET=${host.pod?.gateway}/24`,
    'FLANNEL_MTU=1500',
    'FLANNEL_IPMASQ=false',
  ];
  return `${lines.join('\n')}\n`;
}

/** `group:process` makes a group of one. */
function program(name: string, command: string, log: string, autostart = true): string {
  const [own = name, group] = name.split(':').reverse();
  return `${group === undefined ? '' : `[group:${group}]\nprograms=${own}\n\n`}[program:${own}]
command=${command}
numprocs=1
directory=/opt
autostart=${autostart}
autorestart=true
startsecs=1
startretries=3
exitcodes=0
stopsignal=TERM
stopwaitsecs=10
user=root
redirect_stderr=true
stdout_logfile=${log}
stdout_logfile_maxbytes=50MB
stdout_logfile_backups=4
stopasgroup=true
killasgroup=true
`;
}

/** What the host does at boot, as a shell script: address, sshd, and on a node docker0, nat rule, pod; then its programs. */
function bootScript(plan: LabPlan, host: LabHost): string {
  return `#!/bin/sh
# Run by init at every boot of this host.
set -eu
exec </dev/null >>/var/log/boot.log 2>&1
hostname ${host.name}
mkdir -p /run/sshd /run/lock /run/netns; chmod 1777 /run/lock
for scope in all default; do echo ${plan.rpFilter} >/proc/sys/net/ipv4/conf/$scope/rp_filter; done
ip -batch - <<'LINKS'
link set lo up
address add ${host.address}/24 dev eth0
link set eth0 up
route add default via ${plan.controller.address}
LINKS
/usr/sbin/sshd
${host.pod ? podScript(host.pod) : ''}/usr/bin/supervisord -c /etc/supervisord.conf
: >/run/lab-ready
exec sleep infinity
`;
}

function podScript(pod: NonNullable<LabHost['pod']>): string {
  return `echo 1 >/proc/sys/net/ipv4/ip_forward
ip netns add pod
ip -batch - <<'LINKS'
link add docker0 type bridge
address add ${pod.gateway}/24 dev docker0
link set docker0 up
link add veth-pod type veth peer name eth0 netns pod
link set veth-pod master docker0 up
LINKS
ip -n pod -batch - <<'LINKS'
link set lo up
address add ${pod.address}/24 dev eth0
link set eth0 up
route add default via ${pod.gateway}
LINKS
if [ -e /etc/sysconfig/iptables ]; then
  iptables-restore </etc/sysconfig/iptables
else
  iptables -t nat -A POSTROUTING -s ${pod.cidr} ! -o docker0 -j MASQUERADE
  iptables-save >/etc/sysconfig/iptables
  chmod 600 /etc/sysconfig/iptables
fi
nsenter --net=/run/netns/pod /opt/lab/node /opt/lab/pod/main.js >/var/log/pod.log &
`;
}

/** Every other node's pod, as seen from this one. */
export function peerPods(plan: LabPlan, host: LabHost): string[] {
  return nodesOf(plan)
    .filter((node) => node.name !== host.name)
    .map((node) => node.pod.address);
}
