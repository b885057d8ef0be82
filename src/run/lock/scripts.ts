import { hostClock } from '../host-clock.ts';

/**
 * A lock is one file on the host, made with its content in one step (a hard link), in a folder that everybody may write: all
 * users of the host look at the same. It tells who holds it, and until when in seconds since which start of the host.
 */

const common = `${hostClock}base=/tmp
case $(ls -ld /run/lock/ 2>/dev/null) in d???????wt*) base=/run/lock ;; esac
file_of() { lock=$base/runbook.lock; if [ -n "$1" ]; then lock=$base/runbook.$1.lock; fi; }
nl='
'
field() {
  field=
  case $nl$text in *"$nl$1="*) field=$nl$text; field=\${field#*"$nl$1="}; field=\${field%%"$nl"*} ;; esac
}
# $1 a lock, as it is at one moment. Sets its text, whose it is, of which start of the host and until when.
read_lock() {
  text=$(head -c 2000 "$1" 2>/dev/null)
  field run; holder=$field
  field until; number "$field"; until=$number
  field boot; id=$field
  is_of_now "$id" || until=0
}
tell() { clock; echo "left=$((until - up))"; printf '%s\\n' "$text"; }
guards='/run/runbook/*/armed /run/runbook/*/fired /tmp/runbook-*/*/armed /tmp/runbook-*/*/fired'
# $1 the file of a guard that waits or acts. Sets whose run it is of.
is_to_act() {
  dir=\${1%/*} id=
  of_run=\${dir##*/}; of_run=\${of_run%%.*}
  [ -f "$1" ] && [ ! -e "$dir/done" ] && { read -r id <"$1"; is_of_now "$id"; } 2>/dev/null
}
write() {
  clock
  (umask 022; printf 'until=%s\\nrun=%s\\nboot=%s\\noperator=%s\\nsince=%s\\nplaybook=%s\\n' "$((up + ttl))" "$run" "$boot" "$operator" "$since" "$playbook" >"$1")
}
`;

/**
 * $1 name or "", $2 run, $3 runs whose lock may be taken over, with spaces between, $4 seconds, $5 operator, $6 since, $7 playbook, $8 the id of
 * the host's start in which this run has had the lock before, or "". Prints `taken` and that id, `busy` and the holder, `guarded RUN` where another
 * run's guard has still to act, or `passed` where $8 holds and another run has had the lock since. Exit 1: no lock can be made.
 */
export const takeScript = `${common}
name=$1 run=$2 of=$3 ttl=$4 operator=$5 since=$6 playbook=$7 had_in=$8
ours() { case " $run $of " in *" $1 "*) [ -n "$1" ] ;; *) false ;; esac; }
guarded() {
  for armed in $guards; do
    if is_to_act "$armed" && ! ours "$of_run"; then return 0; fi
  done
  return 1
}
had() { if guarded; then rm -f "$lock"; echo "guarded $of_run"; else echo "taken $boot"; fi; exit 0; }
# A lock stays where it was left, also when it is over, until another run takes it: what is gone has been another's, or was broken.
passed() { [ -n "$had_in" ] && [ "$had_in" = "$boot" ] && [ ! -e "$lock.$run.broken" ]; }
file_of "$name"
mine=$lock.$run
write "$mine" || { rm -f "$mine"; exit 1; }
for dead in $of; do rm -f "$lock.$dead" "$lock.$dead".*; done
tries=0
while [ "$tries" -lt 3 ]; do
  tries=$((tries + 1))
  if ln "$mine" "$lock" 2>/dev/null; then
    rm -f "$mine"
    if passed; then rm -f "$lock"; echo passed; exit 0; fi
    rm -f "$lock".*.broken
    had
  fi
  read_lock "$lock"
  if [ -z "$text" ] && { [ ! -e "$lock" ] || [ -s "$lock" ]; }; then continue; fi # gone just now, or there since
  clock
  if ours "$holder"; then mv -f "$mine" "$lock" && had; fi
  if [ "$until" -gt "$up" ]; then echo busy; tell; rm -f "$mine"; exit 0; fi
  # It is over. Whoever renames it may take the place; should another have been quicker, what was renamed is no longer this one.
  mv "$lock" "$mine.old" 2>/dev/null || continue
  over=$holder
  read_lock "$mine.old"
  if [ "$holder" != "$over" ]; then ln "$mine.old" "$lock" 2>/dev/null; fi
  rm -f "$mine.old"
done
rm -f "$mine"
read_lock "$lock"
clock
if [ -n "$holder" ] && [ "$until" -le "$up" ] && [ ! -O "$lock" ]; then
  set -- $(ls -ld "$lock")
  echo "The lock of the run $holder is over, but only $3 and root can remove it: $lock" >&2
else
  echo "The lock $lock cannot be made" >&2
fi
exit 1
`;

/** $1 run, $2 seconds, $3... names or "". Prints \`held\`, or \`lost NAME\` for each that is another's or gone. */
export const renewScript = `${common}
run=$1 ttl=$2; shift 2
is_ours() { read_lock "$1"; [ "$holder" = "$run" ] && is_of_now "$id"; }
for name; do
  file_of "$name"
  if ! is_ours "$lock"; then echo "lost $name"; continue; fi
  clock
  lease=$((up + ttl))
  new=$lock.$run.$$ # two may renew at once
  if sed "s/^until=.*/until=$lease/" "$lock" >"$new" && is_ours "$new" && chmod 644 "$new" && mv -f "$new" "$lock"; then echo held; continue; fi
  rm -f "$new"
  # No room: the number is written over, in this file even should the lock be another's by now.
  if ln "$lock" "$new" && is_ours "$new" && field until && [ \${#field} -eq \${#lease} ] && printf 'until=%s' "$lease" 1<>"$new"; then
    echo held
  else
    echo "lost $name"
  fi
  rm -f "$new"
done 2>/dev/null
`;

const lettingGo = (then: string) => `${common}
run=$1; shift
for name; do
  file_of "$name"
  rm -f "$lock.$run".* # of a renewal that was cut short
  read_lock "$lock"
  if [ "$holder" = "$run" ]; then ${then} && echo released; fi
done
exit 0
`;

/** $1 run, $2... names or "". Removes those that this run holds; prints \`released\` for each. */
export const releaseScript = lettingGo('rm -f "$lock"');

/** The same, for a run that may be at work still: by the mark it learns that nobody else has had them. */
export const breakScript = lettingGo('mv -f "$lock" "$lock.$run.broken"');

/** Prints \`lock NAME\` and the holder for each lock of the host, and \`guard RUN LEFT\` for each guard that is still to act. */
export const lookScript = `${common}
for lock in /run/lock/runbook.lock /run/lock/runbook.*.lock /tmp/runbook.lock /tmp/runbook.*.lock; do
  if [ ! -f "$lock" ]; then continue; fi
  name=\${lock##*/runbook.}; name=\${name%lock}; name=\${name%.}
  echo "lock $name"
  read_lock "$lock"
  tell
done
for armed in $guards; do
  if ! is_to_act "$armed"; then continue; fi
  until=
  clock; read -r until <"$dir/lease"; number "$until"
  echo "guard $of_run $((number - up))"
done
exit 0
`;
