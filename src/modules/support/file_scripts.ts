/** $1 path, $2 most bytes. First line: absent | other TYPE | big SIZE | file MODE OWNER GROUP SIZE CODING, then the content. */
export const readScript = `
LC_ALL=C; export LC_ALL
if ! about=$(stat -c '%f %U %u %G %g %s' -- "$1" 2>&1); then
  case $about in
    *'No such file or directory'*) echo absent; exit 0 ;;
    *) printf '%s\\n' "$about" >&2; exit 1 ;;
  esac
fi
set -f; set -- "$1" "$2" $about
case $3 in
  8???) ;;
  a???) echo other symlink; exit 0 ;;
  4???) echo other directory; exit 0 ;;
  *) echo other special; exit 0 ;;
esac
owner=$4; if [ "$owner" = UNKNOWN ]; then owner=$5; fi
group=$6; if [ "$group" = UNKNOWN ]; then group=$7; fi
if [ "$8" -gt "$2" ]; then echo "big $8"; exit 0; fi
if command -v base64 >/dev/null; then coding=base64; else coding=hex; fi
echo "file $3 $owner $group $8 $coding"
if [ $coding = base64 ]; then base64 <"$1"; else od -An -v -tx1 <"$1"; fi
`;

// All of the new file is on the disk before its name changes hands. The size is checked because a cut connection
// looks like the end of the input.
/** $1 path, $2 mode, $3 owner or "", $4 group or "", $5 bytes, $6 base64 or "". The content is the input. */
export const writeScript = `
LC_ALL=C; export LC_ALL
path=$1 mode=$2 owner=$3 group=$4 size=$5 coding=$6
if [ -h "$path" ] || { [ -e "$path" ] && [ ! -f "$path" ]; }; then
  echo "$path is not a regular file; it was left alone" >&2; exit 1
fi
umask 077
dir=\${path%/*}
new=$(mktemp "$dir/.\${path##*/}.XXXXXX") || exit 1
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM
if [ "$coding" = base64 ]; then base64 -d >"$new"; else cat >"$new"; fi || exit 1
if [ $(($(wc -c <"$new"))) -ne "$size" ]; then
  echo "the content did not arrive whole; $path was left alone" >&2; exit 1
fi
if [ -n "$owner" ]; then chown "$owner" "$new" || exit 1; fi
if [ -n "$group" ]; then chgrp "$group" "$new" || exit 1; fi
chmod "$mode" "$new" || exit 1
if [ -e /sys/fs/selinux/enforce ] && [ -e "$path" ]; then chcon --reference="$path" "$new"; fi
sync "$new" 2>/dev/null || sync
mv -f "$new" "$path" || exit 1
sync "$dir/" 2>/dev/null || sync
`;

/** $1 path, $2 mode, $3 owner or "", $4 group or "". */
export const attributesScript = `
if [ -h "$1" ]; then echo "$1 is a symbolic link; it was left alone" >&2; exit 1; fi
if [ -n "$3" ]; then chown "$3" "$1" || exit 1; fi
if [ -n "$4" ]; then chgrp "$4" "$1" || exit 1; fi
chmod "$2" "$1"
`;
