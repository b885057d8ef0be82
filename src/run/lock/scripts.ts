import { hostClock } from '../host-clock.ts';

/**
 * A lock is one file on the host, made with its content in one step (a hard link), in a folder that everybody may write and
 * a restart empties. It tells who holds it, and until when in seconds since the host's start.
 */

const common = `${hostClock}if [ "$(id -u)" = 0 ]; then mkdir -p /run/lock 2>/dev/null; fi
for base in /run/lock /tmp; do if [ -d "$base" ] && [ -w "$base" ]; then break; fi; done
value() { sed -n "s/^$2=//p" "$1" 2>/dev/null | head -n 1; }
file_of() { lock=$base/runbook.lock; if [ -n "$1" ]; then lock=$base/runbook.$1.lock; fi; }
until_of() { number "$(value "$1" until)"; until=$number; }
tell() { clock; until_of "$1"; echo "left=$((until - up))"; head -c 2000 "$1"; }
write() {
  clock
  (umask 022; printf 'until=%s\\nrun=%s\\noperator=%s\\nsince=%s\\nplaybook=%s\\n' "$((up + ttl))" "$run" "$operator" "$since" "$playbook" >"$1")
}
`;

/**
 * $1 name or "", $2 run, $3 runs whose lock may be taken over, with spaces between, $4 seconds, $5 operator, $6 since, $7 playbook. Prints `taken`,
 * `busy` and the holder, or `guarded RUN` where another run's guard has still to act. Exit 1: no lock can be made.
 */
export const takeScript = `${common}
name=$1 run=$2 of=$3 ttl=$4 operator=$5 since=$6 playbook=$7
ours() { case " $run $of " in *" $1 "*) [ -n "$1" ] ;; *) false ;; esac; }
guarded() {
  for armed in /run/runbook/*/armed /run/runbook/*/fired; do
    other=\${armed%/*}; other=\${other##*/}; other=\${other%%.*}
    if [ -e "$armed" ] && ! ours "$other" && [ ! -e "\${armed%/*}/done" ]; then return 0; fi
  done
  return 1
}
had() { if guarded; then rm -f "$lock"; echo "guarded $other"; else echo taken; fi; exit 0; }
file_of "$name"
mine=$lock.$run
write "$mine" || { rm -f "$mine"; exit 1; }
for dead in $of; do rm -f "$lock.$dead" "$lock.$dead".*; done
tries=0
while [ "$tries" -lt 3 ]; do
  tries=$((tries + 1))
  if ln "$mine" "$lock" 2>/dev/null; then rm -f "$mine"; had; fi
  if [ ! -e "$lock" ]; then continue; fi
  holder=$(value "$lock" run)
  until_of "$lock"
  clock
  if ours "$holder"; then mv -f "$mine" "$lock" && had; fi
  if [ "$until" -gt "$up" ]; then
    # Read once more in one go: it may be released just now.
    told=$(tell "$lock" 2>/dev/null)
    case $told in *run="$holder"*) echo busy; printf '%s\\n' "$told"; rm -f "$mine"; exit 0 ;; *) continue ;; esac
  fi
  # It is over. Whoever renames it may take the place; should another have been quicker, what was renamed is no longer this one.
  mv "$lock" "$mine.old" 2>/dev/null || continue
  if [ "$(value "$mine.old" run)" != "$holder" ]; then ln "$mine.old" "$lock" 2>/dev/null; fi
  rm -f "$mine.old"
done
rm -f "$mine"
echo "The lock $lock cannot be made" >&2
exit 1
`;

/** $1 run, $2 seconds, $3... names or "". Prints \`held\`, or \`lost NAME\` for each that is another's or gone. */
export const renewScript = `${common}
run=$1 ttl=$2; shift 2
is_ours() { [ "$(value "$1" run)" = "$run" ]; }
for name; do
  file_of "$name"
  if ! is_ours "$lock"; then echo "lost $name"; continue; fi
  clock
  until=$((up + ttl))
  new=$lock.$run.$$ # two may renew at once
  if sed "s/^until=.*/until=$until/" "$lock" >"$new" && is_ours "$new" && chmod 644 "$new" && mv -f "$new" "$lock"; then echo held; continue; fi
  rm -f "$new"
  # No room: the number is written over, in this file even should the lock be another's by now.
  if ln "$lock" "$new" && is_ours "$new" && was=$(value "$new" until) && [ \${#was} -eq \${#until} ] && printf 'until=%s' "$until" 1<>"$new"; then
    echo held
  else
    echo "lost $name"
  fi
  rm -f "$new"
done 2>/dev/null
`;

/** $1 run, $2... names or "". Removes those that this run holds; prints \`released\` for each. */
export const releaseScript = `${common}
run=$1; shift
for name; do
  file_of "$name"
  rm -f "$lock.$run".* # of a renewal that was cut short
  if [ "$(value "$lock" run)" = "$run" ]; then rm -f "$lock" && echo released; fi
done
exit 0
`;

/** Prints \`lock NAME\` and the holder for each lock of the host, and \`guard RUN LEFT\` for each guard that is still to act. */
export const lookScript = `${common}
for lock in /run/lock/runbook.lock /run/lock/runbook.*.lock /tmp/runbook.lock /tmp/runbook.*.lock; do
  if [ ! -f "$lock" ]; then continue; fi
  name=\${lock##*/runbook.}; name=\${name%lock}; name=\${name%.}
  echo "lock $name"
  tell "$lock"
done
for armed in /run/runbook/*/armed; do
  if [ ! -e "$armed" ]; then continue; fi
  dir=\${armed%/*}; clock; read -r until <"$dir/lease"; number "$until"
  name=\${dir##*/}; echo "guard \${name%%.*} $((number - up))"
done
exit 0
`;
