import { mostWords, wordsFromFiles } from './word-files.ts';

/**
 * Commands that the host runs to their end by itself, in a folder below its guard's:
 *
 *     steps/ID/N/    1000, 1001, ... are the words of one command, `stdin` its input, `seconds` its limit; then `out`, `err`, `exit`
 *     steps/ID/pid   the session that runs them, while it does
 *     steps/ID/done  none of them is under way any more
 *
 * $1 is always the guard's file \`armed\`, $2 the ID.
 */

const place = `at=\${1%/armed}/steps/$2`;

/** $3 N, $4 \`stdin\` when there is input, $5 seconds that it may take; the rest are its words. */
export const stepPutScript = `umask 077
${place}
fail() { echo "The step could not be laid down: no room in $at" >&2; exit 1; }
new=$at/$3 input=$4 seconds=$5; shift 5
rm -rf "$new"
mkdir -p "$new" || fail
[ "$#" -le ${mostWords} ] || { echo 'The step could not be laid down: it has more than ${mostWords} words' >&2; exit 1; }
i=1000
for word; do printf %s "$word" >"$new/$i" || fail; i=$((i + 1)); done
echo "$seconds" >"$new/seconds" || fail
if [ -n "$input" ]; then cat >"$new/stdin" || fail; fi
sync "$new"/* 2>/dev/null
exit 0`;

/** $1 the folder, $2 \`armed\`. In order, up to the first that fails; the answer to who starts it gets out first. */
const runner = `at=$1 armed=$2
trap '' HUP INT
cd /
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
echo "$$" >"$at/pid"
one() (
  cd "$1" || exit
  read -r seconds <seconds
  limit=
  if timeout 5 true 2>/dev/null; then limit="timeout $seconds"; fi
  ${wordsFromFiles}
  $limit "$@" <"$input" >out 2>err
  code=$?
  echo "$code" >exit
  exit "$code"
)
sleep 0.3 2>/dev/null || sleep 1
for step in $(ls "$at" | grep '^[0-9]*$' | sort -n); do
  [ -e "$armed" ] || break
  one "$at/$step" || break
done
rm -f "$at/pid"
: >"$at/done"`;

/** Its name in the journal. */
export const stepStartTitle = 'step-start';

/** $3 the runner, $4 what it bears while it is at work. Starts them in a session of their own, and does not wait. */
export const stepStartScript = `${place}
runner=$3 mark=$4
if command -v setsid >/dev/null; then
  setsid sh -c 'runner=$2; shift 2; eval "$runner"' detached "$mark" "$runner" "$at" "$1" </dev/null >/dev/null 2>&1 &
else
  (trap '' HUP; exec sh -c "$runner" detached "$at" "$1") </dev/null >/dev/null 2>&1 &
fi
exit 0`;

export const stepRunner = runner;

/** How it stands: \`gone\` when the guard has acted, else \`running\` or \`done\`. */
export const stepStandScript = `${place}
if [ ! -e "$1" ]; then echo gone; elif [ -e "$at/done" ]; then echo done; else echo running; fi`;

/** $3 N: ends as that command has, with what it said. */
export const stepTellScript = `${place}/$3
if [ ! -e "$at/exit" ]; then echo 'Not run: a command before it failed, or the guard has acted' >&2; exit 75; fi
read -r code <"$at/exit"
cat "$at/out"
cat "$at/err" >&2
exit "$code"`;
