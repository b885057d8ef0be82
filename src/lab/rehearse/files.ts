import { commonFiles, etcdFiles, flanneldFiles, type HostFile } from '../files.ts';
import type { LabHost, LabPlan } from '../plan.ts';
import type { Captured } from './shape.ts';

/** Where a host notes what its boot could not do: one command and the words it was refused with, per line. */
export const refusedCommands = '/var/log/lab-refused';

/** The files that make a copy of this machine's root into a host that stands for a real one. */
export function capturedFiles(plan: LabPlan, host: LabHost, captured: Captured): HostFile[] {
  const { flanneld, etcdProgram } = captured;
  const rules = Object.entries(captured.rules).map(([set, lines]) => ({
    path: `/opt/lab/rules/${set}`,
    text: text(lines),
  }));
  return [
    ...commonFiles(plan, host),
    { path: '/opt/lab/boot', text: bootScript(host, captured), mode: 0o755 },
    { path: '/opt/lab/always', text: text(captured.always) },
    { path: '/opt/lab/once', text: text(captured.once) },
    { path: '/opt/lab/sysctl', text: text(captured.sysctl.map(([path, value]) => `${path} ${value}`)) },
    ...rules,
    ...Object.entries(captured.files).map(([path, content]) => ({
      path: onDisk(path),
      text: content,
      mode: path.endsWith('.env') ? 0o644 : 0o600,
    })),
    ...(flanneld ? flanneldFiles(plan, flanneld.flags, flanneld.name, flanneld.autostart) : []),
    ...(etcdProgram === null ? [] : etcdFiles(host, etcdProgram)),
  ];
}

/** What lies in memory on a real host, or on its way there, is put there at the first boot. */
function onDisk(path: string): string {
  return path.replace(/^(\/var)?\/run\//, '/opt/lab/run/');
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * What the host does at boot. The first time it comes up as it was read; after that as a real one would: without what was only in memory,
 * with the rules that are saved. What is data stands in files beside it, and each line becomes the words of one command.
 */
function bootScript(host: LabHost, captured: Captured): string {
  const { pod } = host;
  return `#!/bin/sh
# Run by init at every boot of this host.
set -euf
exec </dev/null >>/var/log/boot.log 2>&1
hostname ${host.name}
mkdir -p /run/sshd /run/lock /run/netns; chmod 1777 /run/lock
replay() {
  while read -r line; do
    said=$($line 2>&1 </dev/null) || printf '%s\\t%s\\n' "$line" "$said" >>${refusedCommands}
  done <"$1"
}
tune() {
  while read -r path value; do
    if [ -e "/proc/sys/$path" ]; then echo "$value" >"/proc/sys/$path" || true; fi
  done </opt/lab/sysctl
}
load() {
  said=$("$1-restore" <"/opt/lab/rules/$1" 2>&1) || printf '%s\\t%s\\n' "$1" "$said" >>${refusedCommands}
}
${captured.legacy ? legacyScript : ''}tune
replay /opt/lab/always
/usr/sbin/sshd
${pod && captured.bridge !== null ? podScript(pod, captured.bridge) : ''}if [ -e /var/lib/lab-booted ]; then
  for saved in iptables:/etc/sysconfig/iptables iptables:/etc/iptables/rules.v4 ip6tables:/etc/sysconfig/ip6tables \\
    ip6tables:/etc/iptables/rules.v6; do
    if [ -e "\${saved#*:}" ]; then "\${saved%%:*}-restore" <"\${saved#*:}" || true; fi
  done
else
  if [ -d /opt/lab/run ]; then cp -R /opt/lab/run/. /run/; fi
  replay /opt/lab/once
${Object.keys(captured.rules)
  .map((set) => `  load ${set}\n`)
  .join('')}  : >/var/lib/lab-booted
fi
tune
/usr/bin/supervisord -c /etc/supervisord.conf
: >/run/lab-ready
exec sleep infinity
`;
}

/** Plain `iptables` is the host's to choose: here by Debian's links. */
const legacyScript = `for tool in iptables ip6tables; do
  for verb in '' -save -restore; do
    if [ -e "/usr/sbin/$tool-legacy$verb" ]; then ln -sfn "/usr/sbin/$tool-legacy$verb" "/etc/alternatives/$tool$verb"; fi
  done
done
`;

function podScript(pod: NonNullable<LabHost['pod']>, bridge: string): string {
  return `ip netns add pod
ip link add veth-pod type veth peer name eth0 netns pod
ip link set veth-pod master ${bridge} up
ip -n pod -batch - <<'LINKS'
link set lo up
address add ${pod.address}/${pod.cidr.split('/')[1]} dev eth0
link set eth0 up
route add default via ${pod.gateway}
LINKS
nsenter --net=/run/netns/pod /opt/lab/node /opt/lab/pod/main.js >/var/log/pod.log &
`;
}
