/**
 * A stray: a command of a run that is still at work on a host although nobody waits for it any more. Beside each command that alters a host there is
 * a sh until it ends, which bears a word for the run and the host, and leads the session of all that the command starts (see
 * ../hosts/shell-protocol.ts). Daemons have sessions of their own, or go on once that sh is through: they are none. Any user finds strays, only their
 * own and root end them.
 *
 * $1 of the functions is RUN.HOST. The word is made of it here: a script that looks must not bear it, nor what it runs.
 */

const word = 'runbook-change:';

/** What a change of this run on this machine bears while it is under way. */
export function strayMark(place: string): string {
  return `${word}${place}`;
}

/** RUN.HOST: as such a word, and in the name of a guard. No character in it means anything to a shell, to grep or in a path. */
export function runPlace(run: string, machine: string): string {
  return `${run}.${machine.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
}

export const strayFunctions = `
# Adds to \`marked\` who bears the word: that sh, and who is still about to become its user.
look_for() {
  for file in /proc/[0-9]*/cmdline; do
    words= pid=\${file%/cmdline}
    pid=\${pid#/proc/}
    { read -r words <"$file"; } 2>/dev/null
    case $words in *"${word}$1"*) ;; *) continue ;; esac
    case " $marked " in *" $pid "*) continue ;; esac
    if tr '\\0' '\\n' <"$file" 2>/dev/null | grep -qx "[${word[0]}]${word.slice(1)}$1"; then marked="$marked $pid"; fi
  done
}
# Sets \`found\`: those of them that run, and all in their sessions.
at_work() {
  found=
  for file in /proc/[0-9]*/stat; do
    line= pid=\${file%/stat}
    pid=\${pid#/proc/}
    { read -r line <"$file"; } 2>/dev/null
    set -- \${line##*) }
    if [ "$#" -lt 4 ] || [ "$1" = Z ]; then continue; fi
    case " $marked " in *" $pid "* | *" $4 "*) found="$found $pid" ;; esac
  done
}
may_end() {
  for pid in $found; do if kill -0 "$pid"; then return 0; fi; done 2>/dev/null
  return 1
}
# TERM, KILL after two seconds. Sets \`ended\`: what there was; \`found\`: what could not be ended within five.
end_strays() {
  marked= ended= tries=0
  while look_for "$1" && at_work && [ -n "$found" ] && [ "$tries" -lt 25 ]; do
    ended=\${ended:-$found}
    if ! may_end; then at_work; return; fi
    if [ "$tries" = 0 ]; then kill -TERM $found; elif [ "$tries" -ge 10 ]; then kill -KILL $found; fi 2>/dev/null
    tries=$((tries + 1))
    sleep 0.2 2>/dev/null || { sleep 1; tries=$((tries + 4)); }
  done
}
`;

/** $1 RUN.HOST, $2 \`end\` or \`look\`. Tells the processes that it has ended, and those that are left. */
export const strayScript = `${strayFunctions}
case $2 in
  end) end_strays "$1" ;;
  *) marked= ended=; look_for "$1"; at_work ;;
esac
for pid in $ended; do case " $found " in *" $pid "*) ;; *) echo "ended $pid" ;; esac; done
for pid in $found; do echo "left $pid"; done
exit 0
`;
