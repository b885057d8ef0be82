import { originName, tableName, usualOrigins, usualTables } from './ip-names.ts';

const pairs = (names: Readonly<Record<string, string>>): string =>
  Object.entries(names)
    .map(([number, name]) => `${number}=${name}`)
    .join(' ');

/**
 * awk: of two lists of `ip`, `=` between them, the first, by names. A word of it that a host names otherwise than others do says nothing: there stands
 * the number, as the second list has it. So it does where `numbers` has it, since a task has said it so.
 */
const awkNamed = `
function known(kind, text,  n, i, each, pair) {
  n = split(text, each, " ")
  for (i = 1; i <= n; i++) { split(each[i], pair, "="); name[kind, pair[1]] = pair[2]; number[kind, pair[2]] }
}
function told(kind, word, value) {
  if (((kind, value) in name) ? name[kind, value] == word : !((kind, word) in number) && !index(" " numbers " ", " " value " ")) return word
  return value
}
BEGIN { known("proto", "${pairs(usualOrigins)}"); known("table", "0=unspec ${pairs(usualTables)}") }
$0 == "=" { past = 1; next }
NF { if (past) other[++m] = $0; else line[++n] = $0 }
END {
  for (i = 1; i <= n; i++) {
    count = split(line[i], word, " ")
    if (n == m && split(other[i], value, " ") == count) {
      text = word[1]
      for (k = 2; k <= count; k++) {
        kind = word[k - 1] == "lookup" ? "table" : word[k - 1]
        text = text " " (kind == "proto" || kind == "table" ? told(kind, word[k], value[k]) : word[k])
      }
      line[i] = text
    }
    print line[i]
  }
}`;

/**
 * Shell: `named WORDS` is `ip WORDS`, which lists routes or rules; on a host that has names of its own for tables or origins, in a spelling that means the same
 * on every host. Needs `numbers`: those that a task has said, with spaces between. An `ip` that does not know -N lists as it is.
 */
export const namedFunction = `odd=$(set +f
for dir in /usr/lib/iproute2 /usr/share/iproute2 /etc/iproute2; do
  cat "$dir"/rt_protos "$dir"/rt_protos.d/*.conf; echo; echo tables; cat "$dir"/rt_tables "$dir"/rt_tables.d/*.conf; echo; echo protos
done 2>/dev/null | awk '
  BEGIN { n = split("${pairs(usualOrigins)}", each, " "); for (i = 1; i <= n; i++) usual[each[i]]
    n = split("0=unspec ${pairs(usualTables)}", each, " "); for (i = 1; i <= n; i++) of_table[each[i]] }
  $1 == "tables" { tables = 1 } $1 == "protos" { tables = 0 }
  $1 ~ /^[0-9]/ && !(tables ? ($1 "=" $2) in of_table : ($1 "=" $2) in usual) { print "odd"; exit }')
named() {
  if [ -z "$odd" ]; then ip "$@"; return; fi
  shown=$(ip "$@") || return
  { printf '%s\\n=\\n' "$shown"; ip -N "$@" 2>/dev/null; } | awk -v numbers="$numbers" '${awkNamed}'
}`;

/** For `numbers`: what a task says of tables and origins by number, as one argument of a script; none where it says none. */
export function saidNumbers(tables: readonly string[], origins: readonly string[]): readonly string[] {
  const said = [...tables.map(tableName), ...origins.map(originName)].filter((word) => /^\d+$/.test(word));
  return said.length === 0 ? [] : [said.join(' ')];
}
