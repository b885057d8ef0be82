#!/usr/bin/env bash
# ssh-loop.sh audit|switch vxlan|host-gw: what a patient person would write by hand. One combined remote command for each host
# and barrier, all hosts at the same time, connections kept by OpenSSH. Exits 1 unless every host's command went well.
#
# NODES: a file with a line `ADDRESS POD_ADDRESS POD_CIDR IFACE BRIDGE` for each node. ETCD: the address of etcd's host. NETWORK:
# the pod network. SSH_KEY, KNOWN_HOSTS: files. CONTROL: the folder for the connections' sockets.
set -u
what=$1 mode=$2 key=/coreos.com/network/config
mapfile -t nodes <"$NODES"
peers=$((${#nodes[@]} - 1))
pods=" $(cut -d' ' -f2 "$NODES" | tr '\n' ' ')"
case $mode in
vxlan) type=VxLAN ;;
host-gw) type=host-gw ;;
esac

remote() { # ADDRESS SCRIPT
  ssh -F none -i "$SSH_KEY" -o UserKnownHostsFile="$KNOWN_HOSTS" -o StrictHostKeyChecking=yes -o ControlMaster=auto \
    -o ControlPersist=600 -o ControlPath="$CONTROL/%h" -l root "$1" "$2" </dev/null
}

etcd() { # SCRIPT
  remote "$ETCD" "export ETCDCTL_API=2; $1"
}

all() { # SCRIPT: on every node, with what is known of the node in variables
  local pids=() rc=0 node address pod cidr iface bridge dev pid
  for node in "${nodes[@]}"; do
    read -r address pod cidr iface bridge <<<"$node"
    dev=$iface
    [ "$mode" = vxlan ] && dev=flannel.1
    remote "$address" "dev=$dev; cidr=$cidr; bridge=$bridge; pods='${pods/ $pod / }'; $1" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || rc=1; done
  return $rc
}

ping='pids=; for p in $pods; do ping -n -q -c1 -W2 $p >/dev/null & pids="$pids $!"; done; for x in $pids; do wait $x || exit 1; done'
routed="i=0; until [ \$(ip -4 route show root $NETWORK dev \$dev | grep -c via) -ge $peers ]; do i=\$((i+1)); [ \$i -gt 150 ] && exit 1; sleep 0.1; done"
stale="ip -4 route show root $NETWORK | grep via | grep -v \"dev \$dev\" | cut -d' ' -f1"
masquerade='! -o $bridge -j MASQUERADE'
wanted="etcdctl get $key | grep -qi '\"$type\"'"

case $what in
audit)
  etcd "$wanted" &
  config=$!
  all "supervisorctl status flanneld | grep -q RUNNING && pgrep -x flanneld >/dev/null && [ -z \"\$($stale)\" ] &&
    ! iptables -t nat -C POSTROUTING -s \$cidr ! -d $NETWORK $masquerade 2>/dev/null &&
    iptables -t nat -C POSTROUTING -s \$cidr $masquerade && ip link show \$dev >/dev/null && { $routed; $ping; }" || exit 1
  wait $config || exit 1
  ;;
switch)
  etcd "$wanted" && exit 0
  all "supervisorctl stop flanneld >/dev/null; while pgrep -x flanneld >/dev/null; do sleep 0.1; done
    { $stale; } | sed 's/^/route del /' | ip -batch -" || exit 1
  etcd "etcdctl set $key '{\"Network\": \"$NETWORK\", \"Backend\": {\"Type\": \"$type\"}}'" >/dev/null || exit 1
  all "supervisorctl start flanneld >/dev/null" || exit 1
  all "$routed; $ping" || exit 1
  ;;
esac
