import type { BadPlaybook } from './row.ts';

/** Arguments of modules about routes, links, addresses, firewalls, and of checks. */
export const networkModules: readonly BadPlaybook[] = [
  {
    name: 'quotes around a number',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, count: "3" }\n',
    error: {
      at: '3:40',
      width: 3,
      code: 'wrong-type',
      message: '"count" must be a whole number, not the text "3"',
      hint: 'Remove the quotes.',
    },
  },
  {
    name: 'none of two arguments',
    text: '- hosts: flannel\n  tasks:\n    - route: { dev: eth0 }\n',
    error: { at: '3:7', width: 5, code: 'missing-key', message: 'to or within is missing' },
  },
  {
    name: 'both of two arguments',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: default, within: 10.0.0.0/8 }\n',
    error: { at: '3:7', width: 5, code: 'missing-key', message: 'only one of to or within may be given' },
  },
  {
    name: 'arguments that are text',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: 10.0.0.1\n',
    error: {
      at: '3:20',
      width: 8,
      code: 'wrong-type',
      message: '"verify_ping" must be a map, not the text "10.0.0.1"',
      hint: 'Who is to answer, and how well.',
    },
  },
  {
    name: 'a target and targets',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, targets: [b] }\n',
    error: {
      at: '3:7',
      width: 11,
      code: 'missing-key',
      message: 'only one of target or targets may be given',
      hint: 'Who is to answer, and how well.',
    },
  },
  {
    name: 'a loss without its sign',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, loss: "5" }\n',
    error: {
      at: '3:39',
      width: 3,
      code: 'bad-value',
      message: '"loss" cannot be "5"',
      hint: 'The most that may be lost.',
    },
  },
  {
    name: 'a route to what is no network',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: 10.0.0.0/33, via: 10.4.7.1 }\n',
    error: {
      at: '3:20',
      width: 11,
      code: 'bad-value',
      message: '"to" must be a network, an address or "default", not "10.0.0.0/33"',
      hint: 'Write 172.7.22.0/24, 10.4.7.22 or 2001:db8::/32.',
    },
  },
  {
    name: 'a route with host bits',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: 10.0.0.1/8, via: 10.4.7.1 }\n',
    error: {
      at: '3:20',
      width: 10,
      code: 'bad-value',
      message: '"to" must be a network, an address or "default", not "10.0.0.1/8"',
      hint: 'It has host bits set. The prefix is 10.0.0.0/8.',
    },
  },
  {
    name: 'one way of several',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: 10.0.0.0/8, nexthops: [{ via: 10.4.7.1 }] }\n',
    error: {
      at: '3:42',
      width: 19,
      code: 'bad-value',
      message: '"nexthops" must not have fewer than 2 items',
      hint: 'Instead of `via` and `dev`: several ways, the traffic shared among them.',
    },
  },
  {
    name: 'a kind of route that there is not',
    text: '- hosts: flannel\n  tasks:\n    - route: { to: 10.0.0.0/8, type: blackhol }\n',
    error: {
      at: '3:38',
      width: 8,
      code: 'bad-value',
      message: '"type" must be unicast, blackhole, unreachable, prohibit, throw or local',
      hint: 'Did you mean "blackhole"?',
    },
  },
  {
    name: 'a device with a name that is too long',
    text: '- hosts: flannel\n  tasks:\n    - link: { name: a-name-of-a-device-too-long, state: up }\n',
    error: {
      at: '3:21',
      width: 27,
      code: 'bad-value',
      message: '"name" must be the name of a network device, not "a-name-of-a-device-too-long"',
      hint: 'At most 15 characters, without blanks, slashes and colons: eth0, flannel.1.',
    },
  },
  {
    name: 'an MTU that is too small',
    text: '- hosts: flannel\n  tasks:\n    - link: { name: eth0, mtu: 60 }\n',
    error: {
      at: '3:32',
      width: 2,
      code: 'bad-value',
      message: '"mtu" must be >= 68',
      hint: 'Largest packet, in bytes. Default: as it is.',
    },
  },
  {
    name: 'a VNI that is too large',
    text: '- hosts: flannel\n  tasks:\n    - link: { name: v, kind: vxlan, vxlan: { id: 16777216 } }\n',
    error: {
      at: '3:50',
      width: 8,
      code: 'bad-value',
      message: '"id" must be <= 16777215',
      hint: 'VNI. A new one needs it.',
    },
  },
  {
    name: 'a misspelt setting of a bridge',
    text: '- hosts: flannel\n  tasks:\n    - link: { name: b, kind: bridge, bridge: { vlan_filterin: 1 } }\n',
    error: {
      at: '3:48',
      width: 13,
      code: 'unknown-key',
      message: '"vlan_filterin" is not known here',
      hint: 'Did you mean "vlan_filtering"?',
    },
  },
  {
    name: 'a MAC address without quotes',
    text: '- hosts: flannel\n  tasks:\n    - link: { name: eth0, mac: 52:54:00:12:34 }\n',
    error: {
      at: '3:32',
      width: 14,
      code: 'bad-value',
      message: '"mac" must be a MAC address, not "52:54:00:12:34"',
      hint: 'Six pairs of hexadecimal digits: 2e:bf:3c:46:c0:e2.',
    },
  },
  {
    name: 'an address that is none',
    text: '- hosts: flannel\n  tasks:\n    - address: { address: 10.4.7.256/24, dev: eth0 }\n',
    error: {
      at: '3:27',
      width: 13,
      code: 'bad-value',
      message: '"address" must be an IP address with its length, not "10.4.7.256/24"',
      hint: 'As 10.4.7.21/24 or 2001:db8::21/64.',
    },
  },
  {
    name: 'an address without its device',
    text: '- hosts: flannel\n  tasks:\n    - address: { address: 10.4.7.21/24 }\n',
    error: { at: '3:7', width: 7, code: 'missing-key', message: '"dev" is missing' },
  },
  {
    name: 'a rule in a chain that is none',
    text: '- hosts: flannel\n  tasks:\n    - iptables_rule: { chain: "IN PUT", rule: -j ACCEPT }\n',
    error: {
      at: '3:31',
      width: 8,
      code: 'bad-value',
      message: '"chain" cannot be "IN PUT"',
      hint: 'The chain. It must be there, unless it is to be created or the rule is to be absent.',
    },
  },
  {
    name: 'a rule for a table that there is not',
    text: '- hosts: flannel\n  tasks:\n    - iptables_rule: { table: mangel, chain: INPUT, rule: -j ACCEPT }\n',
    error: {
      at: '3:31',
      width: 6,
      code: 'bad-value',
      message: '"table" must be filter, nat, mangle, raw or security',
      hint: 'Did you mean "mangle"?',
    },
  },
  {
    name: 'a URL without its scheme',
    text: '- hosts: flannel\n  tasks:\n    - verify_http: { url: "10.4.7.21:2401/healthz" }\n',
    error: {
      at: '3:27',
      width: 24,
      code: 'bad-value',
      message: '"url" must be a URL of http or https, not "10.4.7.21:2401/healthz"',
      hint: 'Did you mean "http://10.4.7.21:2401/healthz"?',
    },
  },
  {
    name: 'a status that there is not',
    text: '- hosts: flannel\n  tasks:\n    - verify_http: { url: "http://a/", status: 99 }\n',
    error: {
      at: '3:48',
      width: 2,
      code: 'bad-value',
      message: '"status" must be >= 100',
      hint: 'The status expected.',
    },
  },
  {
    name: 'a port that there is not',
    text: '- hosts: flannel\n  tasks:\n    - verify_tcp: { target: a, port: 70000 }\n',
    error: { at: '3:38', width: 5, code: 'bad-value', message: '"port" must be <= 65535', hint: 'TCP port.' },
  },
  {
    name: 'a question for a name without the name',
    text: '- hosts: flannel\n  tasks:\n    - verify_dns: { server: 10.4.7.11 }\n',
    error: { at: '3:7', width: 10, code: 'missing-key', message: '"name" is missing' },
  },
  {
    name: 'a mask where an address is wanted',
    text: '- hosts: flannel\n  tasks:\n    - verify_route: { to: 10.0.0.0/8, dev: eth0, src: here }\n',
    error: {
      at: '3:55',
      width: 4,
      code: 'bad-value',
      message: '"src" must be an IP address, not "here"',
      hint: 'As 10.4.7.22 or 2001:db8::22.',
    },
  },
  {
    name: 'a place in the chain that there is not',
    text: '- hosts: flannel\n  tasks:\n    - iptables_rule: { chain: INPUT, rule: -j ACCEPT, position: second }\n',
    error: {
      at: '3:65',
      width: 6,
      code: 'bad-value',
      message: '"position" cannot be "second"',
      hint: 'Where a new rule goes that replaces none: append (the default), first, or a number from 1.',
    },
  },
  {
    name: 'a neighbour without its device',
    text: '- hosts: flannel\n  tasks:\n    - neighbour: { address: 10.4.7.1 }\n',
    error: { at: '3:7', width: 9, code: 'missing-key', message: '"dev" is missing' },
  },
  {
    name: 'a log that is asked for nothing',
    text: '- hosts: flannel\n  tasks:\n    - verify_log: { path: /var/log/a }\n',
    error: {
      at: '3:7',
      width: 10,
      code: 'missing-key',
      message: 'required or forbidden is missing',
      hint: 'A log, which part of it counts, and what must and must not stand there.',
    },
  },
  {
    name: 'text for a switch',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, df: "yes" }\n',
    error: {
      at: '3:37',
      width: 5,
      code: 'wrong-type',
      message: '"df" must be true or false, not the text "yes"',
      hint: 'Write true: in YAML 1.2 "yes" is text.',
    },
  },
  {
    name: 'a switch in the words of YAML 1.1',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, df: on }\n',
    error: {
      at: '3:37',
      width: 2,
      code: 'wrong-type',
      message: '"df" must be true or false, not the text "on"',
      hint: 'Write true: in YAML 1.2 "on" is text.',
    },
  },
  {
    name: 'targets twice',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { targets: [a, a] }\n',
    error: {
      at: '3:31',
      width: 6,
      code: 'bad-value',
      message: '"targets" must not have duplicate items (items ## 1 and 0 are identical)',
      hint: 'In place of `target`: all of them at the same time, by one command. None at all is nothing to ask.',
    },
  },
];
