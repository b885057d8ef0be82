import { bad } from './one-task.ts';

/** Of files, programs, keys and parameters: values that are none, and keys that do not go together. */
export const hostArguments = [
  bad('an expression that does not compile', 'line: { path: /etc/hosts, match: "(", line: a }', {
    ...{ at: '3:41', width: 1, code: 'bad-value' },
    message: '"match" must be an RE2 expression, not "("',
    hint: 'This ( is not closed. Close it with ). To have it as it is, write [(].',
  }),
  bad('an expression that looks around', 'line: { path: /etc/hosts, line: a, after: "(?=x)" }', {
    ...{ at: '3:50', width: 3, code: 'bad-value' },
    message: '"after" must be an RE2 expression, not "(?=x)"',
    hint: 'A lookahead, (?=, is not supported. Match what stands around too, and take the part that is wanted with a group.',
  }),
  bad('a pattern without a line', 'line: { path: /etc/hosts, match: a }', {
    ...{ at: '3:33', width: 5, code: 'missing-key' },
    message: 'what is the line? "match" only says which one it takes the place of',
    hint: 'Give "line", or "state: absent" to remove what "match" finds.',
  }),
  bad('a place of a line that is to be absent', 'line: { path: /etc/hosts, line: a, before: b, state: absent }', {
    ...{ at: '3:42', width: 6, code: 'contradiction' },
    message: 'a line that is to be absent has no place',
    hint: 'Leave it out.',
  }),
  bad('a check that is not told its file', 'line: { path: /etc/hosts, line: a, validate: [nginx, -t] }', {
    ...{ at: '3:52', width: 11, code: 'bad-value' },
    message: '"validate" does not say where the new content goes',
    hint: 'Write `%s` for the file that holds it: [visudo, -cf, "%s"].',
  }),
  bad('content of a file that is to be absent', 'file: { path: /etc/a, content: b, state: absent }', {
    ...{ at: '3:29', width: 7, code: 'contradiction' },
    message: 'a file that is to be absent has no content',
    hint: 'Leave out the content, or "state".',
  }),
  bad('content that is no base64', 'file: { path: /etc/a, content: "a b!", encoding: base64 }', {
    ...{ at: '3:38', width: 6, code: 'bad-value' },
    message: '"content" is not base64',
    hint: 'As `base64 FILE` prints it; or leave out "encoding".',
  }),
  bad('an encoding of nothing', 'file: { path: /etc/a, state: present, encoding: base64 }', {
    ...{ at: '3:45', width: 8, code: 'missing-key' },
    message: '"encoding" is of "content"',
    hint: 'Give "content" too.',
  }),
  bad('a mode with an eight', 'file: { path: /etc/a, content: b, mode: "0648" }', {
    ...{ at: '3:47', width: 6, code: 'bad-value' },
    message: '"mode" cannot be "0648"',
    hint: 'Permissions in octal, quoted: "0644". As it is where not given.',
  }),
  bad('an owner with a blank', 'file: { path: /etc/a, content: b, owner: "a b" }', {
    ...{ at: '3:48', width: 5, code: 'bad-value' },
    message: '"owner" cannot be "a b"',
    hint: 'Name or number. As it is where not given.',
  }),
  bad('a path that is not absolute', 'directory: { path: etc/a, state: present }', {
    ...{ at: '3:26', width: 5, code: 'bad-value' },
    message: '"path" cannot be "etc/a"',
    hint: 'Absolute path. Folders above it that are missing are made too.',
  }),
  bad('a link without its target', 'symlink: { path: /etc/a, state: present }', {
    ...{ at: '3:39', width: 7, code: 'bad-value' },
    message: '"state" must be "absent"',
    hint: 'Needs no target.',
  }),
  bad('a key that is to be absent with a value', 'etcd_key: { api: 2, key: /a, value: b, state: absent }', {
    ...{ at: '3:36', width: 5, code: 'contradiction' },
    message: 'a key that is to be absent has no value',
    hint: 'Leave out "value", or "state".',
  }),
  bad(
    'a backend that flannel does not know',
    'etcd_key: { api: 2, key: /coreos.com/network/config, json: { Network: 172.7.0.0/16, Backend: { Type: VxLna } } }',
    {
      ...{ at: '3:66', width: 51, code: 'bad-value' },
      message: '"json" is not for flannel: the backend type "VxLna" is not known to flanneld. Did you mean "vxlan"',
      hint: 'Correct the value. If it is meant, say `allow: [unknown_type]`.',
    },
  ),
  bad('an etcd server that is none', 'etcd_key: { api: 2, key: /a, value: b, endpoints: ["http://10.4.7.300:2379"] }', {
    ...{ at: '3:58', width: 24, code: 'bad-value' },
    message: 'must be the address of an etcd server, not "http://10.4.7.300:2379"',
    hint: 'As http://10.4.7.12:2379.',
  }),
  bad('a certificate without its key', 'etcd_key: { api: 2, key: /a, value: b, tls: { cert: /a.pem } }', {
    ...{ at: '3:53', width: 4, code: 'missing-key' },
    message: '"cert" needs "key" beside it',
    hint: 'Give "key" too, or leave out "cert".',
  }),
  bad('a masked service that is to run', 'service: { name: docker, state: running, masked: true }', {
    ...{ at: '3:48', width: 6, code: 'contradiction' },
    message: 'a masked service can neither be started nor enabled',
    hint: 'Leave out "masked", or "state".',
  }),
  bad('a service that is never waited for', 'service: { name: docker, state: running, wait: 0s }', {
    ...{ at: '3:54', width: 2, code: 'bad-value' },
    message: '"wait" must be a duration above 0, not "0s"',
    hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
  }),
  bad(
    'a program that is to run by a new file',
    'supervisor: { program: a, state: running, conf: { path: /etc/a.ini } }',
    {
      ...{ at: '3:49', width: 4, code: 'contradiction' },
      message: '"conf" does not go with `state: running`',
      hint: 'Make two tasks of it: `present` with "conf", then this one.',
    },
  ),
  bad('a program that is defined by nothing', 'supervisor: { program: a, state: present }', {
    ...{ at: '3:33', width: 5, code: 'missing-key' },
    message: '`state: present` needs "conf"',
    hint: 'Give the path of the file that defines the program, and for `present` its content too.',
  }),
  bad(
    'a definition without a section',
    'supervisor: { program: a, state: present, conf: { path: /etc/a.ini, content: "command=/a\\n" } }',
    {
      ...{ at: '3:84', width: 14, code: 'bad-value' },
      message: '"content" does not define a',
      hint: 'Begin it with [program:a] or [group:a].',
    },
  ),
  bad('a parameter that is to be absent', 'sysctl: { name: net.ipv4.ip_forward, state: absent }', {
    ...{ at: '3:44', width: 5, code: 'missing-key' },
    message: 'a parameter of the kernel always has a value; only a file can be without it',
    hint: 'Name the "file" that sets it, or give the "value" that it is to have.',
  }),
  bad('a parameter that is set nowhere', 'sysctl: { name: net.ipv4.ip_forward, value: 1, runtime: false }', {
    ...{ at: '3:54', width: 7, code: 'missing-key' },
    message: 'neither in force nor in a file it would be set nowhere',
    hint: 'Name a "file", or leave out "runtime".',
  }),
  bad(
    'a parameter that is to be absent with a value',
    'sysctl: { name: net.ipv4.ip_forward, value: 1, state: absent, file: /etc/sysctl.conf }',
    {
      ...{ at: '3:44', width: 5, code: 'contradiction' },
      message: 'what is to be absent has no value',
      hint: 'Leave out "value", or "state".',
    },
  ),
  bad(
    'a parameter of a namespace in a file',
    'sysctl: { name: net.ipv4.ip_forward, value: 1, netns: pod, file: /etc/sysctl.conf }',
    {
      ...{ at: '3:66', width: 4, code: 'contradiction' },
      message: 'no file sets a parameter of a network namespace',
      hint: 'Leave out "file", or "netns".',
    },
  ),
  bad('a parameter that no namespace has', 'sysctl: { name: vm.swappiness, value: 1, netns: pod }', {
    ...{ at: '3:48', width: 5, code: 'contradiction' },
    message: 'only parameters under net. are those of a network namespace',
    hint: 'Leave out "netns".',
  }),
  bad('a parameter with an empty part', 'sysctl: { name: net..ip_forward, value: 1 }', {
    ...{ at: '3:23', width: 15, code: 'bad-value' },
    message: '"name" is no kernel parameter: "net..ip_forward"',
    hint: 'As `sysctl -a` writes it: net.ipv4.ip_forward.',
  }),
];
