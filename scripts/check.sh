#!/usr/bin/env bash
# Types, lint, the floors of the house, dead code, stale schemas.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
npx tsc --noEmit
npx biome check --error-on-warnings .
npx depcruise src
npx knip
node scripts/generate.js --check
