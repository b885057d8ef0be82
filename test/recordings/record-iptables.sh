#!/bin/bash
# Records what real iptables answers to the probes of iptables_rule, iptables_chain and iptables_save.
# Run as root on Linux with iptables (both backends) and iproute2. A few seconds.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
ns=rbrec-ipt
finish() { ip netns del $ns 2>/dev/null || :; rm -rf "$dir"; }
trap finish EXIT
cd "$dir"

# The modules themselves make the probes.
echo '{"type":"module"}' >package.json
"$here/../../node_modules/.bin/tsc" -p "$here/../../tsconfig.build.json" --outDir "$dir/built" >/dev/null || :
ln -s "$here/../../node_modules" node_modules
cat >record.mjs <<'JS'
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
const [here, ns, path, module, name, text] = process.argv.slice(2);
const found = Object.values(await import(`./built/modules/${module}.js`))[0];
const { argv, env, stdin = '' } = found.probe(JSON.parse(text));
const ran = spawnSync('ip', ['netns', 'exec', ns, ...argv], { input: stdin, env: { PATH: path, LC_ALL: 'C', ...env }, encoding: 'utf8' });
mkdirSync(`${here}/${module}`, { recursive: true });
const { status: exit, stdout, stderr } = ran;
writeFileSync(`${here}/${module}/${name}.json`, `${JSON.stringify({ args: JSON.parse(text), exit, stdout, stderr }, null, 2)}\n`);
JS
record() { node record.mjs "$here" $ns "$path" "$@"; }
path=$PATH
on() { ip netns exec $ns "$@"; }
fresh() { ip netns del $ns 2>/dev/null || :; ip netns add $ns; }

old='-s 172.7.21.0/24 ! -o docker0 -j MASQUERADE'
new='-s 172.7.21.0/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE'
kube='-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING'
nat() { # rules of POSTROUTING, one an argument; $bin
  { echo '*nat'; echo ':KUBE-POSTROUTING - [0:0]'; for rule; do echo "-A POSTROUTING $rule"; done; echo COMMIT; } | on "${bin:-iptables}-restore"
}
swap="{\"table\":\"nat\",\"chain\":\"POSTROUTING\",\"rule\":\"-s 172.7.21.1/24 ! -d 172.7.0.0/16 ! -o docker0 -j MASQUERADE\",\"replaces\":\"$old\"}"
rule() { record iptables_rule "$@"; }
post() { rule "$1" "{\"table\":\"nat\",\"chain\":\"${3:-POSTROUTING}\",\"rule\":$2}"; }
last='-s 10.0.0.0/8 -j ACCEPT'

fresh; nat; rule empty-chain "$swap"
fresh; nat "$kube" "$old" "$last"; rule old-rule "$swap"
post jump-to-user-chain "$(printf '%s' "\"-A POSTROUTING ${kube//\"/\\\"}\"")"
fresh; nat "$kube" "$new" "$last"; rule new-rule "$swap"
fresh; nat "$old" "$kube" "$new" "$last"; rule both-rules "$swap"
post bad-rule '"-s nonsense -j ACCEPT"'
post two-rules '"-s 10.1.1.1,10.1.1.2 -j ACCEPT"'
post no-chain '"-j ACCEPT"' KUBE-NOPE
mkdir alone; printf '#!/bin/sh\nexit 1\n' >alone/unshare; chmod 755 alone/unshare
path=$dir/alone:$PATH
post not-tried '"-j MASQUERADE -s 172.7.21.9/24 ! -o docker0"'
post not-tried-absent '"-j ACCEPT -s 10.9.0.1"'
post not-tried-strange '"-s 10.0.0.0/8 -j ACCEPT -m comment --comment x"'
path=$PATH
fresh; forward() { on iptables -A FORWARD "$@"; }
forward -j DROP; rule drop-only '{"chain":"FORWARD","rule":["-i","docker0","-j","ACCEPT"],"position":"first"}'
on iptables -I FORWARD -i docker0 -j ACCEPT; rule accept-first '{"chain":"FORWARD","rule":["-i","docker0","-j","ACCEPT"],"position":"first"}'
fresh; forward -i a -j ACCEPT; forward -j DROP; forward -i a -j ACCEPT; rule copies '{"chain":"FORWARD","rule":"-i a -j ACCEPT"}'

# Both backends
fresh; nat "$kube" "$old"; bin=iptables-legacy nat "$last" "$old"; rule leftover "$swap"
fresh; nat "$kube" "$new"; bin=iptables-legacy nat "$last"; rule leftover-gone "$swap"
fresh; bin=iptables-legacy nat "$old" "$last"; rule legacy-only "$swap"
fresh; bin=iptables-legacy nat "$new" "$last"; rule legacy-new "$swap"
fresh; nat "$new"; rule asked-legacy "${swap%\}},\"backend\":\"legacy\"}"

# Chains
pods() { record iptables_chain "$1" '{"chain":"PODS"}'; }
fill() { "on" "$1" -A PODS -s 10.0.0.0/8 -j ACCEPT; on "$1" -A PODS -j DROP; }
fresh; forward -i a -j ACCEPT; pods absent; record iptables_chain accept '{"chain":"FORWARD"}'
on iptables -P FORWARD DROP; record iptables_chain drop '{"chain":"FORWARD"}'
fresh; on iptables -N PODS; pods empty; fill iptables; pods rules
fresh; on iptables-legacy -N PODS; fill iptables-legacy; pods legacy-only; on iptables -N PODS; pods both

# Saved files; the path is a file of this machine, and comes back as it was.
conf=/etc/sysconfig/iptables
[ ! -e $conf ] || { echo "$conf is there already" >&2; exit 1; }
[ -d /etc/sysconfig ] || { mkdir /etc/sysconfig; made=yes; }
trap 'rm -f $conf; [ -z "${made-}" ] || rmdir /etc/sysconfig; finish' EXIT
only() { record iptables_save "$1" "{\"path\":\"$conf\",\"only\":{\"table\":\"nat\",\"chain\":\"POSTROUTING\",\"rule\":\"$new\",\"replaces\":\"$old\"}}"; }
hand() { umask 077; printf '# by hand\n*nat\n:POSTROUTING ACCEPT [7:420]\n[3:180] -A POSTROUTING %s\n-A POSTROUTING -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n# end\n' "$1" >$conf; }
fresh; only only-no-file; hand "$old"; only only-old; hand "$new"; only only-fixed; rm $conf
fresh; forward -i a -j ACCEPT; on iptables-legacy -A FORWARD -j DROP; record iptables_save other-backend "{\"path\":\"$conf\"}"
