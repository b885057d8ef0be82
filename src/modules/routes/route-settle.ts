import { withoutFunction } from '../shared/without.ts';

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
  if (at["proto"] ~ /^(kernel|ra|redirect|2|9|1)$/ || (only != "" && at["proto"] !~ only)) return 0
  return (dev == "" || index(devices, " " dev " ")) && (proto == "" || index("|" proto "|", "|" at["proto"] "|"))
}`;

/**
 * Shell: `is_lone FAMILY LINE` tells whether just one route stands where LINE belongs, and not one that the kernel keeps: only in the place
 * of such a one may it be put.
 */
export const loneRouteFunction = `is_lone() {
  lone_to=\${2#* } lone_table=main
  case $2 in *' table '*) lone_table=\${2#* table }; lone_table=\${lone_table%% *} ;; esac
  named "$1" -o -d route show table "$lone_table" exact "\${lone_to%% *}" 2>/dev/null | clean | awk -v line="$2" '${awkRoute}
    BEGIN { take(line); its = slot }
    NF { take($0); if (slot == its) { there++; if (!counts()) kept++ } }
    END { exit !(there == 1 && !kept) }'
}`;

/**
 * Shell: `settle SLOT` brings the routes of one slot to those of `wanted` (lines without their table, in order). Of `family` and `table`; of `dev`,
 * `proto` and `only` as above, empty for all. What went wrong comes behind `why`; `nl` is a line break. Needs `routeFunctions`.
 */
export const settleFunctions = `functions='${awkRoute}'
route_awk() { awk -v dev="$dev" -v proto="$proto" -v only="$only" -v named="$2" "$functions $1"; }
# \`now\`: the routes that count; \`crowd\`: how many there are of all origins.
look() {
  if ! found=$(named "$family" -o -d route show table "$table" "$@" 2>/dev/null); then
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
${withoutFunction}
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
}`;
