#!/usr/bin/env bash
# Everything, in two parts at once: most tests keep the cores busy, those on labs of real hosts wait for them and are as many minutes.
# Arguments go to vitest.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
bash scripts/install-debian.sh

work=$(mktemp -d /tmp/runbook-t.XXXXXX)
# Tests that become somebody else look into it.
chmod 1777 "$work"
mkdir -m 1777 "$work/tmp"
name=${RUNBOOK_TEST_LAB:-test}
parts=()

clean_up() {
  trap '' HUP INT TERM
  if [ ${#parts[@]} -gt 0 ]; then
    kill "${parts[@]}" 2>/dev/null || true
    wait "${parts[@]}" || true
  fi
  # Whatever an interrupted test has started bears its folder for temporary files.
  for process in $(grep -lxzsF "TMPDIR=$work/tmp" /proc/[0-9]*/environ | cut -d/ -f3); do
    kill "$process" 2>/dev/null || true
  done
  for lab in /var/lib/runbook-lab/"${name:0:5}"{1,2,1re,2re,1co,2co,one,two,bak,flt}; do
    if [ -e "$lab" ]; then node bin/runbook.js lab down --name "${lab##*/}" || true; fi
  done
  # The disks of its own that the sample of faults gives to controllers.
  grep -o " $work/[^ ]*" /proc/mounts | xargs -r umount -l || true
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# $1 its name, $2 its niceness, then its projects. In the background, so that a signal is heard at once.
begin() {
  local part=$1 nice=$2 projects=("${@:3}")
  TMPDIR=$work/tmp nice -n "$nice" node node_modules/vitest/vitest.mjs run "${projects[@]/#/--project=}" "${arguments[@]}" \
    --passWithNoTests --reporter=default --reporter=json --outputFile.json="$work/$part.json" &
  parts+=($!)
}
arguments=("$@")
# What times real hosts goes first.
begin lab 0 lab >"$work/lab.log" 2>&1
begin here 5 unit pure cli

status=0
wait "${parts[1]}" || status=1
echo 'The tests beside these, on the labs:'
tail -n +1 -f --pid="${parts[0]}" "$work/lab.log" &
parts+=($!)
wait "${parts[0]}" || status=1
wait "${parts[2]}"
parts=()
node scripts/tally.js "$work/here.json" "$work/lab.json" || status=1
exit "$status"
