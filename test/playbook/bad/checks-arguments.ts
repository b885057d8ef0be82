import { bad } from './one-task.ts';

/** Of checks: values that are none, and keys that do not go together. */
export const checkArguments = [
  bad('a target that is no address', 'verify_ping: { target: 10.4.7.300 }', {
    ...{ at: '3:30', width: 10, code: 'bad-value' },
    message: '"target" must be the address or the name of a host, not "10.4.7.300"',
    hint: 'As 10.4.7.22, 2001:db8::22 or node22.example.com.',
  }),
  bad('a target with a port', 'verify_ping: { target: "node22:80" }', {
    ...{ at: '3:30', width: 11, code: 'bad-value' },
    message: '"target" must be the address or the name of a host, not "node22:80"',
    hint: 'Only the host: node22.',
  }),
  bad('one of the targets that is none', 'verify_ping: { targets: [10.4.7.22, 10.4.7] }', {
    ...{ at: '3:43', width: 6, code: 'bad-value' },
    message: 'must be the address or the name of a host, not "10.4.7"',
    hint: 'As 10.4.7.22, 2001:db8::22 or node22.example.com.',
  }),
  bad('a window beyond what is sent', 'verify_ping: { target: 10.4.7.22, window: 5 }', {
    ...{ at: '3:49', width: 1, code: 'bad-value' },
    message: '"window" is more than the 3 packets that are sent',
    hint: 'Send more of them with "count".',
  }),
  bad('a mesh of one', 'verify_ping: { target: 10.4.7.22, mesh: true }', {
    ...{ at: '3:41', width: 4, code: 'missing-key' },
    message: '"mesh" needs "targets" beside it',
    hint: 'Give "targets" too, or leave out "mesh".',
  }),
  bad('more lost than was sent', 'verify_ping: { target: 10.4.7.22, loss: 101% }', {
    ...{ at: '3:47', width: 4, code: 'bad-value' },
    message: '"loss" cannot be "101%"',
    hint: 'The most that may be lost.',
  }),
  bad('a source of the other IP for a ping', 'verify_ping: { target: 10.4.7.22, source: "fe80::1" }', {
    ...{ at: '3:49', width: 9, code: 'bad-value' },
    message: '"source" is of IPv6, and the target is of IPv4',
    hint: 'Write an address of IPv4.',
  }),
  bad('a question from two places', 'verify_ping: { target: 10.4.7.22, netns: pod, pid: 7 }', {
    ...{ at: '3:53', width: 3, code: 'contradiction' },
    message: 'only one of netns, pid and container can say where to ask from',
    hint: 'Leave all but one of them out.',
  }),
  bad('no time to answer', 'verify_tcp: { target: 10.4.7.22, port: 22, timeout: 0s }', {
    ...{ at: '3:59', width: 2, code: 'bad-value' },
    message: '"timeout" must be a duration above 0, not "0s"',
    hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
  }),
  bad('a port beyond the last', 'verify_tcp: { target: 10.4.7.22, port: 70000 }', {
    ...{ at: '3:46', width: 5, code: 'bad-value' },
    message: '"port" must be <= 65535',
    hint: 'TCP port.',
  }),
  bad('a banner of a closed port', 'verify_tcp: { target: 10.4.7.22, port: 22, state: closed, banner: SSH }', {
    ...{ at: '3:65', width: 6, code: 'contradiction' },
    message: 'a port that is to be closed says nothing',
    hint: 'Leave out "banner", or "state".',
  }),
  bad('a banner that does not compile', 'verify_tcp: { target: 10.4.7.22, port: 22, banner: "[" }', {
    ...{ at: '3:59', width: 1, code: 'bad-value' },
    message: '"banner" must be an RE2 expression, not "["',
    hint: 'This [ is not closed. Close it with ]. To have it as it is, write \\[.',
  }),
  bad('a URL with an address that is none', 'verify_http: { url: "http://10.4.7.300/" }', {
    ...{ at: '3:27', width: 20, code: 'bad-value' },
    message: '"url" must be a URL of http or https, not "http://10.4.7.300/"',
    hint: 'Look at its host and its port.',
  }),
  bad('a URL with a port beyond the last', 'verify_http: { url: "http://10.4.7.22:70000/" }', {
    ...{ at: '3:27', width: 25, code: 'bad-value' },
    message: '"url" must be a URL of http or https, not "http://10.4.7.22:70000/"',
    hint: 'Look at its host and its port.',
  }),
  bad('a source that is no address', 'verify_http: { url: "http://a/", source: 10.4.7 }', {
    ...{ at: '3:48', width: 6, code: 'bad-value' },
    message: '"source" must be an IP address, or empty, not "10.4.7"',
    hint: 'As 10.4.7.22 or 2001:db8::22.',
  }),
  bad('a client that is no address', 'verify_http: { url: "http://a/", client: 10.4.7 }', {
    ...{ at: '3:48', width: 6, code: 'bad-value' },
    message: '"client" must be an IP address, not "10.4.7"',
    hint: 'As 10.4.7.22 or 2001:db8::22.',
  }),
  bad('a pattern for no client', 'verify_http: { url: "http://a/", client_pattern: "(.*)" }', {
    ...{ at: '3:40', width: 14, code: 'missing-key' },
    message: '"client_pattern" needs "client" beside it',
    hint: 'Give "client" too, or leave out "client_pattern".',
  }),
  bad('a URL as a target', 'wait_for: { port: 80, target: "http://10.4.7.22/" }', {
    ...{ at: '3:37', width: 19, code: 'bad-value' },
    message: '"target" must be the address or the name of a host, not "http://10.4.7.22/"',
    hint: 'Only the host: 10.4.7.22.',
  }),
  bad('tries without a pause', 'wait_for: { port: 80, interval: 0ms }', {
    ...{ at: '3:39', width: 3, code: 'bad-value' },
    message: '"interval" must be a duration above 0, not "0ms"',
    hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
  }),
  bad('a line that does not compile', 'verify_log: { path: /var/log/a, required: ["ok", "*"] }', {
    ...{ at: '3:57', width: 1, code: 'bad-value' },
    message: 'must be an RE2 expression, not "*"',
    hint: 'Nothing stands before * that could be repeated. Write .* for any text. To have it as it is, write [*].',
  }),
  bad('lines of two processes', 'verify_log: { path: /var/log/a, required: [ok], process: a, pid: 7 }', {
    ...{ at: '3:67', width: 3, code: 'contradiction' },
    message: '"process" and "pid" both say whose lines count',
    hint: 'Leave out one of them.',
  }),
  bad('a route to one of the other IP', 'verify_route: { to: 172.7.22.0/24, src: "fe80::1" }', {
    ...{ at: '3:47', width: 9, code: 'bad-value' },
    message: '"src" is of IPv6, and "to" or "get" is of IPv4',
    hint: 'Write an address of IPv4.',
  }),
  bad('a packet that is no address', 'verify_route: { get: 172.7.22.256 }', {
    ...{ at: '3:28', width: 12, code: 'bad-value' },
    message: '"get" must be an IP address, not "172.7.22.256"',
    hint: 'As 10.4.7.22 or 2001:db8::22.',
  }),
  bad('a packet from nowhere', 'verify_route: { to: 172.7.22.0/24, from: 172.7.21.2 }', {
    ...{ at: '3:42', width: 4, code: 'missing-key' },
    message: '"from" needs "get" beside it',
    hint: 'Give "get" too, or leave out "from".',
  }),
  bad('the table of a packet', 'verify_route: { get: 172.7.22.2, table: main }', {
    ...{ at: '3:40', width: 5, code: 'missing-key' },
    message: '"table" needs "to" beside it',
    hint: 'Give "to" too, or leave out "table".',
  }),
  bad('a name for an address', 'verify_dns: { name: node22, type: PTR }', {
    ...{ at: '3:27', width: 6, code: 'bad-value' },
    message: '"name" must be an IP address, not "node22"',
    hint: 'As 10.4.7.22 or 2001:db8::22.',
  }),
  bad('an answer that is no address', 'verify_dns: { name: node22, answers: [10.4.7.300] }', {
    ...{ at: '3:45', width: 10, code: 'bad-value' },
    message: 'must be an IPv4 address, not "10.4.7.300"',
    hint: 'As 10.4.7.22.',
  }),
  bad('an answer of the other IP', 'verify_dns: { name: node22, type: AAAA, answers: [10.4.7.22] }', {
    ...{ at: '3:57', width: 9, code: 'bad-value' },
    message: 'is of IPv4, and the record is of IPv6',
    hint: 'Write an address of IPv6.',
  }),
  bad('a port of no server', 'verify_dns: { name: node22, port: 5353 }', {
    ...{ at: '3:35', width: 4, code: 'missing-key' },
    message: '"port" is of a "server"',
    hint: 'Name the server.',
  }),
  bad('answers for a name that is to be absent', 'verify_dns: { name: node22, state: absent, answers: [10.4.7.22] }', {
    ...{ at: '3:50', width: 7, code: 'contradiction' },
    message: 'a name that is to be absent has no answers',
    hint: 'Leave out "answers", or "state".',
  }),
  bad('a server that is none', 'verify_dns: { name: node22, server: 10.4.7.300 }', {
    ...{ at: '3:43', width: 10, code: 'bad-value' },
    message: '"server" must be the address or the name of a host, not "10.4.7.300"',
    hint: 'As 10.4.7.22, 2001:db8::22 or node22.example.com.',
  }),
  bad(
    'a pod network that is none',
    'verify_flannel: { model: any, etcd: "http://a:2379", network: 172.7.0.1/16, nodes: [{ public_ip: 10.4.7.21, pod_cidr: 172.7.21.0/24 }] }',
    {
      ...{ at: '3:69', width: 12, code: 'bad-value' },
      message: '"network" must be a network, not "172.7.0.1/16"',
      hint: 'It has host bits set. The prefix is 172.7.0.0/16.',
    },
  ),
  bad(
    'a node outside of the network',
    'verify_flannel: { model: any, etcd: "http://a:2379", network: 172.7.0.0/16, nodes: [{ public_ip: 10.4.7.21, pod_cidr: 172.8.21.0/24 }] }',
    {
      ...{ at: '3:125', width: 13, code: 'bad-value' },
      message: '"pod_cidr" is not in the network 172.7.0.0/16: "172.8.21.0/24"',
      hint: 'Correct one of them.',
    },
  ),
  bad(
    'a pod of another node',
    'verify_flannel: { model: any, etcd: "http://a:2379", network: 172.7.0.0/16, nodes: [{ public_ip: 10.4.7.21, pod_cidr: 172.7.21.0/24, pod_ip: 172.7.22.2 }] }',
    {
      ...{ at: '3:148', width: 10, code: 'bad-value' },
      message: '"pod_ip" is not in 172.7.21.0/24: "172.7.22.2"',
      hint: 'Correct one of them.',
    },
  ),
  bad(
    'two nodes with one address',
    'verify_flannel: { model: any, etcd: "http://a:2379", network: 172.7.0.0/16, nodes: [{ public_ip: 10.4.7.21, pod_cidr: 172.7.21.0/24 }, { public_ip: 10.4.7.21, pod_cidr: 172.7.22.0/24 }] }',
    {
      ...{ at: '3:155', width: 9, code: 'bad-value' },
      message: '"public_ip" is that of another node: "10.4.7.21"',
      hint: 'Every node has its own.',
    },
  ),
  bad(
    'an etcd server with a port beyond the last',
    'verify_flannel: { model: any, etcd: "http://a:70000", network: 172.7.0.0/16, nodes: [{ public_ip: 10.4.7.21, pod_cidr: 172.7.21.0/24 }] }',
    {
      ...{ at: '3:43', width: 16, code: 'bad-value' },
      message: '"etcd" must be a URL of http or https, not "http://a:70000"',
      hint: 'Look at its host and its port.',
    },
  ),
  bad('an assertion of nothing', 'assert: { that: [] }', {
    ...{ at: '3:23', width: 2, code: 'bad-value' },
    message: '"that" cannot be []',
    hint: 'An expression as in `when`, without braces. Of a list, all must hold.',
  }),
  bad("Ansible's other name of an assertion's message", 'assert: { that: number > 1, msg: no }', {
    ...{ at: '3:35', width: 3, code: 'unknown-key' },
    message: '"msg" is not known here',
    hint: 'Write "fail_msg": so it is called here.',
  }),
  bad('a failure as in Ansible', 'fail: { msg: no }', {
    ...{ at: '3:7', width: 4, code: 'unknown-module' },
    message: '"fail" is neither a module nor a keyword of a task',
    hint: 'Write assert: { that: false, fail_msg: "..." }, with the same "when".',
  }),
];
