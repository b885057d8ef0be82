#!/usr/bin/env bash
# Everything: the unit tests, and the tests on labs of real hosts. Arguments go to vitest, which then runs alone.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
bash scripts/install-debian.sh

work=$(mktemp -d)
pids=()
finish() {
  trap '' HUP INT TERM
  for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# NAME ARGS...: one run of vitest, counted under that name.
vitest() {
  local name=$1
  shift
  exec npx vitest run --reporter=default --reporter=json --outputFile.json="$work/$name.json" "$@"
}

if [ $# -gt 0 ]; then
  status=0
  (vitest all "$@") || status=$?
  node scripts/tally.js "$work"/*.json || status=1
  exit "$status"
fi

# At once, since most of them wait for hosts: two labs, and beside them, where there is time, what needs none.
(vitest lab --project lab) >"$work/lab.log" 2>&1 &
pids+=($!)
(RUNBOOK_TEST_LAB=modules RUNBOOK_TEST_NET=78 vitest modules --project lab-modules) >"$work/modules.log" 2>&1 &
pids+=($!)
(renice -n 10 "$BASHPID" >/dev/null && vitest unit --project unit --project cli) &
pids+=($!)

status=0
for pid in "${pids[@]}"; do wait "$pid" || status=$?; done
pids=()
cat "$work/lab.log" "$work/modules.log"
node scripts/tally.js "$work"/{unit,lab,modules}.json || status=1
exit "$status"
