#!/usr/bin/env bash
# Brings in what the project's own commands need and builds it. Sourced by them; does nothing that has been done already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  # Not `npm ci`: it insists on packages of other platforms, which not every registry has. The lockfile's versions are taken all the same.
  npm install --no-save --no-progress
fi
# What the types say is for `npm run check` to ask: asking takes longer than building.
npm run --silent build
