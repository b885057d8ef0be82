import { ruleFunctions } from './rule-scripts.ts';

/**
 * awk: only those rules that are of this priority, these selectors (sorted, each with a space around; `spellings`: how else `ip` may print
 * them, as NAME VALUE=USUAL, with semicolons between) and this action, where they are given; never the kernel's own.
 */
const awkOwn = `
BEGIN { n = split(spellings, each, ";"); for (i = 1; i <= n; i++) { split(each[i], pair, "="); usual[pair[1]] = pair[2] } }
function selects(word) { return index(" not from to tos dscp fwmark iif oif l3mdev uidrange ipproto sport dport tun_id ", " " word " ") }
function is_flag(word) { return index(" not l3mdev blackhole unreachable prohibit nop ", " " word " ") }
function kernels() {
  if ("proto" in at) return at["proto"] == "kernel" || at["proto"] == 2
  return count == 0 && first == (place == 0 ? "lookup local" : place == 32766 ? "lookup main" : place == 32767 ? "lookup default" : "-")
}
NF {
  split("", at); place = first = ""; count = 0; found = " "
  for (i = 1; i <= NF; i++) {
    name = $i; value = ""
    if (!is_flag(name)) value = $(++i)
    if (name == "priority") place = value
    else if (!selects(name)) { at[name] = value; if (first == "") first = name " " value }
    else if (value != "all") { value = name " " value; chosen[++count] = value in usual ? usual[value] : value }
  }
  for (i = 2; i <= count; i++)
    for (j = i; j > 1 && chosen[j] < chosen[j - 1]; j--) { swap = chosen[j]; chosen[j] = chosen[j - 1]; chosen[j - 1] = swap }
  for (i = 1; i <= count; i++) found = found chosen[i] " "
  if (kernels()) next
  if (whole == "") {
    if ((priority != "" && place != priority) || found != selectors) next
    if (verb != "" && (!(verb in at) || at[verb] != object)) next
  }
  print
}`;

/** awk: from lines `is WORDS`, `was WORDS` and `behind WORDS` (of others) the operations; new ones come before old ones go. */
const awkOperations = `
{ kind = $1; sub(/^[a-z]+ /, ""); if (!($2 in known)) { known[$2]; places[++count] = $2 }
  at = kind SUBSEP $2; line[at, ++n[at]] = $0; have[kind, $0]++ }
END {
  for (p = 1; p <= count; p++) {
    is = "is" SUBSEP places[p]; was = "was" SUBSEP places[p]; behind = "behind" SUBSEP places[p]
    for (same = 1; same <= n[was] && same <= n[is] && line[was, same] == line[is, same]; same++);
    for (i = same; i <= n[was]; i++) print (have["is", line[was, i]] ? "again " : "add ") line[was, i]
    for (i = 1; same <= n[was] && i <= n[behind]; i++) print "again " line[behind, i]
    for (i = 1; i < same && i <= n[was]; i++) if (have["is", line[was, i]] > 1) print "again " line[was, i]
  }
  for (p = 1; p <= count; p++) {
    is = "is" SUBSEP places[p]
    for (i = n[is]; i > 0; i--) if (!have["was", line[is, i]]) print "del " line[is, i]
  }
}`;

/**
 * `$1` -4 or -6, `$2` not empty: all rules; else those of the priority `$3`, the selectors `$4`, the action `$5` with `$6`,
 * `$7` the spellings of the selectors, `$8` numbers for `named`. On the input `was WORDS` for each rule as it was, in order, and `behind WORDS` for those of others that stood behind one of them,
 * and own ones behind those.
 */
export const ruleRestoreScript = `family=$1 whole=$2 priority=$3 selectors=$4 verb=$5 object=$6 spellings=$7 numbers=\${8-} failed=0
LC_ALL=C; export LC_ALL
set -f
${ruleFunctions}
own() {
  printf '%s\\n' "$1" |
    awk -v whole="$whole" -v priority="$priority" -v selectors="$selectors" -v verb="$verb" -v object="$object" -v spellings="$spellings" '${awkOwn}'
}
look() {
  if ! problem=$(ip "$family" rule show 2>&1); then echo "the rules could not be listed, nothing more is put back: $problem" >&2; exit 1; fi
  all=$(list)
  is=$(own "$all")
}
given=$(cat)
was=$(printf '%s\\n' "$given" | sed -n 's/^was //p')
why=
for pass in 1 2 3; do
  look
  [ "$is" != "$was" ] || exit 0
  operations=$({ printf '%s\\n' "$is" | sed -e '/./!d' -e 's/^/is /'; printf '%s\\n' "$given" | grep .; } | awk '${awkOperations}')
  why=$(carry_out 2>&1 <<OPERATIONS
$operations
OPERATIONS
  )
done
look
[ "$is" != "$was" ] || exit 0
{
  [ -z "$why" ] || printf '%s\\n' "$why"
  printf '%s\\n' "$is" '=' "$was" | awk '$0 == "=" { past = 1; next } !past { is[$0]; next } $0 != "" && !($0 in is) { print "this rule is missing: " $0 }'
  printf '%s\\n' "$was" '=' "$is" | awk '$0 == "=" { past = 1; next } !past { is[$0]; next } $0 != "" && !($0 in is) { print "this rule was not there: " $0 }'
  echo 'the rules are not as they were'
} >&2
exit 1`;
