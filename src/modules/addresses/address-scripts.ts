/**
 * `$1` device, `$2` -4 or -6, `$3` the address. A device that is not there has no address. The routes are those over the device and those
 * from the address.
 */
export const addressProbeScript = `LC_ALL=C; export LC_ALL
if ! found=$(ip -o "$2" address show dev "$1" 2>&1); then
  case $found in *'does not exist'* | *"can't find device"* | *'Cannot find device'*) echo '=== end'; exit 0 ;; esac
  printf '%s\\n' "$found" >&2; exit 1
fi
printf '=== addresses\\n%s\\n=== routes\\n' "$found"
ip "$2" -o -d route show table all 2>/dev/null | grep -F -e " dev $1 " -e " src $3 " |
  grep -v -E '^(local|broadcast|anycast|multicast) '
printf '=== end\\n'`;

/** Every line is tried and may be tried again; what is there already is no error. Words are never evaluated. */
export const addressApplyScript = `device=$1 family=$2 failed=0
LC_ALL=C; export LC_ALL
set -f
listed() { ip "$family" -o address show dev "$device" | grep -qE "inet6? $1 "; }
try() {
  problem=$("$@" 2>&1 </dev/null) && return
  case $problem in *'File exists'* | *'already assigned'*) return ;; esac
  echo "$*: $problem" >&2; failed=2
}
while read -r verb words; do
  set -- $words
  case $verb in
    del) if listed "$1"; then try ip "$family" address del "$@" dev "$device"; fi ;;
    add) try ip "$family" address add "$@" dev "$device" ;;
    keep) listed "$1" || try ip "$family" address add "$@" dev "$device" ;;
    aside) if listed "$1"; then try ip "$family" address del "$1" dev "$device"; fi ;;
    route) ip "$family" -o -d route show table all | tr -s '\\\\ \\t' ' ' | sed -e 's/ linkdown / /' -e 's/ dead / /' -e 's/ $//' | grep -Fqx -- "$words" ||
      try ip "$family" route append "$@" ;;
  esac
done
exit "$failed"`;
