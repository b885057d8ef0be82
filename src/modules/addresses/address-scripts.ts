import { routeFunctions } from '../routes/route-scripts.ts';
import { namedFunction } from '../shared/ip-listing.ts';
import { giveBackFunctions } from './address-routes.ts';

/**
 * Shell: `near FAMILY DEVICE ADDRESS LIST` prints the routes over the device, and those from the address or another of the list that `ip` gave of the
 * device, with all others to the same prefixes. Needs `named`.
 */
export const nearRoutes = `near() {
  routes() { named "$1" -o -d route show table all 2>/dev/null | grep -v -E '^(local|broadcast|anycast|multicast) '; }
  theirs=$(printf ' dev %s \\n src %s \\n' "$2" "$3"; printf '%s\\n' "$4" | sed -n -E 's/^.* inet6? ([^ /]+).*/ src \\1 /p')
  { routes "$1" | grep -F -e "$theirs"; echo =; routes "$1"; } | awk '$0 == "=" { past = 1; next } !past { near[$2]; next } $2 in near'
}`;

/** `$1` device, `$2` -4 or -6, `$3` the address. A device that is not there has no address. */
export const addressProbeScript = `LC_ALL=C; export LC_ALL; numbers=
${namedFunction}
if ! found=$(ip -o "$2" address show dev "$1" 2>&1); then
  case $found in *'does not exist'* | *"can't find device"* | *'Cannot find device'*) echo '=== end'; exit 0 ;; esac
  printf '%s\\n' "$found" >&2; exit 1
fi
printf '=== addresses\\n%s\\n=== routes\\n' "$found"
${nearRoutes}
near "$2" "$1" "$3" "$found"
printf '=== end\\n'`;

/**
 * Shell: `put_again WORDS` adds an IPv6 address that was taken away a moment ago: nobody else can have it yet, and it is usable at once.
 * Needs `family` and `device`.
 */
export const putAgainFunction = `put_again() {
  case "$family $* " in -4* | *' nodad '*) ip "$family" address add "$@" dev "$device"; return ;; esac
  ip -6 address add "$@" nodad dev "$device" || return
  ip -6 address change "$@" dev "$device" 2>/dev/null && return
  ip -6 address del "$1" dev "$device" && ip -6 address add "$@" dev "$device"
}`;

/** Every line is tried and may be tried again; what is there already is no error. Words are never evaluated. */
export const addressApplyScript = `device=$1 family=$2 failed=0 back= numbers= nl='
'
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
${giveBackFunctions}
${putAgainFunction}
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
    keep) listed "$1" || try put_again "$@" ;;
    aside) if listed "$1"; then try ip "$family" address del "$1" dev "$device"; fi ;;
    route) back=$back$words$nl ;;
  esac
done
[ -z "$back" ] || give_back <<LINES || failed=2
$back
LINES
exit "$failed"`;
