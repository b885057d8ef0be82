/** A command laid down on a host: its words in files 1000, 1001, ... of a folder, and `stdin` where it has an input. */

/** Part of a POSIX sh script, in that folder: the words are `$@` again, `input` is what to read from. */
export const wordsFromFiles = `set --
  for file in [1-9][0-9][0-9][0-9]; do word=$(cat "$file"; echo .); set -- "$@" "\${word%.}"; done
  input=/dev/null
  if [ -e stdin ]; then input=$PWD/stdin; fi`;

/** So many have a number of four digits. */
export const mostWords = 9000;
