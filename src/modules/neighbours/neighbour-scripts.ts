import { withoutFunction } from '../shared/without.ts';

/** Shell: reads into `found` what is configured. A device that is not there has no neighbours. */
const reading = `if [ -n "$proxy" ]; then found=$(ip neigh show proxy \${address:+to "$address"} dev "$device" 2>&1)
else found=$(ip neigh show \${address:+to "$address"} dev "$device" nud permanent nud noarp 2>&1)
fi || case $found in *'does not exist'* | *"can't find device"* | *'Cannot find device'*) found= ;; *) printf '%s\\n' "$found" >&2; exit 1 ;; esac`;

/** `$1` device, `$2` not empty: proxy entries, `$3` an address or empty: all. */
export const neighbourProbeScript = `device=$1 proxy=$2 address=$3
LC_ALL=C; export LC_ALL
${reading}
printf '=== entries\\n%s\\n=== end\\n' "$found"`;

/** Every line is tried and may be tried again. Words are never evaluated. */
export const neighbourApplyScript = `device=$1 failed=0
LC_ALL=C; export LC_ALL
set -f
while read -r verb words; do
  problem=$(ip neigh "$verb" $words dev "$device" 2>&1 </dev/null) && continue
  case "$verb $problem" in 'del '*'No such file or directory'*) continue ;; esac
  echo "ip neigh $verb $words dev $device: $problem" >&2
  failed=2
done
exit "$failed"`;

/** awk: what `ip neigh show` printed as words for `ip neigh replace`; without what the kernel makes for multicast. */
const awkEntries = `
NF && tolower($1) !~ /^(ff|2(2[4-9]|3[0-9])[.])/ {
  lladdr = nud = flags = by = ""
  for (i = 2; i <= NF; i++) {
    if ($i == "lladdr") lladdr = " lladdr " $(i + 1)
    else if ($i == "PERMANENT" || $i == "NOARP") nud = tolower($i)
    else if ($i == "proto") by = " protocol " $(i + 1)
    else if ($i == "router" || ($i == "extern_learn" && proxy == "")) flags = flags " " $i
  }
  if (address == "" && nud == "noarp") next
  print proxy != "" ? "proxy " $1 flags by : $1 lladdr (nud == "" ? "" : " nud " nud) flags by
}`;

/** As the probe's arguments; on the input a line of words for each entry as it was. What is missing comes before what is too much goes. */
export const neighbourRestoreScript = `device=$1 proxy=$2 address=$3 why= nl='
'
LC_ALL=C; export LC_ALL
set -f
look() {
  ${reading}
  is=$(printf '%s\\n' "$found" | awk -v proxy="$proxy" -v address="$address" '${awkEntries}' | sort)
}
${withoutFunction}
targets() { printf '%s\\n' "$1" | awk 'NF { print $1 == "proxy" ? $1 " " $2 : $1 }'; }
all() {
  while read -r words; do
    [ -z "$words" ] || problem=$(ip neigh "$1" $words dev "$device" 2>&1 </dev/null) || why="$why""ip neigh $1 $words dev $device: $problem$nl"
  done
}
was=$(sort)
look
[ "$is" != "$was" ] || exit 0
all replace <<LINES
$(without "$was" "$is")
LINES
all del <<LINES
$(without "$(targets "$is")" "$(targets "$was")")
LINES
look
[ "$is" != "$was" ] || exit 0
{
  printf %s "$why"
  without "$was" "$is" | sed 's/^/this neighbour is missing: /'
  without "$is" "$was" | sed 's/^/this neighbour was not there: /'
  echo "the neighbours of $device are not as they were"
} >&2
exit 1`;
