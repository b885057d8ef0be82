import { routeFunctions } from '../routes/route-scripts.ts';

/**
 * awk: of `ip -o address show` each address with its length, a tab, the words for `ip address add`, a tab, the words that say how long it
 * is lent.
 */
const awkAddresses = `
function wanted(flag) { return flag ~ /^(noprefixroute|nodad|home|mngtmpaddr|autojoin)$/ }
NF {
  gsub(/\\\\/, " "); split("", at); label = flags = ""; lent = 0
  for (i = 5; i <= NF; i++) {
    if ($i ~ /^(peer|brd|any|scope|metric|proto|valid_lft|preferred_lft)$/) { at[$i] = $(i + 1); i++ }
    else if (index($i, device ":") == 1) label = $i
    else if (wanted($i)) flags = flags " " $i
    else if ($i == "dynamic") lent = 1
  }
  own = $4
  if (own !~ /\\//) own = own "/" (at["peer"] ~ /\\// ? substr(at["peer"], index(at["peer"], "/") + 1) : own ~ /:/ ? 128 : 32)
  words = $4 ("peer" in at ? " peer " at["peer"] : "") ("brd" in at ? " broadcast " at["brd"] : "") ("metric" in at ? " metric " at["metric"] : "")
  words = words " scope " ("scope" in at ? at["scope"] : "global") (label == "" ? "" : " label " label) flags
  sub(/sec$/, "", at["valid_lft"]); sub(/sec$/, "", at["preferred_lft"])
  print own "\\t" words "\\t" (lent ? "valid_lft " at["valid_lft"] " preferred_lft " at["preferred_lft"] : "")
}`;

/**
 * `$1` device, `$2` -4 or -6, `$3` the address with its length. On the input `address WORDS`, if it was there, `behind WORDS` for those that
 * stood behind it in its subnet, in order, and `route LINE` for the routes over the device and from the address.
 *
 * The kernel puts an address that is added last in its subnet, so those that stand before one that is missing are taken away, the last first.
 * What the kernel takes with an address (others of its subnet, routes) is given back at once.
 */
export const addressRestoreScript = `device=$1 family=$2 own=$3 nl='
' tab='	'
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
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
  over=$(ip "$family" -o -d route show table all 2>/dev/null | clean | sed 's/$/ /' |
    grep -F -e " dev $device " -e " src \${own%/*} " | sed 's/ $//' | grep -v -E '^(local|broadcast|anycast|multicast) | proto kernel ')
}
without() { printf '%s\\n' "$2" '=' "$1" | awk '$0 == "=" { past = 1; next } !past { out[$0]; next } $0 != "" && !($0 in out)'; }
as_before() { [ "$stands" = "$sequence" ] && [ "$is" = "$was" ] && [ -z "$(without "$routes" "$over")" ]; }
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
add() { while read -r words; do [ -z "$words" ] || try ip "$family" address add $words dev "$device"; done; }
append() { while read -r words; do [ -z "$words" ] || try ip "$family" route append $words; done; }
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
  gone=$(without "$over_then" "$over")
  [ -n "$was" ] || gone=$(printf '%s\\n' "$gone" | grep -v -E " src \${own%/*}( |$)")
  gone=$(without "$routes" "$over")$nl$gone
  append <<LINES
$(printf '%s\\n' "$gone" | grep -v ' via ')
$(printf '%s\\n' "$gone" | grep ' via ')
LINES
  look
done
! as_before || exit 0
{
  printf %s "$why"
  [ -z "$was" ] || [ "$is" = "$was" ] || echo "this address is missing: $was"
  [ -n "$was" ] || [ -z "$is" ] || echo "this address was not there: $is"
  without "$behind" "$stands" | sed 's/^/this address is missing: /'
  without "$routes" "$over" | sed 's/^/this route is missing: /'
  echo "the addresses of $device are not as they were"
} >&2
exit 1`;
