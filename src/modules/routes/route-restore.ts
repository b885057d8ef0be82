import { routeFunctions } from './route-scripts.ts';

/**
 * awk: `take` takes a route apart (its slot is what the kernel keys it on: prefix, type of service, metric, source); `counts` tells whether it is
 * one of those that are put back. The words of a tunnel stand after `encap` and are not the route's own.
 */
export const awkRoute = `
function take(line,  count, i, name) {
  split("", at); devices = " "; onlink = line !~ / (via|nexthop|encap) / && line ~ / dev /
  count = split(line, w, " ")
  for (i = 4; i <= count; i++) if (w[i - 1] == "dev") devices = devices w[i] " "
  for (i = 3; i <= count && w[i] != "nexthop"; i++) {
    name = w[i]
    if (name == "onlink") continue
    if (name == "encap") { while (i < count && w[i + 1] !~ /^(via|dev|table|proto)$/) i++; continue }
    if (w[i + 1] == "lock" || (name == "via" && w[i + 1] ~ /^inet6?$/)) i++
    at[name] = w[++i]
  }
  prefix = w[2]; slot = prefix "|" at["tos"] "|" at["metric"] "|" at["from"]
}
function counts() {
  if (at["proto"] ~ /^(kernel|ra|redirect)$/ || (only != "" && at["proto"] !~ only)) return 0
  return (dev == "" || index(devices, " " dev " ")) && (proto == "" || index("|" proto "|", "|" at["proto"] "|"))
}`;

/**
 * Shell: `is_lone FAMILY LINE` tells whether just one route stands where LINE belongs, and not one that the kernel keeps: only in the place
 * of such a one may it be put.
 */
export const loneRouteFunction = `is_lone() {
  lone_to=\${2#* } lone_table=main
  case $2 in *' table '*) lone_table=\${2#* table }; lone_table=\${lone_table%% *} ;; esac
  ip "$1" -o -d route show table "$lone_table" exact "\${lone_to%% *}" 2>/dev/null | clean | awk -v line="$2" '${awkRoute}
    BEGIN { take(line); its = slot }
    NF { take($0); if (slot == its) { there++; if (!counts()) kept++ } }
    END { exit !(there == 1 && !kept) }'
}`;

/**
 * `$1` -4 or -6, `$2` table, `$3` exact or root, `$4` prefix; of these routes only those over the device `$5`, of the origin `$6` (its
 * spellings, with | between; empty: all), and only those whose origin matches `$7`. On the input `over NAME KIND MAC` for devices and `route LINE` for each route as it was, in order.
 *
 * What is there already stays. Within a slot missing routes come first, then the others go; the kernel takes the first that fits what a
 * `del` says, so it is only told to delete what stands first, or what was looked at again after. Nothing goes from a prefix that could not be
 * given back its own routes. Words are never evaluated.
 */
export const routeRestoreScript = `family=$1 table=$2 select=$3 within=$4 dev=$5 proto=$6 only=$7 wanted= why= nl='
'
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
functions='${awkRoute}'
route_awk() { awk -v dev="$dev" -v proto="$proto" -v only="$only" -v named="$2" "$functions $1"; }
# \`now\`: the routes that count; \`crowd\`: how many there are of all origins.
look() {
  if ! found=$(ip "$family" -o -d route show table "$table" "$@" 2>/dev/null); then
    problem=$(ip "$family" -o -d route show table "$table" "$@" 2>&1)
    case $problem in
      *'FIB table does not exist'*) found= ;;
      *) echo "the routes of table $table could not be listed, nothing more is put back: $problem" >&2; exit 1 ;;
    esac
  fi
  found=$(printf '%s\\n' "$found" | clean)
  now=$(printf '%s\\n' "$found" | route_awk '$0 != "" { take($0); if (counts()) print }')
}
look_at() {
  look exact "\${1%%|*}"
  now=$(of_slot "$1" "$now")
  crowd=$(of_slot "$1" "$found" | grep -c .)
}
of_slot() { printf '%s\\n' "$2" | route_awk '$0 != "" { take($0); if (slot == named) print }' "$1"; }
without() { printf '%s\\n' "$2" '=' "$1" | awk '$0 == "=" { past = 1; next } !past { out[$0]; next } $0 != "" && !($0 in out)'; }
first() { printf '%s' "\${1%%"$nl"*}"; }
rest() { case $1 in *"$nl"*) printf '%s' "\${1#*"$nl"}" ;; esac; }
write() {
  for word in $strangers; do
    case " $2 " in *" dev $word "*)
      if [ -z "$(without "$2" "$at_first")" ]; then continue; fi
      problem="$word is another device than it was"; why="$why$2 is not put back: $problem$nl"; return 1 ;;
    esac
  done
  verb=$1 type=\${2%% *} rest=\${2#* }
  to=\${rest%% *}
  rest=\${rest#"$to"} own=$(advertised "$to")
  if problem=$(ip "$family" route "$verb" "$type" "$to" table "$table" $rest 2>&1 </dev/null); then
    if [ "$verb" != append ] || [ "$(advertised "$to")" = "$own" ]; then return; fi
    ip "$family" route del "$type" "$to" table "$table" $rest </dev/null
    problem='it became a part of a route that a router advertises, and was taken out again'
  fi
  why="$why""ip route $1 $2 (table $table): $problem$nl"
  return 1
}
# IPv6 calls two routes the same that differ in size or origin only.
write_all() {
  failed=0
  while read -r line; do
    [ -z "$line" ] || write "$1" "$line" || case $family$problem in -6*'File exists'*) ;; *) failed=1 ;; esac
  done <<LINES
$2
LINES
  return "$failed"
}
settle() {
  want=$(of_slot "$1" "$wanted")
  for round in 1 2 3 4; do
    look_at "$1"
    [ "$round" -gt 1 ] || at_first=$now
    [ "$now" != "$want" ] || return 0
    if [ -z "$want" ]; then write_all del "$now"; return; fi
    if [ "$crowd" = 1 ] && [ -n "$now" ]; then write replace "$(first "$want")" && now=$(first "$want"); fi
    missing=$(without "$want" "$now") extra=$(without "$now" "$want")
    write_all append "$missing" || return
    [ -z "$extra" ] || write_all del "$extra" || return
    look_at "$1"
    [ "$now" != "$want" ] || return 0
    [ -n "$(without "$want" "$now")$(without "$now" "$want")" ] || in_order || return
  done
}
# From the front up to the last one, which stays until others are there.
in_order() {
  while [ -n "$(rest "$now")" ]; do write del "$(first "$now")" || return; now=$(rest "$now"); done
  around=$nl$want$nl
  ahead=\${around%%"$nl$now$nl"*} behind=\${around#*"$nl$now$nl"}
  write_all append "$ahead" || return
  if [ -n "$ahead" ]; then write del "$now"; write append "$now" || return; fi
  write_all append "$behind"
}
while read -r verb words; do
  case $verb in
    over) over $words 2>/dev/null ;;
    route) wanted="$wanted$words$nl" ;;
  esac
done
wanted=\${wanted%"$nl"}
# Prefixes on a link are first, since gateways of others may be there; then those that have no place any more.
differing() {
  printf '%s\\n' "$wanted" '=' "$now" | route_awk '
    $0 == "=" { side = 1; next }
    $0 == "" { next }
    { take($0); if (!(slot in kind)) { slots[++count] = slot; kind[slot] = side ? 3 : onlink ? 1 : 2 }
      is[side + 0, slot] = is[side + 0, slot] $0 "\\n" }
    END { for (k = 1; k <= 3; k++) for (i = 1; i <= count; i++)
      if (kind[slots[i]] == k && is[0, slots[i]] != is[1, slots[i]]) print slots[i] }'
}
# Has the prefix all of its own routes, so that others may go?
complete() {
  look exact "\${1%%|*}"
  own=$(printf '%s\\n' "$wanted" | route_awk '$0 != "" { take($0); if (prefix == named) print }' "\${1%%|*}")
  [ -z "$(without "$own" "$now")" ]
}
for pass in 1 2 3; do
  look "$select" "$within"
  slots=$(differing)
  [ -n "$slots" ] || break
  why=
  for one in $slots; do
    if [ -n "$(of_slot "$one" "$wanted")" ] || complete "$one"; then settle "$one"; fi
  done
done
look "$select" "$within"
[ "$now" != "$wanted" ] || exit 0
{
  printf %s "$why"
  without "$wanted" "$now" | sed 's/^/this route is missing: /'
  without "$now" "$wanted" | sed 's/^/this route was not there: /'
  echo 'the routes are not as they were'
} >&2
exit 1`;
