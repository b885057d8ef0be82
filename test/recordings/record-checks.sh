#!/bin/bash
# Records what real programs answer to the probes of verify_ping (many targets), verify_http, verify_tcp, verify_route,
# verify_dns, verify_log, wait_for and verify_flannel; the last on a lab of its own, with the stand-in for flanneld or what
# RUNBOOK_LAB_FLANNELD names. Run as root on Linux with curl, iputils-ping, busybox, iproute2, python3; DIG: a dig, if it is
# not in the PATH. About a minute.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=/tmp/runbook-record-checks
rm -rf $dir; mkdir -p $dir/busybox $dir/no-bash; cd $dir
pids=
finish() {
  set +e; kill -KILL $pids 2>/dev/null; wait
  ip netns del rbrec 2>/dev/null; ip netns del rbpeer 2>/dev/null
  [ ! -e lab.mjs ] || node lab.mjs down
  rm -rf $dir
}
trap finish EXIT

# The modules themselves make the probes.
cp "$here/../../package.json" .; ln -s "$here/../../node_modules" node_modules
"$here/../../node_modules/.bin/tsc" -p "$here/../../tsconfig.build.json" --outDir $dir/built >/dev/null || :
cat >record.mjs <<'JS'
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
const [here, module, name, text] = process.argv.slice(2);
const found = Object.values(await import(`./built/modules/${module}.js`))[0];
const args = JSON.parse(text);
const { argv, env, stdin = '' } = found.probe(args);
const ran = spawnSync(argv[0], argv.slice(1), { input: stdin, env: { ...process.env, ...env }, encoding: 'utf8' });
mkdirSync(`${here}/${module}`, { recursive: true });
const { status: exit, stdout, stderr } = ran;
writeFileSync(`${here}/${module}/${name}.json`, `${JSON.stringify({ args, exit, stdout, stderr }, null, 2)}\n`);
console.log(module, name, exit, JSON.stringify(found.judge({ exit, stdout, stderr, startedAt: '', ms: 1 }, args)));
JS
node=$(command -v node)
record() { "$node" record.mjs "$here" "$@"; }
busybox --install -s $dir/busybox; rm busybox/ip
for tool in sh env ip curl timeout sed tail; do ln -s "$(command -v $tool)" no-bash/; done

ip netns add rbrec; ip netns add rbpeer
ip -n rbrec link add eth0 type veth peer name eth0 netns rbpeer
for end in rbrec:1 rbpeer:2; do
  ip -n ${end%:*} addr add 198.18.7.${end#*:}/24 dev eth0
  ip -n ${end%:*} link set eth0 up; ip -n ${end%:*} link set lo up
done

# --- ping of many, and of the last ones: the first two packets to .2 are dropped
ip netns exec rbpeer ip addr add 198.18.7.3/24 dev eth0
three='"targets":["198.18.7.2","198.18.7.3","198.18.7.9"],"netns":"rbrec","count":2,"interval":"50ms"'
for ping in iputils busybox; do
  path=$PATH; if [ $ping = busybox ]; then path=$dir/busybox:$PATH; fi
  PATH=$path record verify_ping $ping-together "{$three}"
  ip netns exec rbpeer iptables -A INPUT -p icmp -m statistic --mode nth --every 1000 --packet 0 -j DROP
  ip netns exec rbpeer iptables -A INPUT -p icmp -m statistic --mode nth --every 1000 --packet 0 -j DROP
  PATH=$path record verify_ping $ping-first-lost '{"target":"198.18.7.2","netns":"rbrec","count":5,"interval":"100ms","window":3}'
  ip netns exec rbpeer iptables -F INPUT
done
record verify_ping no-container '{"target":"198.18.7.2","container":"0123456789ab"}'
record verify_ping no-process '{"target":"198.18.7.2","pid":4194304}'

# --- http, tcp
cat >web.py <<'PY'
import http.server, socket, threading
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'x' * 100000 if self.path == '/big' else f'<p>client={self.client_address[0]}</p>'.encode()
        self.send_response(200); self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *a): pass
def greet():
    s = socket.create_server(('198.18.7.2', 22)); kept = []
    while True: c = s.accept()[0]; c.sendall(b'SSH-2.0-OpenSSH_9.2\r\n'); kept.append(c)
threading.Thread(target=greet, daemon=True).start()
http.server.ThreadingHTTPServer(('198.18.7.2', 80), Page).serve_forever()
PY
ip netns exec rbpeer python3 web.py & pids="$pids $!"; sleep 1
http() { record verify_http "$1" "{\"url\":\"http://198.18.7.2$2\",\"netns\":\"rbrec\",\"timeout\":\"1s\"$3}"; }
http client / ',"client":"198.18.7.1"'; http big /big ',"bytes":65536'
tcp() { # NAME PORT MORE
  record verify_tcp "$1" "{\"target\":\"${4-198.18.7.2}\",\"port\":$2,\"netns\":\"rbrec\",\"timeout\":\"1s\"$3}"
  PATH=$dir/no-bash record verify_tcp "$1-curl" "{\"target\":\"${4-198.18.7.2}\",\"port\":$2,\"netns\":\"rbrec\",\"timeout\":\"1s\"$3}"
}
tcp open 80 ''; tcp banner 22 ',"banner":"^SSH-2.0"'; tcp silent 80 ',"banner":"^SSH-2.0"'; tcp refused 81 ''
tcp nobody 80 '' 198.18.7.9; tcp no-route 80 '' 203.0.113.1
ip netns exec rbpeer iptables -A INPUT -p tcp --dport 82 -j DROP
tcp dropped 82 ''

# --- route
ip -n rbrec link add flannel.1 type vxlan id 1 local 198.18.7.1 dev eth0 dstport 8472 nolearning
ip -n rbrec link set flannel.1 up
ip -n rbrec link add docker0 type bridge; ip -n rbrec addr add 172.7.21.1/24 dev docker0; ip -n rbrec link set docker0 up
ip netns exec rbrec sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
table() { record verify_route "$1" '{"to":"172.7.22.0/24","netns":"rbrec"}'; }
way() { record verify_route "$1" '{"get":"172.7.22.2","from":"172.7.21.2","iif":"docker0","netns":"rbrec"}'; }
table none; way no-way
ip -n rbrec route add 172.7.22.0/24 via 172.7.22.0 dev flannel.1 onlink
table vxlan; way by-flannel
ip -n rbrec route add 172.7.22.0/24 via 198.18.7.2 dev eth0 metric 50
table leftover
ip -n rbrec route del 172.7.22.0/24 metric 50
ip -n rbrec route add 172.7.22.0/24 via 198.18.7.2 dev eth0 table 100; ip -n rbrec rule add to 172.7.22.0/24 lookup 100
table hidden; way by-rule
record verify_route no-device '{"get":"172.7.22.2","from":"172.7.21.2","iif":"nosuch","netns":"rbrec"}'
record verify_route ipv6 '{"to":"2001:db8::/32","netns":"rbrec"}'

# --- dns: a server that knows a few names
cat >dns.py <<'PY'
import socket, struct
def name(text): return b''.join(bytes([len(p)]) + p.encode() for p in text.split('.')) + b'\0'
known = {('one.test', 1): [(1, socket.inet_aton('198.18.7.2'))], ('one.test', 28): [(28, socket.inet_pton(socket.AF_INET6, '2001:db8::2'))],
  ('two.test', 1): [(1, socket.inet_aton('198.18.7.4')), (1, socket.inet_aton('198.18.7.3'))],
  ('www.test', 1): [(5, name('one.test')), (1, socket.inet_aton('198.18.7.2'))],
  ('2.7.18.198.in-addr.arpa', 12): [(12, name('one.test'))], ('one.test', 16): [(16, b'\x05hello')]}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('198.18.7.2', 53))
while True:
    q, peer = s.recvfrom(512); at, labels = 12, []
    while q[at]: labels.append(q[at+1:at+1+q[at]].decode()); at += q[at] + 1
    asked = '.'.join(labels).lower(); kind = struct.unpack('>H', q[at+1:at+3])[0]; found = known.get((asked, kind), [])
    rcode = 0 if any(k[0] == asked for k in known) else 3
    head = q[:2] + struct.pack('>HHHHH', 0x8580 | rcode, 1, len(found), 0, 0)
    owner = name('one.test') if asked == 'www.test' else None
    body = b''.join((owner if owner and t != 5 else b'\xc0\x0c') + struct.pack('>HHIH', t, 1, 60, len(d)) + d for t, d in found)
    s.sendto(head + q[12:at+5] + body, peer)
PY
ip netns exec rbpeer python3 dns.py & pids="$pids $!"; sleep 0.5
dig=${DIG-$(command -v dig || :)}
mkdir dig; for tool in sh env ip timeout; do ln -s "$(command -v $tool)" dig/; done
if [ -n "$dig" ]; then ln -s "$dig" dig/dig; fi
dns() { # NAME ARGS
  local args="{\"netns\":\"rbrec\",\"timeout\":\"1s\",$2}"
  if [ -n "$dig" ]; then PATH=$dir/dig record verify_dns "dig-$1" "$args"; fi
  PATH=$dir/busybox-only record verify_dns "nslookup-$1" "$args"
}
mkdir busybox-only; cp -d busybox/* busybox-only/; ln -s "$(command -v ip)" busybox-only/ip
server='"server":"198.18.7.2"'
dns one "\"name\":\"one.test\",$server"; dns two "\"name\":\"two.test\",$server"; dns alias "\"name\":\"www.test\",$server"
dns six "\"name\":\"one.test\",\"type\":\"AAAA\",$server"; dns text "\"name\":\"one.test\",\"type\":\"TXT\",$server"
dns reverse "\"name\":\"198.18.7.2\",\"type\":\"PTR\",$server"; dns unknown "\"name\":\"none.test\",$server"
dns no-such-type "\"name\":\"two.test\",\"type\":\"AAAA\",$server"; dns nobody '"name":"one.test","server":"198.18.7.1"'
record verify_dns getent-known '{"name":"localhost"}'; record verify_dns getent-unknown '{"name":"no-such-host.invalid"}'
mkdir nothing; for tool in sh env ip; do ln -s "$(command -v $tool)" nothing/; done
PATH=$dir/nothing record verify_dns no-tool "{\"name\":\"one.test\",$server}"

# --- flannel, on a lab
cat >lab.mjs <<'JS'
import { mkdirSync, writeFileSync } from 'node:fs';
import { labDown, labExec, labUp } from './built/lab/lab.js';
import { verifyFlannel } from './built/modules/verify_flannel.js';
import { configKey } from './built/lab/plan.js';
import { until } from './built/lab/shell.js';
const name = 'rbrecord';
if (process.argv[2] === 'down') { await labDown(name); process.exit(0); }
const flanneld = process.env.RUNBOOK_LAB_FLANNELD;
const lab = await labUp({ name, nodes: 2, network: '10.4.199.0/24', ...(flanneld ? { flanneld } : {}) });
const on = async (host, text) => { const ran = await labExec(lab, host, ['sh', '-ec', text], { timeoutMs: 20000 }); if (ran.exit !== 0) throw new Error(`${text}: ${ran.stderr}`); return ran.stdout; };
const nodes = [21, 22].map((n) => ({ public_ip: `10.4.199.${n}`, pod_cidr: `172.7.${n}.0/24` }));
const common = { etcd: 'http://10.4.199.12:2379', network: '172.7.0.0/16', nodes, subnet_file: '/opt/flannel/subnet.env', log: '/data/logs/flanneld/flanneld.stdout.log', netns: 'pod' };
async function record(file, more, host = 'hdss7-21') {
  const args = { ...common, ...more };
  const { argv, env, stdin } = verifyFlannel.probe(args);
  const ran = await labExec(lab, host, ['env', ...Object.entries(env ?? {}).map(([k, v]) => `${k}=${v}`), ...argv], { stdin, timeoutMs: 30000 });
  const { exit, stdout, stderr } = ran;
  mkdirSync(`${process.argv[2]}/verify_flannel`, { recursive: true });
  writeFileSync(`${process.argv[2]}/verify_flannel/${file}.json`, `${JSON.stringify({ args, exit, stdout, stderr }, null, 2)}\n`);
  console.log('verify_flannel', file, exit, JSON.stringify(verifyFlannel.judge({ ...ran, startedAt: '', ms: 1 }, args)));
}
const etcdctl = 'ETCDCTL_API=2 etcdctl --no-sync --endpoints http://127.0.0.1:2379';
async function to(backend, ready) {
  for (const host of ['hdss7-21', 'hdss7-22']) await on(host, 'supervisorctl stop flanneld');
  await on('hdss7-12', `${etcdctl} set ${configKey} '${JSON.stringify({ Network: '172.7.0.0/16', Backend: backend })}'`);
  for (const host of ['hdss7-21', 'hdss7-22']) await on(host, 'supervisorctl start flanneld');
  await until('routes', async () => ready.test(await on('hdss7-21', 'ip route show 172.7.22.0/24')) ? true : undefined);
}
await record('host-gw', { model: 'host-gw' });
await record('host-gw-from-bridge', { model: 'host-gw', netns: '', log: undefined });
await record('quiet', { model: 'host-gw', count: 0 });
await record('busybox-ping', { model: 'host-gw', netns: undefined, container: 'nosuchcontainer' });
await record('other-iface', { model: 'host-gw', iface: 'lo' });
await record('no-etcd', { model: 'host-gw', etcd: 'http://10.4.199.12:1' });
await on('hdss7-21', 'mv /usr/bin/curl /usr/bin/curl.gone');
await record('etcdctl', { model: 'host-gw' });
await on('hdss7-21', 'mv /usr/bin/curl.gone /usr/bin/curl');
await to({ Type: 'VxLAN' }, /flannel.1/);
await record('vxlan', { model: 'vxlan' });
await record('any', { model: 'any' });
await to({ Type: 'VxLAN', Directrouting: true }, /eth0/);
await record('directrouting', { model: 'directrouting' });
await on('hdss7-21', 'supervisorctl stop flanneld');
await record('stopped', { model: 'directrouting' });
await on('hdss7-21', 'rm /opt/flannel/subnet.env; ip route del 172.7.22.0/24; ip link del flannel.1');
await record('gone', { model: 'vxlan' });
await on('hdss7-12', `for lease in $(${etcdctl} ls /coreos.com/network/subnets); do value=$(${etcdctl} get $lease); ETCDCTL_API=3 etcdctl --endpoints http://127.0.0.1:2379 put -- $lease "$value"; done`);
await record('v3', { model: 'any', api: 3 });
await on('hdss7-21', 'mv /usr/bin/curl /usr/bin/curl.gone');
await record('v3-etcdctl', { model: 'any', api: 3 });
JS
node lab.mjs "$here"
