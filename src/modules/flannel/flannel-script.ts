import { logFunctions } from '../checks/log-script.ts';
import { programFunctions } from '../checks/program-script.ts';
import { tellingWords } from './flannel-log.ts';

// Everything is asked in one go and printed as it is, in sections; what it means is decided by the controller. The log
// comes last, because its text is anybody's.
/**
 * $1 etcd's endpoints, with commas; $2 its API; $3 the leases' key; $4 the same as JSON for the API v3's gateway; $5 pod
 * network; $6 outer interface; $7 bridge; $8 VXLAN device; $9 the model's overhead in bytes, "" to go by the subnet file. Then: the
 * config's key or "", the same as JSON, subnet file, program, log or "",
 * pings a peer, the device that peers' packets come in by or "", and the words that enter a pod's network, if any. CA, CERT and KEY: files for etcd. The input: PUBLIC_IP
 * POD_IP of each node, a line each.
 */
export const flannelScript = `
section() { printf '\\n== %s\\n' "$1"; shift; "$@" 2>&1; }
LC_ALL=C; export LC_ALL; set -f
endpoints=$1 api=$2 leases=$3 range=$4 network=$5 iface=$6 bridge=$7 device=$8 overhead=$9; shift 9
config=$1 config_range=$2 file=$3 program=$4 log=$5 count=$6 inbound=$7; shift 7
telling="${tellingWords.join('\n')}"
${logFunctions}${programFunctions}
# A key, and the same for the gateway.
over_http() {
  key=$1 in_range=$2
  for endpoint in $(echo "$endpoints" | tr , ' '); do
    if [ "$api" = 2 ]; then set -- "$endpoint/v2/keys$key?recursive=true&quorum=true"
    else set -- -d "$in_range" "$endpoint/v3/kv/range"; fi
    curl -q -sS -g --noproxy '*' --connect-timeout 2 --max-time 5 \\
      \${CA:+--cacert "$CA"} \${CERT:+--cert "$CERT"} \${KEY:+--key "$KEY"} "$@" && return
  done
}
by_etcdctl() {
  if [ "$api" = 3 ]; then
    ETCDCTL_API=3 etcdctl --endpoints "$endpoints" \${CA:+--cacert "$CA"} \${CERT:+--cert "$CERT"} \${KEY:+--key "$KEY"} "$@" -w json
  else
    ETCDCTL_API=2 etcdctl --no-sync --endpoints "$endpoints" \${CA:+--ca-file "$CA"} \${CERT:+--cert-file "$CERT"} \${KEY:+--key-file "$KEY"} "$@"
  fi
}
has_curl() { command -v curl >/dev/null; }
leases() {
  if has_curl; then over_http "$leases" "$range"
  elif [ "$api" = 3 ]; then by_etcdctl get --prefix "$leases/"
  else for key in $(by_etcdctl ls "$leases"); do by_etcdctl -o json get --quorum "$key"; done; fi
}
config() {
  if has_curl; then over_http "$config" "$config_range"
  elif [ "$api" = 3 ]; then by_etcdctl get "$config"
  else by_etcdctl -o json get --quorum "$config"; fi
}
processes() {
  mine=$(readlink /proc/self/ns/net)
  set +f; set -- /proc/[0-9]*/exe; set -f
  ls -l "$@" 2>/dev/null | while IFS= read -r line; do
    case $line in *"/$program" | *"/$program (deleted)") ;; *) continue ;; esac
    pid=\${line#*/proc/}; pid=\${pid%%/*}
    [ "$(readlink "/proc/$pid/ns/net")" = "$mine" ] && runs "$pid" "$program" || continue
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
    set -- \${stat##*) }
    case $1 in Z | X | x) continue ;; esac
    echo "$pid \${20}"
  done
}
counters() {
  awk '$1 == "TcpExt:" { if (at) print "reverse_path", $at; for (i = 2; i <= NF; i++) if ($i == "IPReversePathFilter") at = i }' \\
    /proc/net/netstat
  if [ -e "/sys/class/net/$device" ]; then echo "tx $(cat "/sys/class/net/$device/statistics/tx_packets")"; fi
}
links() { ip -o link show dev "$iface"; ip -o link show dev "$bridge"; ip -o -d link show dev "$device"; }
kernel() {
  cd /proc/sys/net/ipv4 && grep '' ip_forward conf/all/rp_filter "conf/$iface/rp_filter" "conf/$device/rp_filter" 2>/dev/null
}
# All at once, and done as soon as all are back. Once one is, the ping of iputils waits for the rest only as long as its
# interval, whatever -W says. That of BusyBox does not send at once; nor more than three, but for root, that of iputils.
ask() {
  to=$1; shift
  words=$("$@" -n -c "$count" -W 1 -l "$count" -i 0.5 "$to" 2>&1 </dev/null | tail -c 1500)
  case $words in
    *'invalid option'* | *'unrecognized option'* | *preload*)
      words=$("$@" -n -c "$count" -W 1 -i 0.2 "$to" 2>&1 </dev/null | tail -c 1500) ;;
  esac
}
ping_one() {
  kind=$1; shift
  ask "$@"
  printf '%s\\n' "-- $kind $1" "$words"
}
# A pod may remember a narrower path from before, for ten minutes: then what it would really send must pass.
ping_full() {
  ask "$@" -M do -s "$size"
  case $words in
    *'local error: message too long, mtu='* | *'local error: Message too long, mtu='*)
      known=\${words##*mtu=}; known=\${known%%[!0-9]*}
      ask "$@" -M do -s $((known - 28))
      words="remembers $known
$words" ;;
  esac
  printf '%s\\n' "-- full $1" "$words"
}
# What the config leaves of the interface's MTU, as flanneld has put it down.
widest_mtu() {
  mtu=$(cat "/sys/class/net/$iface/mtu") told=$(sed -n 's/^FLANNEL_MTU=//p' "$file")
  if [ "\${overhead:-0}" -gt 0 ] && [ "\${told:-$mtu}" -lt $((mtu - overhead)) ]; then mtu=$((told + overhead)); fi
  echo "$mtu"
}
# The largest packet that the path is to carry; less where the pod's own link takes less.
full_size() {
  last=
  if [ -n "$overhead" ]; then mtu=$(($(widest_mtu) - overhead))
  else mtu=$(sed -n 's/^FLANNEL_MTU=//p' "$file"); fi
  if [ $# -eq 0 ]; then words=$(ip -o link show dev "$bridge"); else words=$("$@" ip -o link show); fi
  for word in $words; do
    if [ "$last" = mtu ] && [ "$word" -lt "$mtu" ]; then mtu=$word; fi
    last=$word
  done
  size=$((mtu - 28))
}
pings() {
  from=
  if [ $# -eq 0 ]; then from=$gateway; fi
  full_size "$@"
  echo "size $size"
  widest=$(($(widest_mtu) - 28))
  echo "outer $widest"
  for peer in $peers; do
    ping_one node "\${peer%,*}" ping &
    ping_one outer "\${peer%,*}" ping -M do -s "$widest" &
    ping_one small "\${peer#*,}" "$@" ping \${from:+-I "$from"} &
    ping_full "\${peer#*,}" "$@" ping \${from:+-I "$from"} &
  done
  wait
}
lookups() {
  for peer in $peers; do echo "-- \${peer#*,}"; ip -o route get "\${peer#*,}" from "$own" iif "$bridge"; done
}
# A peer's packet, as it would come in: here the reverse path filter has its say.
arrivals() {
  for peer in $peers; do echo "-- \${peer#*,} $inbound"; ip -o route get "$own" from "\${peer#*,}" iif "$inbound"; done
}

addresses=$(ip -o -4 address show)
own= peers= gateway=
outer=$(ip -o -4 address show dev "$iface")
while read -r public pod; do
  case $outer in *" inet $public/"*) own=$pod ;; *) peers="$peers $public,$pod" ;; esac
done
for word in $(ip -o -4 address show dev "$bridge"); do
  case $word in */*) gateway=\${word%/*}; break ;; esac
done
section connection echo "\${SSH_CONNECTION-}"
section processes processes
section leases leases
[ -z "$config" ] || section config config
section addresses printf '%s\\n' "$addresses"
section links links
section routes ip -o -d -4 route show table all root "$network"
section neighbours ip -4 neighbour show dev "$device"
section fdb bridge fdb show dev "$device"
section subnet_file cat "$file"
section kernel kernel
section forward iptables -S FORWARD
section lookups lookups
[ -z "$inbound" ] || section arrivals arrivals
if [ "$count" -gt 0 ]; then
  section counters counters
  section pings pings "$@"
  section counters_after counters
fi
section uptime cat /proc/uptime
section processes_after processes
if [ -n "$log" ]; then
  pids=$(processes)
  printf '\\n== log\\n'
  log_tail "$log" 2000000 | of_process "\${pids%% *}" | grep -F "$telling"
fi
exit 0
`;
