/** awk: is this line a setting, and what is its name with dots? Comments and a `-` in front (errors do not matter) are known. */
export const awkName = `
function name_of(line, name) {
  sub(/^[ \\t]*-?[ \\t]*/, "", line)
  if (line ~ /^[#;]/ || line !~ /=/) return ""
  name = line; sub(/[ \\t]*=.*/, "", name)
  if (name ~ /^[^.]*\\//) { gsub(/\\./, "|", name); gsub(/\\//, ".", name); gsub(/\\|/, "/", name) }
  return name
}`;

// When forwarding goes on for any device, the kernel deletes every default route that came with an advertisement (RTF_ADDRCONF or RTF_DEFAULT
// in the flags), unless its device takes advertisements also as a router.
const advertised = `
case $proc in
  /proc/sys/net/ipv6/conf/default/*) ;;
  /proc/sys/net/ipv6/conf/*/forwarding)
    awk '$1 ~ /^0+$/ && $2 == "00" && $9 ~ /^...[1345679b-f]/ && !seen[$10]++ { print $10 }' /proc/net/ipv6_route |
      while read -r device; do
        case $(cat "/proc/sys/net/ipv6/conf/$device/accept_ra") in 2) ;; *) printf '=== advertised %s\\n' "$device" ;; esac
      done ;;
esac 2>/dev/null`;

/**
 * `$1` the file under /proc/sys or nothing, `$2` a file of settings or nothing, `$3` the name with dots, the rest further files that
 * change with the first. Of the file of settings only the lines that set this name are printed.
 */
export const sysctlProbeScript = `LC_ALL=C; export LC_ALL
proc=$1 file=$2 name=$3; shift 3
if [ -n "$proc" ]; then
  value=$(cat "$proc") || exit
  printf '=== value\\n%s\\n' "$value"
  for one in "$@"; do
    for one in $one; do [ -r "$one" ] && printf '=== other %s\\n%s\\n' "$one" "$(cat "$one")"; done
  done
  ${advertised}
fi
if [ -n "$file" ]; then
  if [ -h "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; }; then echo "$file is not a regular file" >&2; exit 1; fi
  if [ ! -e "$file" ]; then echo '=== nofile'
  else echo '=== lines'; awk -v name="$name" '${awkName}
    name_of($0) == name' "$file" || exit; fi
fi
echo '=== end'`;

/** `$1` file, `$2` value, and so on in pairs. A value is written in one piece. */
export const sysctlWriteScript = `while [ $# -gt 1 ]; do
  printf '%s\\n' "$2" >"$1" || { echo "$1 does not take \\"$2\\"" >&2; exit 1; }
  shift 2
done`;

/**
 * `$1` the file of settings, `$2` the name with dots, `$3` not empty: the file was not there, so it goes when nothing is left in it. On the
 * input the lines that are to set this name, which take the places of those that do, in order; what is more goes to the end. All of the
 * new file is on the disk before its name changes hands; its mode and owner stay.
 */
export const sysctlFileScript = `LC_ALL=C; export LC_ALL
file=$1 name=$2
if [ -h "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; }; then echo "$file is not a regular file" >&2; exit 1; fi
new=$(mktemp "\${file%/*}/.\${file##*/}.XXXXXX") || exit 1
trap 'rm -f "$new"' EXIT
if [ -e "$file" ]; then
  cp -p "$file" "$new" || exit 1
  chcon --reference="$file" "$new" 2>/dev/null
  old=$file
else chmod 0644 "$new"; old=/dev/null; fi
awk -v name="$name" '${awkName}
  NR == FNR && FILENAME == "-" { wanted[++count] = $0; next }
  name_of($0) == name { if (++used <= count) print wanted[used]; next }
  { print }
  END { while (++used <= count) print wanted[used] }' - "$old" >"$new" || exit 1
if [ -n "$3" ] && [ ! -s "$new" ]; then rm -f "$file"; else sync "$new" 2>/dev/null || sync; mv -f "$new" "$file"; fi`;
