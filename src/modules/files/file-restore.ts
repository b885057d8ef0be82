import { createHash } from 'node:crypto';
import { type Command, script } from '../../core/command.ts';
import { attributesScript, extrasFunctions, writeScript } from './file-scripts.ts';
import { bytesOf, type FileState } from './file-state.ts';

// Only what differs is touched: a file that is as it was keeps its inode and its times. Owners are compared by name and
// by number, as they are read.
/** Functions of sh: `restore_file` with the words of `fileWords`; the content is its input. Says on stderr why it could not. */
export const fileFunctions = `${extrasFunctions}
LC_ALL=C; export LC_ALL
write_file() (${writeScript})
set_attributes() (${attributesScript})
holds() { [ -f "$1" ] && sum=$(sha256sum <"$1" 2>/dev/null) && [ "\${sum%% *}" = "$2" ]; }
is_account() { [ -z "$1" ] || [ "$1" = "$2" ] || [ "$1" = "$3" ]; }
is_allowed() {
  about=$(stat -c '%a:%U:%u:%G:%g' -- "$1" 2>/dev/null) || return 1
  context=$(stat -c %C -- "$1" 2>/dev/null)
  case $context in *:*:*) [ -z "$5" ] || [ "$context" = "$5" ] || return 1 ;; esac
  IFS=:; set -- "$2" "$3" "$4" $about; unset IFS
  [ "$(printf %04d "$4")" = "$1" ] || return 1
  is_account "$2" "$5" "$6" || [ "$(id -u "$2" 2>/dev/null)" = "$6" ] || return 1
  is_account "$3" "$7" "$8"
}
has_extras() {
  extras=$(extras_of "$1")
  [ "$extras" = "$2" ] || [ "$extras" = "\${2:+$2,}links" ]
}
is_as_before() { holds "$1" "$2" && is_allowed "$1" "$3" "$4" "$5" "$8" && has_extras "$1" "\${10}"; }
restore_file() {
  if [ -h "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then
    echo "$1 is not a regular file any more; it was left alone" >&2; return 1
  fi
  if [ "$2" = absent ]; then
    if [ ! -e "$1" ]; then return 0; fi
    rm -f -- "$1" || return 1
    sync "\${1%/*}/" 2>/dev/null || sync
    return 0
  fi
  if [ "$9" = optional ] && [ ! -e "$1" ]; then return 0; fi
  if is_as_before "$@"; then return 0; fi
  if ! holds "$1" "$2"; then
    write_file "$1" "$3" "$4" "$5" "$6" "$7" "$8" || return 1
  elif ! is_allowed "$1" "$3" "$4" "$5" "$8"; then
    set_attributes "$1" "$3" "$4" "$5" || return 1
    if [ -n "$8" ]; then chcon "$8" "$1" || return 1; fi
  fi
  if is_as_before "$@"; then return 0; fi
  echo "$1 did not come back as it was" >&2; return 1
}
`;

const restoreScript = `${fileFunctions}
restore_file "$@"
`;

/** Ten words and an input for `restore_file`. undefined: the content of `before` is not known, only its digest. */
export function fileWords(
  path: string,
  before: FileState | null,
  optional = false,
): { readonly words: readonly string[]; readonly stdin?: string } | undefined {
  if (before === null) return { words: [path, 'absent', ...Array.from({ length: 8 }, () => '')] };
  const bytes = bytesOf(before);
  if (bytes === undefined || !('content' in before)) return undefined;
  const { mode, owner = '', group = '', context = '', extras = '', content, encoding = '' } = before;
  const sum = createHash('sha256').update(bytes).digest('hex');
  const may = optional ? 'optional' : '';
  const words = [path, sum, mode, owner, group, String(bytes.length), encoding, context, may, extras];
  return { words, stdin: content };
}

/**
 * Brings a file back to `before` from whatever is at its path: its bytes, permissions, owner and context, or its absence. What is no
 * regular file by then is left alone. `optional`: absence is as good.
 */
export function restoreFile(path: string, before: FileState | null, optional = false): Command | null {
  const asked = fileWords(path, before, optional);
  if (asked === undefined) return null;
  return script(restoreScript, asked.words, asked.stdin === undefined ? {} : { stdin: asked.stdin });
}
