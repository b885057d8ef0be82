#!/bin/bash
# Records what real programs answer to the probes of supervisor, process, file, verify_ping and verify_http.
# Run as root on Linux with supervisor, curl, iputils-ping, busybox, iproute2, python3. About a minute.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=/tmp/runbook-record
rm -rf $dir; mkdir -p $dir/bin $dir/busybox; cd $dir
pids=
finish() { set +e; kill -KILL $pids 2>/dev/null; wait; ip netns del rbrec 2>/dev/null; ip netns del rbpeer 2>/dev/null; rm -rf $dir; }
trap finish EXIT

# The modules themselves make the probes.
echo '{"type":"module"}' >package.json
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
JS
node=$(command -v node)
record() { "$node" record.mjs "$here" "$@"; }

mkdir nobody
printf '#!/bin/sh\nexec setpriv --reuid nobody --regid nogroup --clear-groups /bin/sh "$@"\n' >nobody/sh; chmod 755 nobody/sh
as_nobody() { PATH=$dir/nobody:$PATH record "$@"; }

# --- supervisor, by its own socket and (where curl fails) by supervisorctl
cat >supervisord.conf <<CONF
[unix_http_server]
file=$dir/s.sock
[supervisord]
nodaemon=true
logfile=$dir/s.log
pidfile=$dir/s.pid
childlogdir=$dir
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$dir/s.sock ; where it listens
[program:running]
command=sleep 1000
[program:starting]
command=sleep 1000
startsecs=100
[program:backoff]
command=false
startretries=50
[program:fatal]
command=false
startretries=0
[program:exited]
command=sleep 1.2
autorestart=false
[program:stopped]
command=sleep 1000
autostart=false
[program:stopping]
command=sh -c 'trap "" TERM; while :; do sleep 0.2; done'
stopwaitsecs=8
[program:multi]
command=sleep 1000
numprocs=2
process_name=%(program_name)s_%(process_num)02d
[program:a]
command=sleep 1000
[program:b]
command=sleep 1000
autostart=false
[group:nodes]
programs=a,b
CONF
ln -s /bin/false bin/curl
both() {
  record supervisor "$1" "$2"
  PATH=$dir/bin:$PATH record supervisor "$1-ctl" "$2"
}
one() { both "$1" "{\"program\":\"$2\",\"config\":\"$dir/supervisord.conf\"}"; }
one down-no-socket running
supervisord -c supervisord.conf >/dev/null 2>&1 & pids="$pids $!"; daemon=$!
sleep 6
supervisorctl -c supervisord.conf stop stopping >/dev/null & stop=$!
sleep 1
for name in stopping running starting fatal exited stopped; do one $name $name; done
until supervisorctl -c supervisord.conf status backoff | grep -q BACKOFF; do sleep 0.1; done
one backoff backoff
one group-mixed 'nodes:*'; one group-all 'multi:*'; one one-of-group nodes:a
one bare-group nodes; one unknown nosuch; one unknown-group 'nosuch:*'
as_nobody supervisor denied "{\"program\":\"running\",\"config\":\"$dir/supervisord.conf\"}"
wait $stop
pids="$pids $(cat /proc/$daemon/task/$daemon/children)"
kill -9 $daemon; wait $daemon 2>/dev/null || :
one down-refused running

# --- process
run() { "$@" >/dev/null 2>&1 & pids="$pids $!"; }
find() { record process "$1" "{\"name\":\"$2\"}"; }
find none zzdaemon
for name in zzdaemon 'a) b (c' zzdeleted zzstopped zzother zzzombie; do cp /bin/sleep "bin/$name"; done
run bin/zzdaemon 1000; run bin/zzdaemon 1000; run 'bin/a) b (c' 1000
run bin/zzdeleted 1000; run bin/zzstopped 1000; sleep 0.3; kill -STOP $!
run unshare -n bin/zzother 1000
run sh -c "$dir/bin/zzzombie 0.1 & exec sleep 1000"
sleep 0.5; rm bin/zzdeleted
find two zzdaemon; find odd-name 'a) b (c'; find deleted zzdeleted; find stopped zzstopped
find other-namespace zzother; find zombie zzzombie
as_nobody process not-root '{"name":"zzdaemon"}'

# --- file
printf 'FLANNEL_MTU=1500\nname=\303\251\n' >text; chmod 640 text
printf '\377\000\001' >binary; : >empty; chmod 4755 empty; ln -s text link; mkdir folder; head -c 1048577 /dev/zero >big
for name in text binary empty link folder big nothing text/below; do
  record file "${name/\//-}" "{\"path\":\"$dir/$name\"}"
done
mkdir hex; for tool in sh stat od; do ln -s "$(command -v $tool)" hex; done
PATH=$dir/hex record file binary-hex "{\"path\":\"$dir/binary\"}"

# --- ping, of iputils and of BusyBox
ln -s "$(command -v busybox)" busybox/ping
ip netns add rbrec; ip netns add rbpeer
ip -n rbrec link add eth0 type veth peer name eth0 netns rbpeer
for end in rbrec:1 rbpeer:2; do
  ip -n ${end%:*} addr add 198.18.7.${end#*:}/24 dev eth0
  ip -n ${end%:*} link set eth0 mtu 1450 up; ip -n ${end%:*} link set lo up
done
ping_() {
  record verify_ping "iputils-$1" "$2"
  PATH=$dir/busybox:$PATH record verify_ping "busybox-$1" "$2"
}
ping_ answers '{"target":"198.18.7.2","netns":"rbrec"}'
ping_ many '{"target":"198.18.7.2","count":30,"interval":"10ms","netns":"rbrec"}'
ping_ nobody '{"target":"198.18.7.9","count":2,"netns":"rbrec"}'
ping_ unknown-name '{"target":"no.such.name.invalid","netns":"rbrec"}'
ping_ bad-source '{"target":"198.18.7.2","source":"203.0.113.9","netns":"rbrec"}'
ping_ no-namespace '{"target":"198.18.7.2","netns":"rbnone"}'
record verify_ping iputils-too-big '{"target":"198.18.7.2","netns":"rbrec","size":1423,"df":true}'
PATH=$dir/busybox:$PATH record verify_ping busybox-df '{"target":"198.18.7.2","netns":"rbrec","df":true}'
ip netns exec rbpeer iptables -A INPUT -p icmp -m statistic --mode nth --every 3 --packet 1 -j DROP
ping_ some-loss '{"target":"198.18.7.2","count":3,"netns":"rbrec"}'
ip netns exec rbpeer iptables -F INPUT

# --- http
cat >web.py <<'PY'
import http.server, time
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'<title>Welcome to nginx!</title>'
        self.send_response(404 if self.path == '/none' else 302 if self.path == '/moved' else 200)
        if self.path == '/moved': self.send_header('Location', '/')
        self.send_header('Content-Length', str(len(body) + (1000 if self.path == '/stalls' else 0)))
        self.end_headers(); self.wfile.write(body); self.wfile.flush()
        if self.path == '/stalls': time.sleep(3)
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(('198.18.7.2', 80), Page).serve_forever()
PY
run ip netns exec rbpeer python3 web.py; sleep 1
http() { record verify_http "$1" "{\"url\":\"http://198.18.7.2$2\",\"netns\":\"rbrec\",\"timeout\":\"1s\"}"; }
http page /; http none /none; http moved /moved; http stalls /stalls; http refused :81/
