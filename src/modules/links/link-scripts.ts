import { routeFunctions } from '../routes/route-scripts.ts';
import { loneRouteFunction } from '../routes/route-settle.ts';
import { confFunctions } from './link-conf.ts';
import { orderFunction } from './link-order.ts';

/** Sections of JSON or lines. A link that does not exist is a fact only in ip's own words. */
export const linkProbeScript = `name=$1 json=-j numbers=; LC_ALL=C; export LC_ALL
${routeFunctions}
${confFunctions}
${orderFunction}
if ! link=$(ip -j -d address show dev "$name" 2>&1); then
  case $link in
    *'does not exist'*) echo '=== absent'; exit 0 ;;
    *'"-j" is unknown'*) json= ;;
    *) printf '%s\\n' "$link" >&2; exit 1 ;;
  esac
fi
if [ -n "$json" ]; then printf '=== link\\n%s\\n' "$link"
else
  if ! link=$(ip -o -d link show dev "$name" 2>&1); then
    case $link in *'does not exist'*) echo '=== absent'; exit 0 ;; esac
    printf '%s\\n' "$link" >&2; exit 1
  fi
  printf '=== text\\n%s\\n=== addresses\\n' "$link"
  ip -o address show dev "$name" || exit
fi
printf '=== neighbours\\n'
ip $json neigh show dev "$name" nud permanent || exit
printf '\\n=== proxies\\n'
ip $json neigh show proxy dev "$name" || exit
printf '\\n=== noarp\\n'
ip $json neigh show dev "$name" nud noarp || exit
printf '\\n=== fdb\\n'
bridge $json fdb show dev "$name" || exit
printf '\\n=== ports\\n'
ip $json -o -d link show master "$name" || exit
printf '\\n=== conf\\n'
conf "$name"
printf '=== order\\n'
order "$name"
printf '\\n=== routes\\n'
for family in -4 -6; do named "$family" -o -d route show table all | grep -F " dev $name "; done
exit 0`;

/**
 * Lines of words, never evaluated. All are tried: a later one may be what matters most. A route replaces no more than one other, and none that
 * the kernel keeps: else it comes to stand behind.
 */
export const linkApplyScript = `failed=0 numbers=
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
${loneRouteFunction}
${confFunctions}
while read -r line; do
  set -- $line
  case \${1-} in ip | bridge | set_conf) ;; *) echo "$line: not run" >&2; failed=2; continue ;; esac
  case $line in
    'ip -'[46]' route replace '*)
      is_lone "$2" "\${line#ip -? route replace }" </dev/null || set -- ip "$2" route append \${line#ip -? route replace } ;;
  esac
  problem=$("$@" 2>&1 </dev/null) && continue
  echo "$line: $problem" >&2
  failed=2
done
exit "$failed"`;
