#!/usr/bin/env bash
# Every fault at every position of a real switch, on labs of its own. Arguments go to test/faults/main.ts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh" >&2
bash scripts/install-debian.sh >&2
npm run --silent build:faults

# One at a time: a second one would take the first one's labs down.
exec 9>/tmp/runbook-faults.lock
if ! flock -n 9; then
  echo 'faults: another one is running on this machine' >&2
  exit 1
fi

work=$(mktemp -d /tmp/runbook-faults.XXXXXX)
harness=
clean_up() {
  trap '' HUP INT TERM
  if [ -n "$harness" ]; then
    kill "$harness" 2>/dev/null || true
    wait "$harness" 2>/dev/null || true
  fi
  for lab in /var/lib/runbook-lab/fault[0-9]*; do
    if [ -e "$lab" ]; then node bin/runbook.js lab down --name "${lab##*/}" >&2 9>&-; fi
  done
  for history in "$work"/*/.runbook; do
    if mountpoint -q "$history"; then umount -l "$history"; fi
  done
  # The journals of what did not hold stay.
  find "$work" -mindepth 1 -maxdepth 1 ! -name failed -exec rm -rf {} +
  rmdir "$work" 2>/dev/null || true
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# In the background, so that a signal is heard at once.
TMPDIR=$work node test/faults/dist/test/faults/main.js "$@" 9>&- &
harness=$!
status=0
wait "$harness" || status=$?
harness=
exit "$status"
