import { hostClock } from '../host-clock.ts';
import { strayFunctions } from '../stray-scripts.ts';
import { mostWords, wordsFromFiles } from '../word-files.ts';

/**
 * The guard of a host, as its own shell runs it. Everything is in one folder, for root in /run, which a restart empties.
 * Others may see that there is one, and until when: no run is to begin while it has still to act.
 *
 *     armed     is there while the guard waits; whoever renames it decides: to `kept` (the controller) or `fired` (the timer).
 *               In it is the id of the host's start: what is of an earlier one has no timer any more
 *     lease     until when, in seconds since the host's start: no clock that somebody sets can hasten it
 *     early     seconds that this host acts before its lease ends: others rest on what it restores
 *     steps/    what the host does while the way to it may be cut (see ../detached-scripts.ts)
 *     undo/N/   one noted state: 1000, 1001, ... are the words of the command that restores it, `stdin` its input, then `exit`, `errors`
 *     done      the undo is through
 *
 * Words are kept in files of their own, so that no text has to be quoted.
 */

const place = `${hostClock}mask=$(umask)
umask 077
run=$1
if [ "$(id -u)" = 0 ]; then base=/run/runbook; else base=/tmp/runbook-$(id -u); fi
dir=$base/$run
for mark in "$dir/armed" "$dir/fired" "$dir/kept"; do
  if read -r id <"$mark" && ! is_of_now "$id"; then rm -rf "$dir"; fi
done 2>/dev/null
`;

const lease = `
renew() {
  clock
  # Two may renew at once: each by a file of its own. Where there is no room for one, the number is written over.
  if (umask 022; echo "$((up + $1))" >"$dir/lease.$$") && mv "$dir/lease.$$" "$dir/lease"; then
    :
  else
    rm -f "$dir/lease.$$"
    [ -e "$dir/lease" ] && echo "$((up + $1))" 1<>"$dir/lease"
  fi 2>/dev/null && [ -e "$dir/armed" ]
}
`;

/** $1 the folder, $2 the umask to restore under. Waits until the lease is over; then puts everything back, newest first, unless the controller was quicker. */
export const timerScript = `${hostClock}${strayFunctions}dir=$1 mask=$2
trap '' HUP INT
cd /
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
limit=
if timeout 5 true 2>/dev/null; then limit='timeout 300'; fi
restore() (
  cd "$1" || exit
  ${wordsFromFiles}
  umask "$mask"
  $limit "$@" <"$input" >/dev/null 2>errors
  echo "$?" >ended && mv ended exit # whole, or not there: it may be asked for just now
)
over() {
  clock
  early=0 until=0
  if [ -e "$dir/early" ]; then read -r early <"$dir/early"; fi
  read -r until <"$dir/lease"
  number "$early"; early=$number
  number "$until"
  [ $((number - early - up)) -le 0 ]
}
echo "$$" >"$dir/timer"
while [ -e "$dir/armed" ]; do
  # Twice: it may be written over just while it is read.
  if ! over || ! over; then
    sleep 1
    continue
  fi
  mv "$dir/armed" "$dir/fired" 2>/dev/null || exit 0
  # What the run still does here is ended first: else it could come after. A guard of RUN.HOST.USER has to do with all of RUN.HOST.
  name=\${dir##*/}
  user=\${name#*.*.}
  [ "$user" = "$name" ] || name=\${name%".$user"}
  end_strays "$name"
  for at in "$dir"/steps/*/pid; do if read -r pid <"$at"; then kill -KILL "-$pid" || kill -KILL "$pid"; fi; done 2>/dev/null
  for entry in $(ls "$dir/undo" | sort -r); do restore "$dir/undo/$entry"; done
  : >"$dir/done"
done
`;

/**
 * $1 its name, $2 seconds, $3 seconds to act early or 0, $4 number of the entry, $5 \`stdin\` when the restoring command has one, $6 the timer's text;
 * the rest are the words of that command. Renews the lease, and starts the timer with the first entry. Prints the path of `armed`.
 */
export const putScript = `${place}${lease}
seconds=$2 early=$3 entry=$4 input=$5 timer=$6; shift 6
fail() { echo "The guard of this host could not be armed: $1" >&2; [ -n "$known" ] || rm -rf "$dir"; exit 1; }
known=
if [ -e "$dir/armed" ]; then known=yes; fi
if [ -e "$dir/fired" ] || [ -e "$dir/kept" ]; then echo 'The guard of this host has put everything back already' >&2; exit 1; fi
(umask 022; mkdir -p "$dir") && mkdir -p "$dir/undo" || fail "no folder $dir"
if [ -L "$base" ] || [ ! -O "$base" ]; then fail "$base belongs to somebody else"; fi
new=$dir/new.$entry
rm -rf "$new"
[ ! -e "$dir/undo/$entry" ] || fail "it has an undo of the number $entry already"
mkdir "$new" || fail "no room in $base"
[ "$#" -le ${mostWords} ] || fail 'what restores it has more than ${mostWords} words'
i=1000
for word; do printf %s "$word" >"$new/$i" || fail "no room in $base"; i=$((i + 1)); done
if [ -n "$input" ]; then cat >"$new/stdin" || fail "no room in $base"; fi
sync "$new"/* "$new" 2>/dev/null
mv "$new" "$dir/undo/$entry" || fail "no room in $base"
if [ "$early" -gt 0 ]; then echo "$early" >"$dir/early" || fail "no room in $base"; fi
if [ -n "$known" ]; then
  renew "$seconds" && { echo "$dir/armed"; exit 0; }
  [ -e "$dir/armed" ] && fail "no room in $base"
  echo 'The guard of this host has just put everything back' >&2
  exit 1
fi
printf '%s\\n' "$timer" >"$dir/guard" || fail "no room in $base"
(umask 022; echo "$boot" >"$dir/armed") || fail "no room in $base"
renew "$seconds" || fail "no room in $base"
sync "$dir"/* 2>/dev/null
# Not below sshd: where systemd ends what a session has started, the guard must live on.
if [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ] &&
  systemd-run --quiet --collect --unit="runbook-guard-$run" sh "$dir/guard" "$dir" "$mask" </dev/null >/dev/null 2>&1; then
  :
elif command -v setsid >/dev/null; then
  setsid sh "$dir/guard" "$dir" "$mask" </dev/null >/dev/null 2>&1 &
else
  (trap '' HUP; exec sh "$dir/guard" "$dir" "$mask") </dev/null >/dev/null 2>&1 &
fi
tries=0
until [ -s "$dir/timer" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 100 ] || fail 'its timer does not start'
  sleep 0.05 2>/dev/null || sleep 1
done
echo "$dir/armed"
`;

const tell = `
# In one line. Only its end is cut off, at a whole character and with a sign: a secret that is cut in two is known by it.
complaint() {
  if [ "$(wc -c <"$1")" -gt 1000 ]; then
    head -c 1000 "$1" | tr '\\r\\n' '  ' | LC_ALL=C sed 's/[^ -~]*$//' | tr -d '\\n'
    printf '\\342\\200\\246'
  else
    tr '\\r\\n' '  ' <"$1"
  fi 2>/dev/null
}
tell() {
  if [ -e "$dir/armed" ]; then
    clock; read -r until <"$dir/lease"; number "$until"
    echo "armed $((number - up))"
  elif [ -e "$dir/fired" ]; then
    if [ -e "$dir/done" ]; then echo done; else echo fired; fi
    for at in "$dir"/undo/*; do
      if [ -e "$at/exit" ]; then printf 'entry %s %s %s\\n' "\${at##*/}" "$(cat "$at/exit")" "$(complaint "$at/errors")"; fi
    done
  else
    echo none
  fi
}
`;

/** $1 its name, $2 seconds: renews the lease of a guard that is armed; tells how things are. */
export const renewScript = `${place}${lease}${tell}
if [ -e "$dir/armed" ]; then renew "$2"; fi
tell
`;

/**
 * $1 its name. The guard is to act no more: tells \`kept\` when that came in time, else what it has done. What it left behind is removed once it is through.
 */
export const endScript = `${place}${tell}
if mv "$dir/armed" "$dir/kept" 2>/dev/null; then
  read -r pid <"$dir/timer"
  # The number may be another's by now, should the timer have been killed.
  if tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF " $dir/guard "; then
    kill -KILL "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null
  fi
  echo kept
else
  tell
fi
if [ -e "$dir/kept" ] || [ -e "$dir/done" ]; then rm -rf "$dir"; fi
rmdir "$base" 2>/dev/null
exit 0
`;
