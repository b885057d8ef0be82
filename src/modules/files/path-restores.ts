import { type Command, script } from '../../core/command.ts';
import { fileFunctions } from './file-restore.ts';
import { linkScript, makeDirectoryScript, unlinkScript } from './path-scripts.ts';

/** $1 path, $2 mode, $3 owner or "", $4 group or "". */
const folderBackScript = `${fileFunctions}
make_folder() (${makeDirectoryScript})
path=$1
if [ -h "$path" ] || { [ -e "$path" ] && [ ! -d "$path" ]; }; then
  echo "$path is not a folder any more; it was left alone" >&2; exit 1
fi
if [ ! -d "$path" ]; then make_folder "$@" || exit 1
elif is_allowed "$@" ''; then exit 0
else set_attributes "$@" || exit 1
fi
if is_allowed "$@" ''; then exit 0; fi
echo "$path did not come back as it was" >&2
exit 1
`;

// From the folder itself up to the topmost one that the run has made: any of them may be there, by the run or by half of it.
/** $1 path, $2 the topmost folder that was not there. */
const folderAwayScript = `
LC_ALL=C; export LC_ALL
path=$1 top=$2
while :; do
  if [ -h "$path" ] || { [ -e "$path" ] && [ ! -d "$path" ]; }; then
    echo "$path is not a folder but something else by now; it was left alone" >&2; exit 1
  fi
  if [ -d "$path" ]; then rmdir "$path" || exit 1; fi
  if [ "$path" = "$top" ]; then break; fi
  path=\${path%/*}
done
above=\${top%/*}
if [ -d "\${above:-/}" ]; then exit 0; fi
echo "$above, which was there, is not any more" >&2
exit 1
`;

/** $1 path, $2 target, or nothing where there was no link. */
const linkBackScript = `
LC_ALL=C; export LC_ALL
link() (${linkScript})
unlink() (${unlinkScript})
path=$1
if [ ! -h "$path" ] && [ -e "$path" ]; then echo "$path is not a symbolic link any more; it was left alone" >&2; exit 1; fi
if [ $# -eq 1 ]; then
  if [ ! -h "$path" ]; then exit 0; fi
  unlink "$path" || exit 1
  if [ ! -h "$path" ]; then exit 0; fi
else
  if [ "$(readlink "$path")" = "$2" ]; then exit 0; fi
  link "$path" "$2" || exit 1
  if [ "$(readlink "$path")" = "$2" ]; then exit 0; fi
fi
echo "$path did not come back as it was" >&2
exit 1
`;

type Folder =
  | { readonly mode: string; readonly owner?: string; readonly group?: string }
  | { readonly missing: string };

/** Brings a folder back, or removes it again with the folders above it that were not there either; never what is not empty. */
export function restoreFolder(path: string, before: Folder | null): Command | null {
  if (before === null) return null;
  if ('missing' in before) return script(folderAwayScript, [path, before.missing]);
  const { mode, owner = '', group = '' } = before;
  return script(folderBackScript, [path, mode, owner, group]);
}

/** Brings a symbolic link back; null: there was none. */
export function restoreLink(path: string, before: { readonly target: string } | null): Command {
  return script(linkBackScript, before === null ? [path] : [path, before.target]);
}
