import { awkRoute, settleFunctions } from '../routes/route-settle.ts';

/** awk: `bare` is a line that was just taken as IPv6 leaves it when its source address goes. */
const awkBare = `${awkRoute}
function bare(line) { if (six == "-6" && "src" in at) sub(" src " at["src"] "( |$)", " ", line); sub(/ $/, "", line); return line }`;

/**
 * Shell: `astray FROM NOW` prints the slots of routes (`take`, then the table) in which one of FROM is missing from NOW or they stand in another
 * order, those on a link first. `give_back` takes lines FROM on its input, with their tables and in order, and makes them so; what came
 * since stands behind them. IPv6 keeps a route whose source address goes, and takes the source off it: that one is the same route.
 * Both need `clean`, `family` and `nl`; `give_back` exits 1 with what went wrong on stderr.
 */
export const giveBackFunctions = `routes_of_all() { named "$family" -o -d route show table all 2>/dev/null | clean; }
astray() {
  printf '%s\\n' "$1" '=' "$2" | awk '${awkRoute}
    $0 == "=" { past = 1; next }
    $0 == "" { next }
    past && !($0 in wanted) { next }
    { take($0); key = slot "|" at["table"] }
    past { is[key] = is[key] $0 "\\n"; next }
    !(key in was) { keys[++n] = key; apart[key] = 2 }
    { if (onlink) apart[key] = 1; wanted[$0]; was[key] = was[key] $0 "\\n" }
    END { for (k = 1; k <= 2; k++) for (i = 1; i <= n; i++)
      if (apart[keys[i]] == k && is[keys[i]] != was[keys[i]]) print keys[i] }'
}
# What needs no look at others: no route stands in the slot, or that one alone without its source.
at_once() {
  printf '%s\\n' "$2" '=' "$1" | awk -v six="$family" '${awkBare}
    $0 == "=" { past = 1; next }
    $0 == "" { next }
    { take($0); key = slot "|" at["table"] }
    !past { crowd[key]++; stands[key] = $0; next }
    { line[++n] = $0; place[n] = key; left[n] = bare($0); apart[n] = onlink ? 1 : 2; own[key]++ }
    END { for (k = 1; k <= 2; k++) for (i = 1; i <= n; i++) {
      if (apart[i] != k) continue
      key = place[i]
      if (!(key in crowd)) print "append " line[i]
      else if (crowd[key] == 1 && own[key] == 1 && stands[key] == left[i] && left[i] != line[i]) print "replace " line[i]
    } }'
}
# How the slot $1 is to stand: without the table, which every command names itself.
as_it_was() {
  printf '%s\\n' "$2" '=' "$3" | awk -v six="$family" -v named="$1" '${awkBare}
    function tell(line) { sub(" table " at["table"] " ", " ", line); print line }
    $0 == "=" { past = 1; next }
    $0 == "" { next }
    { take($0); if (slot "|" at["table"] != named) next }
    !past { wanted[$0]; same[bare($0)]; tell($0); next }
    counts() && !($0 in wanted) && !($0 in same) { tell($0) }'
}
give_back() (
  dev= proto= only= why=
${settleFunctions}
  theirs=$(cat)
  at_once "$theirs" "$(routes_of_all)" | while read -r verb line; do ip "$family" route "$verb" $line >/dev/null 2>&1 </dev/null; done
  for pass in 1 2; do
    listed=$(routes_of_all)
    slots=$(astray "$theirs" "$listed")
    [ -n "$slots" ] || exit 0
    why=
    for one in $slots; do
      table=\${one##*|} wanted=$(as_it_was "$one" "$theirs" "$listed")
      settle "\${one%|*}"
    done
  done
  [ -n "$(astray "$theirs" "$(routes_of_all)")" ] || exit 0
  printf %s "$why" >&2
  exit 1
)`;
