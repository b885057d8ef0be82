#!/usr/bin/env bash
# Everything: the unit tests, then the tests on a lab of real hosts. Arguments go to vitest.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
bash scripts/install-debian.sh

report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
npx vitest run --reporter=default --reporter=json --outputFile.json="$report" "$@" || status=$?
node scripts/tally.js "$report" || status=1
exit "$status"
