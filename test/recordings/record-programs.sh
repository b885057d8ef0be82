#!/bin/bash
# Records what real programs answer to the probes of supervisor, process and file.
# Run as root on Linux with supervisor, curl, iproute2, python3. About half a minute. Words: which modules (default: all).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=/tmp/runbook-record
rm -rf $dir; mkdir -p $dir/bin $dir/conf; cd $dir
pids=
finish() { set +e; kill -KILL $pids 2>/dev/null; wait; rm -rf $dir; }
trap finish EXIT
asked=${*:-supervisor process file}
wants() { case " $asked " in *" $1 "*) ;; *) return 1 ;; esac; }

# The modules themselves make the probes.
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
if wants supervisor; then
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
command=sh -c 'echo started; exec sleep 1000'
startsecs=2
stopwaitsecs = 15 ; it flushes
stdout_logfile=$dir/running.log
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
[include]
files = conf/*.ini
CONF
printf '[program:installed]\ncommand=sleep 1000\nautostart=false\n' >conf/installed.ini
printf '[program:changed]\ncommand=sleep 1000\n' >conf/changed.ini
printf '[program:gone]\ncommand=sleep 1000\n' >conf/gone.ini
ln -s /bin/false bin/curl
both() {
  record supervisor "$1" "$2"
  PATH=$dir/bin:$PATH record supervisor "$1-ctl" "$2"
}
one() { both "$1" "{\"program\":\"$2\",\"config\":\"$dir/supervisord.conf\"}"; }
conf() { both "conf-$1" "{\"program\":\"$1\",\"config\":\"$dir/supervisord.conf\",\"conf\":{\"path\":\"$dir/conf/$1.ini\"}}"; }
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
printf '[program:changed]\ncommand=sleep 1001\n' >conf/changed.ini; rm conf/gone.ini
printf '[program:new]\ncommand=sleep 1001\n' >conf/new.ini
for name in installed changed gone new nosuch; do conf $name; done
printf '[program:broken\n' >conf/broken.ini; conf broken
wait $stop
pids="$pids $(cat /proc/$daemon/task/$daemon/children)"
kill -9 $daemon; wait $daemon 2>/dev/null || :
one down-refused running
conf installed-down 2>/dev/null; rm -f "$here"/supervisor/conf-installed-down-ctl.json
fi

# --- process
run() { "$@" >/dev/null 2>&1 & pids="$pids $!"; }
find() { record process "$1" "{\"name\":\"$2\"}"; }
if wants process; then
find none zzdaemon
for name in zzdaemon 'a) b (c' zzdeleted zzstopped zzother zzzombie; do cp /bin/sleep "bin/$name"; done
run bin/zzdaemon 1000; run bin/zzdaemon 1000; run 'bin/a) b (c' 1000
run bin/zzdeleted 1000; run bin/zzstopped 1000; sleep 0.3; kill -STOP $!
run unshare -n bin/zzother 1000
run sh -c "$dir/bin/zzzombie 0.1 & exec sleep 1000"
printf '#!/bin/sh\n%s/bin/zzkept 1000 & child=$!\ntrap "kill $child; exit" TERM\nwait\n' $dir >bin/runsv; chmod 755 bin/runsv
cp /bin/sleep bin/zzkept; run bin/runsv; keeper=$!
sleep 0.5; rm bin/zzdeleted
find two zzdaemon; find odd-name 'a) b (c'; find deleted zzdeleted; find stopped zzstopped
find other-namespace zzother; find zombie zzzombie; find kept zzkept
as_nobody process not-root '{"name":"zzdaemon"}'
kill $keeper; wait $keeper || :
fi

# --- file
if wants file; then
printf 'FLANNEL_MTU=1500\nname=\303\251\n' >text; chmod 640 text
printf '\377\000\001' >binary; : >empty; chmod 4755 empty; ln -s text link; mkdir folder; head -c 1048577 /dev/zero >big
for name in text binary empty link folder big nothing text/below; do
  record file "${name/\//-}" "{\"path\":\"$dir/$name\"}"
done
record file text-by-number "{\"path\":\"$dir/text\",\"owner\":\"0\",\"group\":\"0\"}"
record file digest "{\"path\":\"$dir/big\",\"backup\":false}"
mkdir hex; for tool in sh stat od; do ln -s "$(command -v $tool)" hex; done
PATH=$dir/hex record file binary-hex "{\"path\":\"$dir/binary\"}"
fi
