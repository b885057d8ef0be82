import { routeFunctions } from './route-scripts.ts';
import { settleFunctions } from './route-settle.ts';

/**
 * `$1` -4 or -6, `$2` table, `$3` exact or root, `$4` prefix; of these routes only those over the device `$5`, of the origin `$6` (its
 * spellings, with | between; empty: all), and only those whose origin matches `$7`; `$8` numbers for `named`. On the input `over NAME KIND MAC` for devices and `route LINE` for each route as it was, in order.
 *
 * What is there already stays. Within a slot missing routes come first, then the others go; the kernel takes the first that fits what a
 * `del` says, so it is only told to delete what stands first, or what was looked at again after. Nothing goes from a prefix that could not be
 * given back its own routes. Words are never evaluated.
 */
export const routeRestoreScript = `family=$1 table=$2 select=$3 within=$4 dev=$5 proto=$6 only=$7 numbers=\${8-} wanted= why= nl='
'
LC_ALL=C; export LC_ALL
set -f
${routeFunctions}
${settleFunctions}
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
