#!/bin/bash
# Records what real programs answer to the probes of route, link, address, neighbour, rule and sysctl, each in a network
# namespace of its own. Run as root on Linux with iproute2 and busybox. Some seconds.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=/tmp/runbook-record-network
rm -rf $dir; mkdir -p $dir/busybox; cd $dir
finish() { set +e; ip netns del rbnet 2>/dev/null; rm -rf $dir; }
trap finish EXIT
node=$(command -v node); REAL_IP=$(command -v ip); export REAL_IP
for applet in sh ip grep sed cat tr sort awk; do printf '#!/bin/busybox sh\nexec busybox %s "$@"\n' $applet >busybox/$applet; done
chmod 755 busybox/*
echo '{"type":"module"}' >package.json
"$here/../../node_modules/.bin/tsc" -p "$here/../../tsconfig.build.json" --outDir $dir/built >/dev/null || :
ln -s "$here/../../node_modules" node_modules
cat >record.mjs <<'JS'
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
const [here, module, name, text] = process.argv.slice(2);
const found = Object.values(await import(`./built/modules/${module}.js`))[0];
const args = JSON.parse(text);
const { argv, env, stdin = '' } = found.probe(args);
const ran = spawnSync(process.env.REAL_IP, ['netns', 'exec', 'rbnet', ...argv], { input: stdin, env: { ...process.env, ...env }, encoding: 'utf8' });
mkdirSync(`${here}/${module}`, { recursive: true });
const { status: exit, stdout, stderr } = ran;
writeFileSync(`${here}/${module}/${name}.json`, `${JSON.stringify({ args, exit, stdout, stderr }, null, 2)}\n`);
JS
record() { "$node" record.mjs "$here" "$@"; }
with_busybox() { PATH=$dir/busybox:$PATH record "$@"; }
fresh() { ip netns del rbnet 2>/dev/null || :; ip netns add rbnet; ip -n rbnet link set lo up; }
in_it() { ip netns exec rbnet sh -ec "$1"; }

# --- address
unset SSH_CONNECTION
fresh
in_it 'ip link add eth0 address 02:00:00:00:07:21 type bridge; ip link set eth0 up
  ip address add 10.4.7.21/24 dev eth0; ip address add 10.4.7.31/24 dev eth0 label eth0:1
  ip address add 10.9.0.1 peer 10.9.0.2/32 dev eth0
  ip address add 10.5.0.1/24 dev eth0 valid_lft 1000 preferred_lft 500; ip -6 address add 2001:db8::21/64 dev eth0 nodad
  ip route add 172.7.22.0/24 via 10.4.7.22 src 10.4.7.21'
address() { record address "$1" "{\"address\":\"$2\",\"dev\":\"$3\"}"; }
in_it 'ip route del 172.7.22.0/24'
address absent 192.0.2.10 eth0; address peer 10.9.0.1 eth0; address lent 10.5.0.1/24 eth0; address six 2001:db8::21/64 eth0
address no-device 10.5.0.1/24 nosuch
with_busybox address busybox '{"address":"10.4.7.21/24","dev":"eth0"}'
with_busybox address busybox-no-device '{"address":"10.5.0.1/24","dev":"nosuch"}'
in_it 'ip address add 192.0.2.10 dev eth0'; address added 192.0.2.10 eth0
in_it 'ip route add 172.7.22.0/24 via 10.4.7.22 src 10.4.7.21'
address primary 10.4.7.21/24 eth0
in_it 'ip address del 10.4.7.21/24 dev eth0; ip address add 10.4.7.31/24 dev eth0 label eth0:1'
address primary-gone 10.4.7.21/24 eth0
in_it 'ip -6 address add 2001:db8::31/64 dev eth0 nodad preferred_lft 0; ip -6 route append 2001:db8:a::/48 dev eth0 src 2001:db8::21
  ip -6 route append 2001:db8:a::/48 dev lo; ip -6 route add 2001:db8:b::/48 dev lo src 2001:db8::31 table 7; ip -6 route add 2001:db8:c::/48 dev lo'
address six-sources 2001:db8::21/64 eth0
in_it 'ip -6 address del 2001:db8::21/64 dev eth0'; address six-sources-gone 2001:db8::21/64 eth0

# --- neighbour
fresh
in_it 'ip link add flannel.1 address 02:00:00:00:07:21 type bridge; ip link set flannel.1 up
  ip address add 172.7.21.0/32 dev flannel.1; ip -6 address add 2001:db8::21/64 dev flannel.1 nodad'
neighbour() { record neighbour "$1" "$2"; }
one='{"address":"172.7.22.0","dev":"flannel.1"}'
neighbour none "$one"; neighbour no-device '{"address":"172.7.22.0","dev":"nosuch"}'
in_it 'ip neigh add 172.7.22.0 lladdr aa:bb:cc:dd:ee:01 dev flannel.1 nud reachable'; neighbour learned "$one"
in_it 'ip neigh replace 172.7.22.0 lladdr aa:bb:cc:dd:ee:01 dev flannel.1 nud permanent
  ip neigh add 2001:db8::9 lladdr aa:bb:cc:dd:ee:09 dev flannel.1 nud noarp router extern_learn
  ip neigh add 172.7.23.0 lladdr aa:bb:cc:dd:ee:02 dev flannel.1; ip neigh add 172.7.24.0 lladdr aa:bb:cc:dd:ee:04 dev flannel.1 nud stale
  ip neigh add proxy 172.7.99.9 dev flannel.1'
neighbour permanent "$one"; neighbour set '{"dev":"flannel.1"}'
neighbour six '{"address":"2001:db8::9","dev":"flannel.1"}'
neighbour proxy '{"address":"172.7.99.9","dev":"flannel.1","proxy":true}'
with_busybox neighbour busybox "$one"; with_busybox neighbour busybox-no-device '{"address":"172.7.22.0","dev":"nosuch"}'
in_it 'ip neigh del 172.7.22.0 dev flannel.1; ip neigh replace 172.7.22.0 lladdr aa:bb:cc:dd:ee:77 dev flannel.1 nud permanent'
neighbour other-mac "$one"

# --- rule
fresh
rule() { record rule "$1" "$2"; }
one='{"priority":1000,"from":"10.1.0.0/16","table":100}'
rule none "$one"
in_it 'ip rule add priority 1000 from 10.1.0.0/16 lookup 100'; rule present "$one"
with_busybox rule busybox "$one"
in_it 'ip rule add priority 1000 from 10.3.0.0/16 unreachable; ip rule add priority 1000 to 10.4.0.0/16 lookup 7 proto static
  ip rule add priority 998 not from all iif eth9 fwmark 0x10/0xff tos 0x10 uidrange 0-99 ipproto tcp sport 10-20 dport 80 goto 32766
  ip rule add priority 997 oif eth9 lookup 7 suppress_prefixlength 0 realms 3/4; ip rule add priority 996 l3mdev
  ip -6 rule add from 2001:db8::/32 lookup 9'
rule many "$one"; rule all '{"family":4}'; rule six '{"from":"2001:db8::/32","table":9}'
in_it 'ip rule del priority 1000 from 10.1.0.0/16 lookup 100'; rule one-gone "$one"
in_it 'ip rule add priority 1000 from 10.1.0.0/16 lookup 200'; rule other-table "$one"

# --- sysctl
fresh
sysctl_() { record sysctl "$1" "$2"; }
forward='{"name":"net.ipv4.ip_forward","value":1}'
in_it 'ip link add eth1 type bridge; ip link add eth0.7 type bridge; echo 1 >/proc/sys/net/ipv4/conf/eth1/forwarding'
sysctl_ off "$forward"
with_file() { sysctl_ "$1" "{\"name\":\"net.ipv4.conf.lo.rp_filter\",\"value\":2,\"file\":\"$dir/90.conf\"}"; }
with_file no-file
printf '# forwarding\nnet.ipv4.ip_forward = 1\n' >90.conf; with_file not-in-file
printf ' -net/ipv4/conf/lo/rp_filter=1 \nvm.swappiness = 10\n# net.ipv4.conf.lo.rp_filter = 0\nnet.ipv4.conf.lo.rp_filter = 0' >90.conf; with_file twice
ln -sf 90.conf link.conf; sysctl_ link "{\"name\":\"net.ipv4.conf.lo.rp_filter\",\"file\":\"$dir/link.conf\"}"
sysctl_ words '{"name":"net.ipv4.ping_group_range","value":"0 1000"}'
sysctl_ dots '{"name":"net.ipv4.conf.eth0/7.rp_filter","value":0}'
sysctl_ unknown '{"name":"net.ipv4.nosuch"}'; sysctl_ folder '{"name":"net.ipv4.conf"}'
in_it 'sysctl -qw net.ipv4.ip_forward=1'; sysctl_ on "$forward"
# The only ones that are the machine's own: its share of memory comes back at once.
share=$(cat /proc/sys/vm/dirty_ratio) bytes='{"name":"vm.dirty_bytes","value":419430400}' ratio='{"name":"vm.dirty_ratio","value":15}'
sysctl_ share-of-memory "$bytes"
sysctl -qw vm.dirty_bytes=419430400; sysctl_ bytes-of-memory "$bytes"; sysctl_ share-not-in-force "$ratio"
sysctl -qw vm.dirty_ratio=15; sysctl_ share-in-force "$ratio"; sysctl -qw vm.dirty_ratio="$share"

# --- route: what the others do not cover - devices, hosts without iproute2
fresh
in_it 'ip link add eth0 address 02:00:00:00:07:21 type bridge; ip link set eth0 up; ip address add 10.4.7.21/24 dev eth0
  ip link add flannel.1 address 2e:bf:3c:46:c0:e1 type vxlan id 1 local 10.4.7.21 dev eth0 dstport 8472 nolearning
  ip address add 172.7.21.0/32 dev flannel.1; ip link set flannel.1 up
  ip route add 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink; ip route add 172.7.23.0/24 via 10.4.7.23 metric 7 mtu 1400
  ip route add blackhole 172.7.24.0/24; ip route add unreachable 172.7.25.0/24
  ip route add 172.7.26.0/24 proto bird nexthop via 10.4.7.26 weight 2 nexthop via 10.4.7.27'
mkdir nettools; ln -s "$(command -v sh)" "$(command -v cat)" nettools
record route device '{"to":"172.7.22.0/24"}'
record route several '{"to":"172.7.26.0/24"}'
record route mixed-set '{"within":"172.7.0.0/16","dev":"flannel.1"}'
with_busybox route busybox '{"to":"172.7.23.0/24"}'; with_busybox route busybox-set '{"within":"172.7.0.0/16"}'
with_busybox route busybox-none '{"to":"172.7.99.0/24"}'
PATH=$dir/nettools record route proc '{"to":"172.7.23.0/24"}'; PATH=$dir/nettools record route proc-set '{"within":"172.7.0.0/16"}'
PATH=$dir/nettools record route proc-none '{"to":"172.7.99.0/24"}'
PATH=$dir/nettools record route nothing '{"to":"2001:db8::/64"}'

# --- link: with an ip that knows no JSON, and with the connection of an operator
mkdir old; printf '#!/bin/sh\ncase $1 in -j) echo "Option \\"-j\\" is unknown, try \\"ip -help\\"." >&2; exit 255 ;; esac\nexec %s "$@"\n' "$REAL_IP" >old/ip; chmod 755 old/ip
in_it 'ip neigh add 172.7.22.0 lladdr aa:bb:cc:dd:ee:01 dev flannel.1; ip link set flannel.1 mtu 1450
  bridge fdb append aa:bb:cc:dd:ee:01 dev flannel.1 dst 10.4.7.22 self permanent
  ip link add br0 address 02:00:00:00:07:01 type bridge stp_state 1; ip address add 172.7.21.1/24 dev br0
  ip link add p0 type veth peer name p1; ip link set p0 master br0 up
  ip link add odd type vxlan id 9 local 10.4.7.21 dev eth0 dstport 4789 l2miss srcport 100 200'
for name in flannel.1 br0 odd p0 nosuch; do
  record link "as-json-$name" "{\"name\":\"$name\"}"; PATH=$dir/old:$PATH record link "as-text-$name" "{\"name\":\"$name\"}"
done
