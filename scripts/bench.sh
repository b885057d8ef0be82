#!/usr/bin/env bash
# Runbook beside ansible and a loop over ssh, on a lab of its own. See bench/README.md; arguments go to bench/main.ts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh" >&2
bash scripts/install-debian.sh >&2
bash bench/install-debian.sh >&2
npx tsc -p bench

# One at a time: a second one would take the first one's lab down.
exec 9>/tmp/runbook-bench.lock
if ! flock -n 9; then
  echo 'bench: another bench is running on this machine' >&2
  exit 1
fi

lab=bench
node bin/runbook.js lab down --name "$lab" >&2 9>&-
folder=$(mktemp -d /tmp/runbook-bench.XXXXXX)
bench=
clean_up() {
  trap '' HUP INT TERM
  if [ -n "$bench" ]; then
    kill "$bench" 2>/dev/null || true
    wait "$bench" 2>/dev/null || true
  fi
  # OpenSSH's connections outlive the commands that made them.
  for socket in "$folder"/c/*/*; do
    if [ -S "$socket" ]; then ssh -F none -O exit -o ControlPath="$socket" any 2>/dev/null || true; fi
  done
  node bin/runbook.js lab down --name "$lab" >&2 9>&-
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# In the background, so that a signal is heard at once.
node bench/dist/main.js "$PWD" "$folder" "$lab" "$@" 9>&- &
bench=$!
status=0
wait "$bench" || status=$?
bench=
exit "$status"
