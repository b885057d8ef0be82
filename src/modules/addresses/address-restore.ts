import { routeFunctions } from '../routes/route-scripts.ts';
import { withoutFunction } from '../shared/without.ts';
import { giveBackFunctions } from './address-routes.ts';
import { nearRoutes, putAgainFunction } from './address-scripts.ts';

/**
 * awk: of `ip -o address show` each address with its length, a tab, the words for `ip address add`, a tab, the words that say how long it
 * is lent; in the order in which they were added: of IPv6 the newest is first.
 */
const awkAddresses = `
function wanted(flag) { return flag ~ /^(noprefixroute|nodad|home|mngtmpaddr|autojoin)$/ }
NF {
  gsub(/\\\\/, " "); split("", at); label = flags = ""; lent = deprecated = 0
  for (i = 5; i <= NF; i++) {
    if ($i ~ /^(peer|brd|any|scope|metric|proto|valid_lft|preferred_lft)$/) { at[$i] = $(i + 1); i++ }
    else if (index($i, device ":") == 1) label = $i
    else if (wanted($i)) flags = flags " " $i
    else if ($i == "dynamic") lent = 1
    else if ($i == "deprecated") deprecated = 1
  }
  own = $4
  if (own !~ /\\//) own = own "/" (at["peer"] ~ /\\// ? substr(at["peer"], index(at["peer"], "/") + 1) : own ~ /:/ ? 128 : 32)
  words = $4 ("peer" in at ? " peer " at["peer"] : "") ("brd" in at ? " broadcast " at["brd"] : "") ("metric" in at ? " metric " at["metric"] : "")
  words = words " scope " ("scope" in at ? at["scope"] : "global") (label == "" ? "" : " label " label) flags (deprecated && !lent ? " preferred_lft 0" : "")
  sub(/sec$/, "", at["valid_lft"]); sub(/sec$/, "", at["preferred_lft"])
  line[++n] = own "\\t" words "\\t" (lent ? "valid_lft " at["valid_lft"] " preferred_lft " at["preferred_lft"] : "")
}
END { for (i = 1; i <= n; i++) print line[own ~ /:/ ? n + 1 - i : i] }`;

/**
 * `$1` device, `$2` -4 or -6, `$3` the address with its length. On the input `address WORDS`, if it was there, `behind WORDS` for those that
 * stood behind it in its subnet, in order, and `route LINE` for the routes over the device and from these
 * addresses, with what shares the key of one, in order.
 *
 * The kernel puts an address that is added last in its subnet, so those that stand before one that is missing are taken away, the last first.
 * What the kernel takes with an address (others of its subnet, routes) is given back at once.
 */
export const addressRestoreScript = `device=$1 family=$2 own=$3 numbers= nl='
' tab='	'
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
${giveBackFunctions}
${putAgainFunction}
${nearRoutes}
look() {
  if ! found=$(ip -o "$family" address show dev "$device" 2>&1); then
    case $found in
      *'does not exist'* | *"can't find device"* | *'Cannot find device'*) found= ;;
      *) echo "the addresses of $device could not be read, nothing more is put back: $found" >&2; exit 1 ;;
    esac
  fi
  table=$(printf '%s\\n' "$found" | awk -v device="$device" '${awkAddresses}')
  is=$(printf '%s\\n' "$table" | awk -F '\\t' -v own="$own" '$1 == own { print $2 }')
  stands=$(printf '%s\\n' "$sequence" '=' "$table" | awk -F '\\t' '
    $0 == "=" { past = 1; next } !past { wanted[$0]; next } $2 != "" && ($2 in wanted) { print $2 }')
  over=$(near "$family" "$device" "\${own%/*}" "$found" | clean | grep -v -E ' proto (kernel|ra|redirect)( |$)')
}
${withoutFunction}
as_before() { [ "$stands" = "$sequence" ] && [ "$is" = "$was" ] && [ -z "$(astray "$routes" "$over")" ]; }
try() {
  problem=$("$@" 2>&1 </dev/null) && return
  case $problem in *'File exists'* | *'already assigned'*) ;; *) why="$why$*: $problem$nl" ;; esac
}
# Of lines on the input. A point-to-point address is told with its other end.
remove() {
  while read -r words; do
    case $words in '') ;; *' peer '*) try ip "$family" address del $words dev "$device" ;; *) try ip "$family" address del "\${words%% *}" dev "$device" ;; esac
  done
}
add() {
  while read -r words; do
    case $words in '') continue ;; esac
    case $table_then in *"$tab$words$tab"*) try put_again $words ;; *) try ip "$family" address add $words dev "$device" ;; esac
  done
}
# With what went since this began; of IPv6 not what has its source address back.
lost_routes() {
  if [ -z "$was" ]; then printf '%s\\n' "$over_then" | grep -v -E " src \${own%/*}( |$)"; return; fi
  bare=
  [ "$family" = -4 ] || bare=$(printf '%s\\n' "$routes" | sed -E 's/ src [^ ]+//')
  printf '%s\\n' "$routes"
  without "$over_then" "$routes$nl$over$nl$bare"
}
# Those that stand behind the first one that is not in its place, the last first.
misplaced() {
  printf '%s\\n' "$sequence" '=' "$stands" | awk '
    $0 == "=" { past = 1; next }
    !past { wanted[++n] = $0; next }
    NF { if (!bad && wanted[++m] == $0) next; bad = 1; line[++k] = $0 }
    END { for (; k > 0; k--) print line[k] }'
}
given=$(cat)
was=$(printf '%s\\n' "$given" | sed -n 's/^address //p')
behind=$(printf '%s\\n' "$given" | sed -n 's/^behind //p')
routes=$(printf '%s\\n' "$given" | sed -n 's/^route //p')
sequence=$was\${behind:+$nl$behind}
look
table_then=$table over_then=$over
for pass in 1 2 3; do
  ! as_before || exit 0
  why=
  [ -z "$sequence" ] || remove <<LINES
$(misplaced)
LINES
  [ "$is" = "$was" ] || remove <<LINES
$is
LINES
  look
  add <<LINES
$(without "$sequence" "$stands")
LINES
  add <<LINES
$(without "$table_then" "$table" | awk -F '\\t' -v own="$own" '$1 != own { print $2, $3 }')
LINES
  look
  problem=$(lost_routes | give_back 2>&1) || why="$why$problem$nl"
  look
done
! as_before || exit 0
{
  printf %s "$why"
  [ -z "$was" ] || [ "$is" = "$was" ] || echo "this address is missing: $was"
  [ -n "$was" ] || [ -z "$is" ] || echo "this address was not there: $is"
  without "$behind" "$stands" | sed 's/^/this address is missing: /'
  without "$routes" "$over" | sed 's/^/this route is missing: /'
  [ -n "$(without "$routes" "$over")" ] || astray "$routes" "$over" | sed 's/|.*//; s/^/these routes do not stand as they did: /'
  echo "the addresses of $device are not as they were"
} >&2
exit 1`;
