#!/usr/bin/env bash
# Raises a lab of real hosts, switches its flannel network to VXLAN, shows the record, and takes the lab down again.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
bash scripts/install-debian.sh

checkout=$PWD
lab=demo
runbook() { node "$checkout/bin/runbook.js" "$@"; }
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

project=$(mktemp -d)
finish() {
  runbook lab down --name "$lab"
  rm -rf "$project"
}
trap finish EXIT

say 'A lab: an etcd host and two nodes with flanneld, docker0 and a pod, each with its own sshd'
# A range of its own, so that a lab that is up already is not in the way.
inventory=$(runbook lab up --name "$lab" --network 10.4.27.0/24 --pods 172.27.0.0/16)

cd "$project"
git init -q -b main
git config user.name demo
git config user.email demo@example.org
printf 'inventory: %s\n' "$inventory" >runbook.yml
ln -s "$checkout/playbooks" playbooks

say '$ runbook play switch-to-vxlan.yml --check'
runbook play switch-to-vxlan.yml --check || [ $? -eq 5 ]

say '$ runbook play switch-to-vxlan.yml'
runbook play switch-to-vxlan.yml

say '$ runbook play switch-to-vxlan.yml      (again: nothing to do, nothing restarted)'
runbook play switch-to-vxlan.yml

say '$ runbook history'
runbook history

record=$(echo records/*)
say "\$ cat $record/README.md"
cat "$record/README.md"

say '$ git log --stat'
git --no-pager log --stat

say '$ runbook rollback last    (the run that changed something)'
runbook rollback "$(git log -1 --format='%(trailers:key=Runbook-Run,valueonly)' | head -1)"
