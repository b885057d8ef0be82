import { bad } from './one-task.ts';

/** Of iptables: values that are none, and keys that do not go together. */
export const iptablesArguments = [
  bad('an unfinished rule', 'iptables_rule: { chain: FORWARD, rule: -j }', {
    ...{ at: '3:46', width: 2, code: 'bad-value' },
    message: '"rule" is not finished: nothing stands after "-j"',
    hint: 'Say what -j is.',
  }),
  bad('a rule with an unfinished address', 'iptables_rule: { chain: FORWARD, rule: "-s -j ACCEPT" }', {
    ...{ at: '3:46', width: 14, code: 'bad-value' },
    message: '"rule" is not finished: nothing stands after "-s"',
    hint: 'Say what -s is.',
  }),
  bad('a rule with an address that is none', 'iptables_rule: { chain: FORWARD, rule: "-s 10.4.7.300 -j ACCEPT" }', {
    ...{ at: '3:46', width: 25, code: 'bad-value' },
    message: '"rule" has no address after "-s": "10.4.7.300"',
    hint: 'As 172.7.21.0/24.',
  }),
  bad(
    'a rule with an address of the other IP',
    'iptables_rule: { chain: FORWARD, rule: "-s 2001:db8::/32 -j ACCEPT" }',
    {
      ...{ at: '3:46', width: 28, code: 'bad-value' },
      message: '"rule" has an address of the other IP: "2001:db8::/32"',
      hint: 'Say `ip_version: 6`, or correct it.',
    },
  ),
  bad('a rule for two addresses', 'iptables_rule: { chain: FORWARD, rule: "-s 10.1.0.0/16,10.2.0.0/16 -j ACCEPT" }', {
    ...{ at: '3:46', width: 38, code: 'bad-value' },
    message: '"rule" is more than one: "10.1.0.0/16,10.2.0.0/16"',
    hint: 'Write a task for each address, or loop.',
  }),
  bad('a rule with its command', 'iptables_rule: { chain: FORWARD, rule: "-A INPUT -j ACCEPT" }', {
    ...{ at: '3:46', width: 20, code: 'bad-value' },
    message: '"rule" has "-A" in it',
    hint: 'Only the rule: its table and its chain are arguments of their own.',
  }),
  bad('a target in small letters', 'iptables_rule: { chain: FORWARD, rule: "-i eth0 -j accept" }', {
    ...{ at: '3:46', width: 19, code: 'bad-value' },
    message: '"rule" has no target "accept"',
    hint: 'Did you mean "ACCEPT"?',
  }),
  bad('a target of another table', 'iptables_rule: { chain: FORWARD, rule: "-s 172.7.21.0/24 -j MASQUERADE" }', {
    ...{ at: '3:46', width: 32, code: 'bad-value' },
    message: '"rule" has the target MASQUERADE, which is of table nat',
    hint: 'Say `table: nat`.',
  }),
  bad('a port without a protocol', 'iptables_rule: { chain: INPUT, rule: "--dport 22 -j ACCEPT" }', {
    ...{ at: '3:44', width: 22, code: 'bad-value' },
    message: '"rule" has "--dport" without a protocol',
    hint: 'Write -p tcp or -p udp before it.',
  }),
  bad('a port beyond the last in a rule', 'iptables_rule: { chain: INPUT, rule: "-p tcp --dport 70000 -j ACCEPT" }', {
    ...{ at: '3:44', width: 32, code: 'bad-value' },
    message: '"rule" has no port 70000',
    hint: 'Ports end at 65535.',
  }),
  bad('two targets', 'iptables_rule: { chain: INPUT, rule: "-j LOG -j ACCEPT" }', {
    ...{ at: '3:44', width: 18, code: 'bad-value' },
    message: '"rule" has two targets',
    hint: 'One -j; make two rules of it.',
  }),
  bad(
    'a device that is too long in a rule',
    'iptables_rule: { chain: INPUT, rule: "-i enp0s31f6.1234567 -j ACCEPT" }',
    {
      ...{ at: '3:44', width: 32, code: 'bad-value' },
      message: '"rule" has no device after "-i": "enp0s31f6.1234567"',
      hint: 'At most 15 characters.',
    },
  ),
  bad('a device that is not known yet', 'iptables_rule: { chain: INPUT, rule: "-o eth0 -j ACCEPT" }', {
    ...{ at: '3:44', width: 19, code: 'bad-value' },
    message: '"rule" has "-o", which is not known yet in INPUT',
    hint: 'Use -i, or another chain.',
  }),
  bad(
    'a rule with a quote that is not closed',
    "iptables_rule: { chain: INPUT, rule: '-m comment --comment \"x -j ACCEPT' }",
    {
      ...{ at: '3:44', width: 35, code: 'bad-value' },
      message: '"rule" cannot be read: The quoting of the rule -m comment --comment "x -j ACCEPT is not understood.',
      hint: 'Quote a whole word with double quotes, and write \\" for one inside.',
    },
  ),
  bad('a replaced rule that is unfinished', 'iptables_rule: { chain: INPUT, rule: -j DROP, replaces: -i eth0 -j }', {
    ...{ at: '3:63', width: 10, code: 'bad-value' },
    message: '"replaces" is not finished: nothing stands after "-j"',
    hint: 'Say what -j is.',
  }),
  bad(
    'an absent rule that replaces',
    'iptables_rule: { chain: INPUT, rule: -j DROP, replaces: -j ACCEPT, state: absent }',
    {
      ...{ at: '3:53', width: 8, code: 'contradiction' },
      message: 'a rule that is to be absent cannot replace another one',
      hint: 'Leave out "replaces", or "state".',
    },
  ),
  bad('a chain of another table', 'iptables_rule: { chain: POSTROUTING, rule: -j RETURN }', {
    ...{ at: '3:31', width: 11, code: 'bad-value' },
    message: '"chain" is not in table filter: "POSTROUTING"',
    hint: 'It is in nat, mangle: say `table: nat`.',
  }),
  bad('a chain in small letters', 'iptables_chain: { chain: forward, policy: DROP }', {
    ...{ at: '3:32', width: 7, code: 'bad-value' },
    message: '"chain" is none of the kernel\'s chains: "forward"',
    hint: 'Did you mean "FORWARD"?',
  }),
  bad('a built-in chain that is to go', 'iptables_chain: { chain: FORWARD, state: absent }', {
    ...{ at: '3:41', width: 5, code: 'contradiction' },
    message: 'FORWARD is built in: it cannot go',
    hint: 'Remove its rules one by one with `iptables_rule`.',
  }),
  bad("a policy of a chain of one's own", 'iptables_chain: { chain: PODS-IN, policy: DROP }', {
    ...{ at: '3:41', width: 6, code: 'contradiction' },
    message: 'PODS-IN is not built in: it has no policy',
    hint: 'Leave out "policy".',
  }),
  bad('a saved file of the other IP', 'iptables_save: { path: /etc/iptables/rules.v6, ip_version: 4 }', {
    ...{ at: '3:54', width: 10, code: 'contradiction' },
    message: '/etc/iptables/rules.v6 is a file for IPv6, and "ip_version" says otherwise',
    hint: 'Leave out "ip_version", or name the other file.',
  }),
  bad('a saved line with a rule that is unfinished', 'iptables_save: { only: { chain: INPUT, rule: -j } }', {
    ...{ at: '3:52', width: 2, code: 'bad-value' },
    message: '"rule" is not finished: nothing stands after "-j"',
    hint: 'Say what -j is.',
  }),
];
