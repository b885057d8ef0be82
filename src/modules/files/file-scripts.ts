// The + of \`ls\` is GNU's; where getcap is not in the PATH, nobody can tell of capabilities.
/** Functions of sh. `extras_of` prints what a file has beside what is read of it: "acl", "capabilities", "links" (other names), with commas. */
export const extrasFunctions = `
has_acl() { case $(ls -ld -- "$1" 2>/dev/null) in ??????????+*) ;; *) return 1 ;; esac; }
extras_of() (
  extras=
  if has_acl "$1"; then extras=,acl; fi
  if command -v getcap >/dev/null && [ -n "$(getcap "$1" 2>/dev/null)" ]; then extras=$extras,capabilities; fi
  names=$(stat -c %h -- "$1" 2>/dev/null)
  if [ "\${names:-1}" -gt 1 ]; then extras=$extras,links; fi
  printf '%s' "\${extras#,}"
)
`;

/**
 * A function of sh for who owns something: $1 as it is asked for, $2 its name, $3 its number. Prints the first where it names the same
 * account ("0" and root are one), else the name, or the number where nobody has it or where a playbook could not say the name.
 */
export const accountFunction = `
account() {
  if [ -n "$1" ] && { [ "$1" = "$2" ] || [ "$1" = "$3" ]; }; then echo "$1"; return; fi
  case $2 in UNKNOWN | [!A-Za-z0-9_.]* | *[!A-Za-z0-9_.@-]*) echo "$3" ;; *) echo "$2" ;; esac
}
`;

// What only some files have is printed last: the security context where the host keeps any (SELinux), and the extras.
/**
 * $1 path, $2 most bytes (0: any number, and only a digest of them), $3 owner or "", $4 group or "".
 * First line: absent | other TYPE | big SIZE | file MODE OWNER GROUP SIZE CODING [CONTEXT] [+EXTRAS], then the content.
 */
export const readScript = `${extrasFunctions}${accountFunction}
LC_ALL=C; export LC_ALL
if ! about=$(stat -c '%f:%U:%u:%G:%g:%s' -- "$1" 2>&1); then
  case $about in
    *': No such file or directory') echo absent; exit 0 ;;
    *) printf '%s\\n' "$about" >&2; exit 1 ;;
  esac
fi
set -f; IFS=:; set -- "$1" "$2" "\${3-}" "\${4-}" $about; unset IFS
case $5 in
  8???) ;;
  a???) echo other symlink; exit 0 ;;
  4???) echo other directory; exit 0 ;;
  *) echo other special; exit 0 ;;
esac
owner=$(account "$3" "$6" "$7") group=$(account "$4" "$8" "$9")
if [ -n "$3" ] && [ "$(id -u "$3" 2>/dev/null)" = "$7" ]; then owner=$3; fi
context=$(stat -c %C -- "$1" 2>/dev/null)
case $context in *:*:*) more=" $context" ;; *) more= ;; esac
extras=$(extras_of "$1")
if [ -n "$extras" ]; then more="$more +$extras"; fi
if [ "$2" = 0 ]; then
  sum=$(sha256sum <"$1") || exit 1
  printf '%s\\n%s\\n' "file $5 $owner $group \${10} sha256$more" "\${sum%% *}"
  exit 0
fi
if [ "\${10}" -gt "$2" ]; then echo "big \${10}"; exit 0; fi
if command -v base64 >/dev/null; then coding=base64; else coding=hex; fi
echo "file $5 $owner $group \${10} $coding$more"
if [ $coding = base64 ]; then base64 <"$1"; else od -An -v -tx1 <"$1"; fi
`;

// All of the new file is on the disk before its name changes hands. The size is checked because a cut connection
// looks like the end of the input. Where there is no base64, awk makes octal escapes of it, which the shell prints. An ACL comes along with the rest of what cp copies but the content, or nothing is done; a folder may give
// its new files another one. A file that was not there gets the context that the host's policy gives its path.
/**
 * $1 path, $2 mode, $3 owner or "", $4 group or "", $5 bytes, $6 base64 or "", $7 security context or "", $8... a
 * command that must accept the new content, with %s for its file. The content is the input.
 */
export const writeScript = `${extrasFunctions}
decode() {
  if command -v base64 >/dev/null; then base64 -d; return; fi
  fold -w 64 | awk -v digits=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ '
    BEGIN { for (i = 0; i < 64; i++) value[substr(digits, i + 1, 1)] = i }
    {
      bytes = ""
      for (i = 1; i < length($0); i += 4) {
        n = 0
        for (k = 0; k < 4; k++) n = n * 64 + value[substr($0, i + k, 1)]
        bytes = bytes sprintf("\\\\%03o", int(n / 65536))
        if (substr($0, i + 2, 1) != "=") bytes = bytes sprintf("\\\\%03o", int(n / 256) % 256)
        if (substr($0, i + 3, 1) != "=") bytes = bytes sprintf("\\\\%03o", n % 256)
      }
      print bytes
    }' | while IFS= read -r bytes; do printf "$bytes"; done
}
LC_ALL=C; export LC_ALL
path=$1 mode=$2 owner=$3 group=$4 size=$5 coding=$6 context=$7; shift 7
if [ -h "$path" ] || { [ -e "$path" ] && [ ! -f "$path" ]; }; then
  echo "$path is not a regular file; it was left alone" >&2; exit 1
fi
umask 077
dir=\${path%/*}
new=$(mktemp "$dir/.\${path##*/}.XXXXXX") || exit 1
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM
if [ "$coding" = base64 ]; then decode >"$new"; else cat >"$new"; fi || exit 1
if [ $(($(wc -c <"$new"))) -ne "$size" ]; then
  echo "the content did not arrive whole; $path was left alone" >&2; exit 1
fi
if [ -n "$owner" ]; then chown "$owner" "$new" || exit 1; fi
if [ -n "$group" ]; then chgrp "$group" "$new" || exit 1; fi
if [ -e "$path" ]; then
  cp --attributes-only --preserve=mode,xattr -- "$path" "$new" 2>/dev/null
  if has_acl "$path" && ! has_acl "$new"; then
    echo "$path has an ACL that its new content could not be given; it was left alone" >&2; exit 1
  fi
fi
chmod "$mode" "$new" || exit 1
if [ -n "$context" ]; then chcon "$context" "$new" || exit 1; fi
if [ $# -gt 0 ]; then
  left=$#
  while [ "$left" -gt 0 ]; do
    word=$1; shift; left=$((left - 1))
    case $word in *%s*) word=\${word%%%s*}$new\${word#*%s} ;; esac
    set -- "$@" "$word"
  done
  if ! said=$("$@" 2>&1 </dev/null); then
    printf '%s\\n' "$1 does not accept the new content; $path was left alone: $said" >&2; exit 1
  fi
fi
sync "$new" 2>/dev/null || sync
mv -f "$new" "$path" || exit 1
if [ -z "$context" ] && [ -e /sys/fs/selinux/enforce ]; then restorecon "$path"; fi
sync "$dir/" 2>/dev/null || sync
`;

// Four digits would leave the setgid bit of a folder as it is; five say that it is meant. A file that is given to the
// owner whom it has loses its capabilities all the same.
/** $1 path, $2 mode, $3 owner or "", $4 group or "". */
export const attributesScript = `
if [ -h "$1" ]; then echo "$1 is a symbolic link; it was left alone" >&2; exit 1; fi
is_of() { [ "$(stat -c "$2" -- "$1")" = "$3" ]; }
if [ -n "$3" ] && ! is_of "$1" %U "$3" && ! is_of "$1" %u "$3"; then chown "$3" "$1" || exit 1; fi
if [ -n "$4" ] && ! is_of "$1" %G "$4" && ! is_of "$1" %g "$4"; then chgrp "$4" "$1" || exit 1; fi
chmod "0$2" "$1"
`;
