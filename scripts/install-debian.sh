#!/bin/sh
# Installs the Debian packages that a lab needs and this machine lacks. Run as root; asks nothing, says what it does, and
# does nothing at all where everything is there. Services that the packages bring are not started.
set -eu

packages='
  age ansible-core busybox-static conntrack curl doas etcd-client etcd-server fish git iproute2 ipset iptables iputils-ping mount openssh-client openssh-server
  openssl procps sudo supervisor tcsh tini util-linux
'

if ! command -v dpkg-query >/dev/null; then
  echo 'install-debian: this machine has no dpkg: a lab needs Debian 12 or newer, or the same programs installed by hand' >&2
  exit 1
fi

missing=''
for package in $packages; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "install-debian: run me as root to install:$missing" >&2
  exit 1
fi

# Debian starts a service when its package is installed, unless this file says no (101). One that is there already is the machine's own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
fi

log=$(mktemp)
quietly() {
  echo "install-debian: $*"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "install-debian: that failed; its whole output is in $log" >&2
    exit 1
  fi
}
export DEBIAN_FRONTEND=noninteractive
quietly apt-get update -q
# shellcheck disable=SC2086 # One word per package.
quietly apt-get install -q -y --no-install-recommends $missing
rm -f "$log"
