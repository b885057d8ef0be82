#!/bin/sh
# Installs Debian's ansible where it is missing. Run as root.
set -eu
if command -v ansible-playbook >/dev/null; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo 'bench: ansible is missing and this machine has no apt-get: install ansible (with community.general) by hand' >&2
  exit 1
fi
echo 'bench: installing ansible'
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
apt-get install -q -y --no-install-recommends ansible >/dev/null </dev/null
