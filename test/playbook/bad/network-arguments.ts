import { bad } from './one-task.ts';

/** Of routes, links and addresses: values that are none, and keys that do not go together. */
export const networkArguments = [
  bad('an address with a number too large', 'address: { address: 10.4.7.300/24, dev: eth0 }', {
    ...{ at: '3:27', width: 13, code: 'bad-value' },
    message: '"address" must be an IP address with its length, not "10.4.7.300/24"',
    hint: 'As 10.4.7.21/24 or 2001:db8::21/64.',
  }),
  bad(
    'an address on a device with a name that is too long',
    'address: { address: 10.4.7.1/24, dev: enp0s31f6.1234567 }',
    {
      ...{ at: '3:45', width: 17, code: 'bad-value' },
      message: '"dev" must be the name of a network device, not "enp0s31f6.1234567"',
      hint: 'At most 15 characters, without blanks, slashes and colons: eth0, flannel.1.',
    },
  ),
  bad('a peer of the other IP', 'address: { address: 10.4.7.1/32, dev: eth0, peer: "fe80::1" }', {
    ...{ at: '3:57', width: 9, code: 'bad-value' },
    message: '"peer" is of IPv6, and the address is of IPv4',
    hint: 'Write an address of IPv4.',
  }),
  bad('a broadcast address of IPv6', 'address: { address: "2001:db8::1/64", dev: eth0, broadcast: 10.4.7.255 }', {
    ...{ at: '3:56', width: 9, code: 'contradiction' },
    message: '"broadcast" is of IPv4 alone',
    hint: 'Leave out "broadcast".',
  }),
  bad('a label of another device', 'address: { address: 10.4.7.1/24, dev: eth0, label: "eth1:1" }', {
    ...{ at: '3:58', width: 8, code: 'bad-value' },
    message: '"label" must begin with eth0:',
    hint: 'Did you mean "eth0:1"?',
  }),
  bad('nodad of IPv4', 'address: { address: 10.4.7.1/24, dev: eth0, nodad: true }', {
    ...{ at: '3:51', width: 5, code: 'contradiction' },
    message: '"nodad" is of IPv6 alone',
    hint: 'Leave out "nodad".',
  }),
  bad('a device with what ip shows after it', 'link: { name: "veth0@if5", state: up }', {
    ...{ at: '3:21', width: 11, code: 'bad-value' },
    message: '"name" must be the name of a network device, not "veth0@if5"',
    hint: 'What ip shows after @ is not of the name: veth0.',
  }),
  bad('a MAC address with dashes', 'link: { name: eth0, state: up, mac: "02-00-00-00-00-01" }', {
    ...{ at: '3:43', width: 19, code: 'bad-value' },
    message: '"mac" must be a MAC address, not "02-00-00-00-00-01"',
    hint: 'Write 02:00:00:00:00:01.',
  }),
  bad('a MAC address of a group', 'link: { name: eth0, state: up, mac: "01:00:5e:00:00:01" }', {
    ...{ at: '3:43', width: 19, code: 'bad-value' },
    message: '"mac" is no address of one device',
    hint: 'Its first byte must be even: 02:00:00:00:00:01.',
  }),
  bad('a device that is its own port', 'link: { name: br0, state: up, master: br0 }', {
    ...{ at: '3:45', width: 3, code: 'bad-value' },
    message: '"master" is the device itself',
    hint: 'Name the bridge that it is a port of.',
  }),
  bad('settings of another kind', 'link: { name: br0, state: up, kind: bridge, vxlan: { id: 1 } }', {
    ...{ at: '3:51', width: 5, code: 'contradiction' },
    message: 'a bridge has no settings of a vxlan',
    hint: 'Leave out "vxlan", or correct "kind".',
  }),
  bad('settings of a device that is to be absent', 'link: { name: br0, state: absent, bridge: { stp_state: 1 } }', {
    ...{ at: '3:41', width: 6, code: 'contradiction' },
    message: 'a device that is to be absent has no settings',
    hint: 'Leave out "bridge", or correct "state".',
  }),
  bad(
    'a group that is none',
    'link: { name: vx0, state: up, kind: vxlan, vxlan: { id: 1, group: 10.4.7.22, dev: eth0 } }',
    {
      ...{ at: '3:73', width: 9, code: 'bad-value' },
      message: '"group" is no multicast group: "10.4.7.22"',
      hint: 'Say `remote` for the one other end; groups are 224.0.0.0/4 and ff00::/8.',
    },
  ),
  bad('an end that is a group', 'link: { name: vx0, state: up, kind: vxlan, vxlan: { id: 1, remote: 239.1.1.1 } }', {
    ...{ at: '3:74', width: 9, code: 'bad-value' },
    message: '"remote" is a multicast group: "239.1.1.1"',
    hint: 'Say `group`.',
  }),
  bad(
    'ends of two IPs',
    'link: { name: vx0, state: up, kind: vxlan, vxlan: { id: 1, local: 10.4.7.21, remote: "2001:db8::1" } }',
    {
      ...{ at: '3:73', width: 9, code: 'bad-value' },
      message: '"local" is of IPv4, and the other end is of IPv6',
      hint: 'Write an address of IPv6.',
    },
  ),
  bad('an MTU beyond a packet', 'link: { name: eth0, state: up, mtu: 150000 }', {
    ...{ at: '3:43', width: 6, code: 'bad-value' },
    message: '"mtu" must be <= 65536',
    hint: 'Largest packet, in bytes. Default: as it is.',
  }),
  bad('a neighbour that is none', 'neighbour: { dev: eth0, address: 10.4.7.300, lladdr: "02:00:00:00:00:01" }', {
    ...{ at: '3:40', width: 10, code: 'bad-value' },
    message: '"address" must be an IP address, not "10.4.7.300"',
    hint: 'As 10.4.7.22 or 2001:db8::22.',
  }),
  bad('a link-layer address that is none', 'neighbour: { dev: eth0, address: 10.4.7.3, lladdr: "02:00:0" }', {
    ...{ at: '3:58', width: 9, code: 'bad-value' },
    message: '"lladdr" must be a MAC address or, for a tunnel, an IP address, not "02:00:0"',
    hint: 'As 2e:bf:3c:46:c0:e2, in quotes.',
  }),
  bad(
    'a proxy with a link-layer address',
    'neighbour: { dev: eth0, address: 10.4.7.3, proxy: true, lladdr: "02:00:00:00:00:01" }',
    {
      ...{ at: '3:63', width: 6, code: 'contradiction' },
      message: 'the host answers for a proxy entry itself, so it has no "lladdr"',
      hint: 'Leave out "lladdr", or "proxy".',
    },
  ),
  bad('a neighbour without its address', 'neighbour: { dev: eth0, state: absent }', {
    ...{ at: '3:31', width: 5, code: 'missing-key' },
    message: '"state" needs "address" beside it',
    hint: 'Give "address" too, or leave out "state".',
  }),
  bad('a gateway that is none', 'route: { to: 172.7.22.0/24, via: 10.4.7.300 }', {
    ...{ at: '3:40', width: 10, code: 'bad-value' },
    message: '"via" must be an IP address, not "10.4.7.300"',
    hint: 'As 10.4.7.22 or 2001:db8::22.',
  }),
  bad('a gateway with a length', 'route: { to: 172.7.22.0/24, via: 10.4.7.22/24 }', {
    ...{ at: '3:40', width: 12, code: 'bad-value' },
    message: '"via" must be an IP address, not "10.4.7.22/24"',
    hint: 'Without a length: 10.4.7.22.',
  }),
  bad('a default that is misspelt', 'route: { to: defualt, via: 10.4.7.1 }', {
    ...{ at: '3:20', width: 7, code: 'bad-value' },
    message: '"to" must be a network, an address or "default", not "defualt"',
    hint: 'Did you mean "default"?',
  }),
  bad('a set inside of what is no network', 'route: { within: 172.7.0.0/33, state: absent }', {
    ...{ at: '3:24', width: 12, code: 'bad-value' },
    message: '"within" must be a network, not "172.7.0.0/33"',
    hint: 'Write 172.7.22.0/24, 10.4.7.22 or 2001:db8::/32.',
  }),
  bad('a source of the other IP', 'route: { to: 172.7.22.0/24, via: 10.4.7.22, src: "2001:db8::1" }', {
    ...{ at: '3:56', width: 13, code: 'bad-value' },
    message: '"src" is of IPv6, and the destination is of IPv4',
    hint: 'Write an address of IPv4.',
  }),
  bad('a gateway of IPv4 for IPv6', 'route: { to: "2001:db8::/64", via: 10.4.7.22 }', {
    ...{ at: '3:42', width: 9, code: 'bad-value' },
    message: '"via" is of IPv4, and the destination is of IPv6',
    hint: 'Write an address of IPv6.',
  }),
  bad(
    'nexthops and a gateway',
    'route: { to: 172.7.22.0/24, via: 10.4.7.22, nexthops: [{ via: 10.4.7.23 }, { via: 10.4.7.24 }] }',
    {
      ...{ at: '3:35', width: 3, code: 'contradiction' },
      message: '"nexthops" say all ways, and this is one more',
      hint: 'Make it one of "nexthops", or leave them out.',
    },
  ),
  bad('a nexthop that is none', 'route: { to: 172.7.22.0/24, nexthops: [{ via: 10.4.7.23 }, { via: 10.4.7 }] }', {
    ...{ at: '3:73', width: 6, code: 'bad-value' },
    message: '"via" must be an IP address, not "10.4.7"',
    hint: 'As 10.4.7.22 or 2001:db8::22.',
  }),
  bad('a gateway of a set', 'route: { within: 172.7.0.0/16, via: 10.4.7.22, state: absent }', {
    ...{ at: '3:38', width: 3, code: 'contradiction' },
    message: '"via" is of one route, and "within" means all of a set',
    hint: 'Leave it out, or name the route by "to".',
  }),
  bad('a set that is to be present', 'route: { within: 172.7.0.0/16, state: present }', {
    ...{ at: '3:38', width: 5, code: 'contradiction' },
    message: 'a whole set of routes is only read or absent',
    hint: 'Leave out "state", or name one route by "to".',
  }),
  bad('exceptions of a set that stays', 'route: { within: 172.7.0.0/16, except: { dev: docker0 } }', {
    ...{ at: '3:38', width: 6, code: 'contradiction' },
    message: '"except" leaves routes alone where others go',
    hint: 'Say `state: absent`.',
  }),
  bad(
    'an exception that is no network',
    'route: { within: 172.7.0.0/16, state: absent, except: { to: [172.7.1.0/24, 172.7.2.1/24] } }',
    {
      ...{ at: '3:82', width: 12, code: 'bad-value' },
      message: 'must be a network, not "172.7.2.1/24"',
      hint: 'It has host bits set. The prefix is 172.7.2.0/24.',
    },
  ),
  bad('a black hole with a gateway', 'route: { to: 172.7.22.0/24, type: blackhole, via: 10.4.7.22 }', {
    ...{ at: '3:52', width: 3, code: 'contradiction' },
    message: 'a route of type blackhole leads nowhere',
    hint: 'Leave out "via", or "type".',
  }),
  bad('a locked MTU that is not said', 'route: { to: 172.7.22.0/24, via: 10.4.7.22, mtu_lock: true }', {
    ...{ at: '3:51', width: 8, code: 'missing-key' },
    message: '"mtu_lock" needs "mtu" beside it',
    hint: 'Give "mtu" too, or leave out "mtu_lock".',
  }),
  bad('a scope that is misspelt', 'route: { to: 172.7.22.0/24, dev: eth0, scope: glboal }', {
    ...{ at: '3:53', width: 6, code: 'bad-value' },
    message: '"scope" must be the scope of a route, not "glboal"',
    hint: 'Did you mean "global"?',
  }),
  bad('a type of service beyond a byte', 'route: { to: 172.7.22.0/24, dev: eth0, tos: "0x100" }', {
    ...{ at: '3:51', width: 7, code: 'bad-value' },
    message: '"tos" must be a type of service, not "0x100"',
    hint: 'A number up to 0xff, or a name: 0x10, CS1, AF11, EF.',
  }),
  bad('a type of service that ip reads as another', 'route: { to: 172.7.22.0/24, dev: eth0, tos: "16" }', {
    ...{ at: '3:51', width: 4, code: 'bad-value' },
    message: '"tos" must be a type of service, not "16"',
    hint: 'In hexadecimal: 0x10.',
  }),
  bad('a protocol that is misspelt', 'rule: { ipproto: ucp, table: 100 }', {
    ...{ at: '3:24', width: 3, code: 'bad-value' },
    message: '"ipproto" must be a protocol on top of IP, not "ucp"',
    hint: 'Did you mean "tcp"?',
  }),
  bad('a rule without an action', 'rule: { priority: 100, from: 10.1.0.0/16 }', {
    ...{ at: '3:7', width: 4, code: 'missing-key' },
    message: 'this rule does not say what to do with the packets that it selects',
    hint: 'Give a "table", a "type" such as unreachable, a "goto" or `l3mdev: true`.',
  }),
  bad('a rule with an unknown action', 'rule: { priority: 100, from: 10.1.0.0/16, type: prohibitt }', {
    ...{ at: '3:55', width: 9, code: 'bad-value' },
    message: '"type" must be blackhole, unreachable or prohibit',
    hint: 'Did you mean "prohibit"?',
  }),
  bad('a rule with two actions', 'rule: { priority: 100, table: 100, type: prohibit }', {
    ...{ at: '3:42', width: 4, code: 'contradiction' },
    message: '"type" and "table" are two things to do with one packet',
    hint: 'Leave out one of them.',
  }),
  bad('a rule that goes back', 'rule: { priority: 100, goto: 50 }', {
    ...{ at: '3:36', width: 2, code: 'bad-value' },
    message: '"goto" does not lead to a later rule',
    hint: 'A rule of a priority above 100: no packet goes back.',
  }),
  bad('a rule of two IPs', 'rule: { from: 10.1.0.0/16, to: "2001:db8::/32", table: 100 }', {
    ...{ at: '3:38', width: 15, code: 'bad-value' },
    message: '"to" is of IPv6, and "from" is of IPv4',
    hint: 'Write an address of IPv4.',
  }),
  bad('a rule from what is no network', 'rule: { from: 10.1.0.5/16, table: 100 }', {
    ...{ at: '3:21', width: 11, code: 'bad-value' },
    message: '"from" must be a network, an address or "all", not "10.1.0.5/16"',
    hint: 'It has host bits set. The prefix is 10.1.0.0/16.',
  }),
  bad('ports the wrong way round', 'rule: { dport: 90-80, table: 100 }', {
    ...{ at: '3:22', width: 5, code: 'bad-value' },
    message: '"dport" ends before it begins',
    hint: 'Did you mean "80-90"?',
  }),
  bad('a port beyond the last of a rule', 'rule: { sport: 70000, table: 100 }', {
    ...{ at: '3:22', width: 5, code: 'bad-value' },
    message: '"sport" has no port 70000',
    hint: 'Ports end at 65535.',
  }),
  bad('a mark of more bits than there are', 'rule: { fwmark: "0x100000000", table: 100 }', {
    ...{ at: '3:23', width: 13, code: 'bad-value' },
    message: '"fwmark" is more than 32 bits',
    hint: 'At most 0xffffffff.',
  }),
  bad('a prefix length beyond the last', 'rule: { table: main, suppress_prefixlength: 129 }', {
    ...{ at: '3:51', width: 3, code: 'bad-value' },
    message: '"suppress_prefixlength" must be <= 128',
    hint: 'Refuse what the table finds by a prefix of this length or less.',
  }),
  bad('a length suppressed in no table', 'rule: { from: 10.1.0.0/16, type: prohibit, suppress_prefixlength: 0 }', {
    ...{ at: '3:50', width: 21, code: 'missing-key' },
    message: '"suppress_prefixlength" is about what a table finds',
    hint: 'Give the "table".',
  }),
];
