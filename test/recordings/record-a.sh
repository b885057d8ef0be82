#!/bin/bash
# Records what real programs answer to the probes of verify_ping and verify_http.
# Run as root on Linux with curl, iputils-ping, busybox, iproute2, python3. About half a minute.
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

run() { "$@" >/dev/null 2>&1 & pids="$pids $!"; }

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
