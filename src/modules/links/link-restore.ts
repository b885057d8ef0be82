import { routeFunctions } from '../routes/route-scripts.ts';
import { awkRoute, loneRouteFunction } from '../routes/route-settle.ts';
import { withoutFunction } from '../shared/without.ts';
import { awkAddresses, awkEntries, awkLink, awkNeighbours } from './link-awk.ts';
import { confFunctions } from './link-conf.ts';
import { orderFunction } from './link-order.ts';

/**
 * `$1` the name; `$2` absent: it was not there; unmakeable: it could not be made again. On the input what it was, as lines of a word and what
 * belongs to it: `kind`, `mac`, `mtu`, `queue` (of older journals not), `up`, `master`, `options`, `unusual`, each `4` and `6` (addresses), `neighbour`, `fdb`, `port`, `conf` (of older journals `unknown`), `route`, `order`, `lost` and `index`.
 *
 * A device that is there is changed in place if it can be; what it carries comes back in the order that works, what is missing before what
 * is too much goes. A route that others replaced while the device was up takes its place back; otherwise it stands behind others.
 */
export const linkRestoreScript = `name=$1 mode=$2 why= numbers= nl='
'
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
${loneRouteFunction}
${confFunctions}
${orderFunction}
functions='${awkRoute}'
${withoutFunction}
of() { printf '%s\\n' "$2" | sed -n "s/^$1 //p"; }
try() { problem=$("$@" 2>&1 </dev/null) || why="$why$*: $problem$nl"; }
look() {
  is=
  if ! found=$(ip -o -d link show dev "$name" 2>&1); then
    case $found in *'does not exist'*) return ;; esac
    echo "$name could not be read, nothing more is put back: $found" >&2; exit 1
  fi
  is=$(printf '%s\\n' "$found" | awk '${awkLink}'
    ip -o address show dev "$name" | awk '${awkAddresses}'
    ip neigh show dev "$name" nud permanent | awk '${awkNeighbours}' | sort
    first=$(printf '%s\\n' "$given" | sed -n -E 's/^options .*(remote|group) ([^ ]+).*/\\2/p')
    bridge fdb show dev "$name" | awk -v first="$first" '${awkEntries}' | sort
    ip -o link show master "$name" | sed -e 's/^[0-9]*: */port /' -e 's/[:@].*//' | sort
    conf "$name" | sed 's/^/conf /')
  case "$nl$was" in *"\${nl}queue "*) ;; *) is=$(printf '%s\\n' "$is" | sed '/^queue /d') ;; esac
  case $was in *"\${nl}conf unknown"*) is=$(printf '%s\\n' "$is" | sed '/^conf /d'; echo 'conf unknown') ;; esac
  stands=$(order "$name")
  over=$(for family in -4 -6; do named "$family" -o -d route show table all | grep -F " dev $name "; done | clean)
}
as_before() {
  if [ "$mode" = absent ]; then [ -z "$is" ]; else [ "$is" = "$was" ] && [ -z "$(without "$routes" "$over")$(astray)$(not_kept)" ]; fi
}
# What only the device that it was had.
not_kept() { if [ -n "$index" ] && [ "$(cat "/sys/class/net/$name/ifindex" 2>/dev/null)" != "$index" ]; then printf '%s\\n' "$lost"; fi; }
# Routes that stand otherwise to those of others than they did.
astray() {
  printf '%s\\n' "$standing" '=' "$stands" | awk '
    $0 == "=" { past = 1; next }
    { word = $1; sub(/^[a-z]+ /, "") }
    !past { was[$0] = word; next }
    ($0 in was) && was[$0] != word && (was[$0] != "behind" || word != "between") { print was[$0] " " $0 }'
}
differs() { [ "$(of "$1" "$is")" != "$(of "$1" "$was")" ]; }
# $1 lines; the rest is a command, in which @ stands for the line and % for its first word.
all() {
  lines=$1; shift
  while read -r line; do
    [ -n "$line" ] || continue
    words=
    for word in "$@"; do case $word in @) words="$words $line" ;; %) words="$words \${line%% *}" ;; *) words="$words $word" ;; esac; done
    try $words
  done <<LINES
$lines
LINES
}
missing() { without "$(of "$1" "$was")" "$(of "$1" "$is")"; }
settings() { of conf "$1" | cut -d ' ' -f 1,2; }
extra() { without "$(of "$1" "$is")" "$(of "$1" "$was")"; }
# Those that stand behind the first one that is not in its place, the last first.
misplaced() {
  printf '%s\\n' "$(of "$1" "$was")" '=' "$(without "$(of "$1" "$is")" "$(extra "$1")")" | awk '
    $0 == "=" { past = 1; next }
    !past { wanted[++n] = $0; next }
    NF { if (!bad && wanted[++m] == $0) next; bad = 1; line[++k] = $0 }
    END { for (; k > 0; k--) print line[k] }'
}
addresses() {
  gone=$(misplaced "$1")
  all "$gone" ip address del % dev "$name"
  all "$(of "$1" "$was" | while read -r line; do case $nl$gone$nl$(missing "$1")$nl in *"$nl$line$nl"*) echo "$line" ;; esac; done)" \
    ip address add @ dev "$name"
  all "$(extra "$1")" ip address del % dev "$name"
}
family_of() {
  family=-4 to=\${1#* }
  case \${to%% *} in
    *:*) family=-6 ;;
    default) case $1 in *' pref '*) family=-6 ;; *' inet6 '*) ;; *:*) family=-6 ;; esac ;;
  esac
}
# What was in front of others comes last, the first of these at the end.
in_order() {
  printf '%s\\n' "$standing" '=' "$1" | awk '
    $0 == "=" { past = 1; next }
    !past { if (sub(/^front /, "")) front[$0]; next }
    $0 in front { line[++n] = $0; next }
    NF { print }
    END { for (; n > 0; n--) print line[n] }'
}
out_of_the_way() {
  while read -r word line; do
    [ -n "$line" ] || continue
    family_of "$line"
    case $word$family in between* | front-6) ;; *) try ip "$family" route del $line ;; esac
  done
}
route_back() {
  while read -r line; do
    [ -n "$line" ] || continue
    verb=append
    family_of "$line"
    slot=$(printf '%s\\n' "$line" | awk "$functions"'{ take($0); print slot " " at["table"] }')
    case $nl$seen in
      *"$nl$slot$nl"*) ;;
      *) if [ "$stayed" = yes ] && is_lone "$family" "$line"; then verb=replace; fi ;;
    esac
    case $nl$standing$nl in
      *"\${nl}front $line$nl"*) [ "$family" = -6 ] || verb=prepend ;;
      *" $line$nl"*) verb=append ;;
    esac
    seen=$seen$slot$nl
    try ip "$family" route "$verb" $line
  done
}
given=$(cat)
was=$(printf '%s\\n' "$given" | grep -v -E '^(route|order|lost|index) ')
standing=$(of order "$given")
lost=$(of lost "$given") index=$(of index "$given")
routes=$(of route "$given")
look
stayed=$(of up "$is") seen=
for pass in 1 2 3; do
  ! as_before || exit 0
  why=
  if [ "$mode" = absent ]; then try ip link del dev "$name"; look; continue; fi
  can_stay=yes
  if [ -z "$is" ] || differs kind || differs unusual; then can_stay=no
  elif differs options && [ "$(of kind "$was")" != bridge ]; then can_stay=no; fi
  if [ "$can_stay" = no ]; then
    if [ "$mode" = unmakeable ]; then why="a device like $name was cannot be made again by this host$nl"; break; fi
    stayed=no
    [ -z "$is" ] || try ip link del dev "$name"
    mac=$(of mac "$was") queue=$(of queue "$was")
    try ip link add name "$name" \${mac:+address "$mac"} mtu "$(of mtu "$was")" \${queue:+txqueuelen "$queue"} type "$(of kind "$was")" $(of options "$was")
    look
    [ -n "$is" ] || continue
  fi
  if differs options; then
    set -- $(of options "$was")
    for setting in stp_state:0 vlan_filtering:0 forward_delay:1500 hello_time:200 max_age:2000 ageing_time:30000 priority:32768; do
      case " $* $(of options "$is") " in *" \${setting%:*} "*) ;; *) continue ;; esac
      value=\${setting#*:}
      case " $* " in *" \${setting%:*} "*) value=" $* "; value=\${value#* "\${setting%:*}" }; value=\${value%% *} ;; esac
      try ip link set dev "$name" type bridge "\${setting%:*}" "$value"
    done
  fi
  ! differs mtu || try ip link set dev "$name" mtu "$(of mtu "$was")"
  ! differs queue || try ip link set dev "$name" txqueuelen "$(of queue "$was")"
  all "$(missing conf)" set_conf "$name" @
  all "$(without "$(settings "$is")" "$(settings "$was")")" set_conf "$name" @
  addresses 4
  addresses 6
  all "$(missing port)" ip link set dev @ master "$name"
  all "$(extra port)" ip link set dev @ nomaster
  master=$(of master "$was")
  if differs master; then if [ -n "$master" ]; then try ip link set dev "$name" master "$master"; else try ip link set dev "$name" nomaster; fi; fi
  if [ "$(cat "/sys/class/net/$name/address" 2>/dev/null)" != "$(of mac "$was")" ]; then try ip link set dev "$name" address "$(of mac "$was")"; fi
  if differs up; then if [ "$(of up "$was")" = yes ]; then try ip link set dev "$name" up; else try ip link set dev "$name" down; fi; fi
  look
  all "$(missing neighbour)" ip neigh replace @ dev "$name" nud permanent
  all "$(without "$(of neighbour "$is" | cut -d ' ' -f 1)" "$(of neighbour "$was" | cut -d ' ' -f 1)")" ip neigh del @ dev "$name"
  all "$(missing fdb | grep -v ' static$')" bridge fdb append @ dev "$name" self permanent
  all "$(missing fdb | grep ' static$')" bridge fdb append @ dev "$name" self
  all "$(extra fdb)" bridge fdb del @ dev "$name" self
  if [ "$(of up "$is")" = yes ]; then
    out_of_the_way <<LINES
$(astray)
LINES
    look
    gone=$(in_order "$(without "$routes" "$over")")
    route_back <<LINES
$(printf '%s\\n' "$gone" | grep -v ' via ')
$(printf '%s\\n' "$gone" | grep ' via ')
LINES
  fi
  look
done
! as_before || exit 0
{
  printf %s "$why"
  without "$was" "$is" | sed "s/^/this of $name is missing: /"
  without "$is" "$was" | sed "s/^/this of $name was not so: /"
  without "$routes" "$over" | sed 's/^/this route is missing: /'
  not_kept | sed "s/^/made again, $name has not: /"
  astray | sed 's/^[a-z]* /this route does not stand to others as it did: /'
  echo "$name is not as it was"
} >&2
exit 1`;
