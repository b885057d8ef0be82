#!/usr/bin/env bash
# Types, lint, the floors of the house, dead code, stale schemas. All are asked, the types beside the others.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
npx tsc --noEmit &
types=$!

status=0
npx biome check --error-on-warnings . || status=1
npx depcruise src || status=1
npx knip || status=1
node scripts/generate.js --check || status=1
wait "$types" || status=1
exit "$status"
