import { namedFunction } from '../shared/ip-listing.ts';

/**
 * `$1` -4 or -6, `$2` table, `$3` exact or root, `$4` prefix, `$5` numbers for `named`. The routes, then those devices that they lead over which a program made
 * (the kernel names their kind), each with its MAC: the name may mean another one tomorrow. A bridge is left out, its MAC follows its ports. A host whose `ip` is BusyBox's, or
 * that has none, says so.
 */
export const routeProbeScript = `LC_ALL=C; export LC_ALL; numbers=\${5-}
${namedFunction}
routes=$(named "$1" -o -d route show table "$2" "$3" "$4")
code=$?
if [ $code -ne 0 ] && ! ip -V >/dev/null 2>&1; then
  if command -v ip >/dev/null; then echo '=== busybox'; exec ip "$1" -o route show table "$2" "$3" "$4"; fi
  if [ "$1" = -4 ] && [ "$2" = main ]; then echo '=== proc'; exec cat /proc/net/route; fi
fi
[ -z "$routes" ] || printf '%s\\n' "$routes"
[ $code -eq 0 ] || exit $code
set -f
seen=' ' last=
for word in $routes; do
  if [ "$last" = dev ]; then case $seen in *" $word "*) ;; *) seen="$seen$word " ;; esac; fi
  last=$word
done
echo '=== devices'
for device in $seen; do
  kind=device mac=
  read -r mac <"/sys/class/net/$device/address" || continue
  while read -r word; do case $word in DEVTYPE=*) kind=\${word#*=} ;; esac; done <"/sys/class/net/$device/uevent"
  case $kind in bridge | device) ;; *) echo "$device $kind $mac" ;; esac
done 2>/dev/null`;

/**
 * Shell functions, with `named`, which needs `numbers`: `clean` takes off its lines what `ip` prints of the moment or does not take back; `over` notes a device that is not the one it was. `advertised`
 * prints the kernel's own IPv6 routes to the prefix `$1`: the kernel makes a route that is appended a way of such a one where it can.
 */
export const routeFunctions = `${namedFunction}
clean() {
  tr -s '\\\\ \\t' ' ' |
    sed -E -e '/^ ?nh_info /d' -e ':flags' -e 's/ (linkdown|dead|(rt_)?offload(_failed)?|(rt_)?trap|cache|pervasive)( |$)/ /' -e 'tflags' \
      -e 's/ rto_min lock / rto_min /' -e ':segments' -e 's/( segs [0-9]+ \\[ [^] ]+) ([^] ]+)/\\1,\\2/' -e 'tsegments' \
      -e 's/ segs [0-9]+ \\[ ([^] ]+) \\]/ segs \\1/' -e 's/ expires [0-9]+sec//' -e 's/ error -?[0-9]+( |$)/ /' -e 's/ +/ /g' -e 's/ $//'
}
advertised() {
  [ "$family" = -4 ] ||
    named -6 -o -d route show table "$table" exact "$1" 2>/dev/null | clean | grep -E ' proto (kernel|ra|redirect|2|9|1)( |$)'
}
strangers=' '
over() {
  kind=device mac=
  read -r mac <"/sys/class/net/$1/address" || return
  while read -r word; do case $word in DEVTYPE=*) kind=\${word#*=} ;; esac; done <"/sys/class/net/$1/uevent"
  [ "$kind $mac" = "$2 $3" ] || strangers="$strangers$1 "
}`;

/**
 * `$1` -4 or -6, `$2` table, `$3` numbers for `named`. Deletes only a line that is listed: a delete without a metric would otherwise take the next metric's
 * route. Writes no route over a device that is not the one it was (`over NAME KIND MAC`). Lines are split into words with globbing off,
 * never evaluated; every one is tried and may be tried again.
 */
export const routeApplyScript = `family=$1 table=$2 numbers=\${3-} failed=0
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
list() { named "$family" -o -d route show table "$table" "$@" 2>/dev/null | clean; }
at_first=$(list)
while read -r verb type prefix rest; do
  if [ "$verb" = over ]; then over "$type" "$prefix" "$rest" 2>/dev/null; continue; fi
  line="$type $prefix\${rest:+ $rest}"
  if [ "$verb" = del ]; then printf '%s\\n' "$at_first" | grep -Fqx -- "$line" || continue
  else
    for word in $strangers; do
      case " $line " in *" dev $word "*)
        echo "$line is not put back: $word is another device than it was" >&2; failed=2; continue 2 ;;
      esac
    done
  fi
  own=$(advertised "$prefix")
  if problem=$(ip "$family" route "$verb" "$type" "$prefix" table "$table" $rest 2>&1 </dev/null); then
    if [ "$verb" != append ] || [ "$(advertised "$prefix")" = "$own" ]; then continue; fi
    ip "$family" route del "$type" "$prefix" table "$table" $rest </dev/null
    problem='it became a part of a route that a router advertises, and was taken out again; give it another metric'
  fi
  if [ "$verb" = append ]; then list exact "$prefix" | grep -Fqx -- "$line" && continue; fi
  echo "ip route $verb $line (table $table): $problem" >&2
  failed=2
done
exit "$failed"`;
