import { awkName, sysctlFileScript } from './sysctl-scripts.ts';

/**
 * `$1` the file under /proc/sys or nothing, `$2` its value; `$3` a file of settings or nothing, `$4` the name with dots, `$5` not empty: that
 * file was not there; the rest: further files under /proc/sys that change with the first, each with its value. On the input the lines of the
 * file of settings that set this name. Only what differs is written.
 */
export const sysctlRestoreScript = `proc=$1 value=$2 file=$3 name=$4 gone=$5
shift 5
LC_ALL=C; export LC_ALL
set -f
words() { set -- $1; printf %s "$*"; }
holds() { words "$(cat "$1" 2>/dev/null)"; }
put() {
  if [ "$(holds "$1")" != "$(words "$2")" ]; then printf '%s\\n' "$2" >"$1"; fi
}
lines() { [ ! -f "$file" ] || [ -h "$file" ] || awk -v name="$name" '${awkName}
  name_of($0) == name' "$file"; }
write_file() (
  set -- "$file" "$name" "$gone"
  ${sysctlFileScript}
)
failed=0
check() {
  is=$(holds "$1")
  if [ "$is" != "$(words "$2")" ]; then echo "$1 is \\"$is\\" and was \\"$(words "$2")\\"" >&2; failed=1; fi
}
each() {
  verb=$1; shift
  [ -z "$proc" ] || "$verb" "$proc" "$value"
  # One whose device is gone has nothing to come back to.
  while [ $# -gt 1 ]; do [ ! -e "$1" ] || "$verb" "$1" "$2"; shift 2; done
}
each put "$@"
if [ -n "$file" ]; then
  was=$(cat)
  if [ "$(lines)" != "$was" ]; then
    printf '%s\\n' "$was" | sed '/./!d' | write_file
    if [ "$(lines)" != "$was" ]; then echo "$file does not set $name as it did" >&2; failed=1; fi
  fi
fi
each check "$@"
exit "$failed"`;
