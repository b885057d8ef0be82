import { accountFunction } from './file-scripts.ts';

// Folders and symbolic links. A path is looked at as it is: the last part of it is never followed.

const kind = `
LC_ALL=C; export LC_ALL
kind_of() {
  if [ -h "$1" ]; then echo 'symbolic link'
  elif [ -d "$1" ]; then echo directory
  elif [ -f "$1" ]; then echo 'regular file'
  elif [ -e "$1" ]; then echo 'special file'
  fi
}
`;

/** $1 path, $2 owner or "", $3 group or "". Prints: missing TOP | other KIND | directory MODE OWNER GROUP ENTRIES. */
export const readDirectoryScript = `${kind}${accountFunction}
path=$1 wanted=$2 team=$3
if [ -z "$(kind_of "$path")" ]; then
  top=$path
  while above=\${top%/*}; [ -n "$above" ] && [ -z "$(kind_of "$above")" ]; do top=$above; done
  if [ -n "$above" ] && [ ! -d "$above" ]; then echo "$above is a $(kind_of "$above")" >&2; exit 1; fi
  if [ ! -x "\${above:-/}" ]; then echo "$above: permission denied" >&2; exit 1; fi
  echo "missing $top"; exit 0
fi
if [ "$(kind_of "$path")" != directory ]; then echo "other $(kind_of "$path")"; exit 0; fi
about=$(stat -c '%f:%U:%u:%G:%g' -- "$path") || exit 1
names=$(ls -A "$path") || exit 1
set -f; IFS=:; set -- $about; unset IFS
owner=$(account "$wanted" "$2" "$3") group=$(account "$team" "$4" "$5")
if [ -n "$wanted" ] && [ "$(id -u "$wanted" 2>/dev/null)" = "$3" ]; then owner=$wanted; fi
echo "directory $1 $owner $group $(($(printf '%s' "\${names:+$names
}" | wc -l)))"
`;

// A folder below one with setgid has that bit from the start; five digits take it away where four would leave it.
/** $1 path, $2 mode, $3 owner or "", $4 group or "". Folders above it are made with the usual permissions. */
export const makeDirectoryScript = `
umask 022
mkdir -p "\${1%/*}/" || exit 1
mkdir -m "$2" "$1" || exit 1
if [ -n "$3" ]; then chown "$3" "$1" || exit 1; fi
if [ -n "$4" ]; then chgrp "$4" "$1" || exit 1; fi
chmod "0$2" "$1"
`;

/** $1 path, $2 the topmost folder to remove with it. Only what is empty goes. */
export const removeDirectoryScript = `
path=$1
while rmdir "$path" && [ "$path" != "$2" ]; do path=\${path%/*}; done
[ ! -e "$2" ]
`;

/** $1 path. Prints: absent | link TARGET | other KIND. */
export const readLinkScript = `${kind}
if [ -h "$1" ]; then target=$(readlink "$1") && printf 'link %s\\n' "$target"; exit; fi
found=$(kind_of "$1")
if [ -n "$found" ]; then echo "other $found"; exit 0; fi
if [ -d "\${1%/*}/" ] && [ ! -x "\${1%/*}/" ]; then echo "\${1%/*}: permission denied" >&2; exit 1; fi
echo absent
`;

// A link has no content to be half written; a new one takes the old one's name in one step.
/** $1 path, $2 target. */
export const linkScript = `
path=$1
if [ ! -h "$path" ] && [ -e "$path" ]; then echo "$path is not a symbolic link; it was left alone" >&2; exit 1; fi
new=$(mktemp -u "\${path%/*}/.\${path##*/}.XXXXXX") || exit 1
trap 'rm -f "$new"' EXIT
ln -s -- "$2" "$new" && mv -fT "$new" "$path"
`;

/** $1 path. */
export const unlinkScript = `
if [ ! -h "$1" ]; then echo "$1 is not a symbolic link; it was left alone" >&2; exit 1; fi
rm -f "$1"
`;
