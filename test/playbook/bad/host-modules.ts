import type { BadPlaybook } from './row.ts';

/** Arguments of modules about files, programs, keys and commands. */
export const hostModules: readonly BadPlaybook[] = [
  {
    name: 'an unknown argument',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { programm: flanneld, state: running }\n',
    error: {
      at: '3:21',
      width: 8,
      code: 'unknown-key',
      message: '"programm" is not known here',
      hint: 'Did you mean "program"?',
    },
  },
  {
    name: 'a wrong choice',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: flanneld, state: runing }\n',
    error: {
      at: '3:47',
      width: 6,
      code: 'bad-value',
      message: '"state" must be running, stopped, present or absent',
      hint: 'Did you mean "running"?',
    },
  },
  {
    name: 'a number for text',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a, content: x, mode: 0644 }\n',
    error: {
      at: '3:43',
      width: 4,
      code: 'wrong-type',
      message: '"mode" must be text, not 644',
      hint: 'Put it in quotes.',
    },
  },
  {
    name: 'a duration of a module without a unit',
    text: '- hosts: flannel\n  tasks:\n    - process: { name: a, state: absent, kill_after: 5 s }\n',
    error: {
      at: '3:54',
      width: 3,
      code: 'bad-value',
      message: '"kill_after" must be a duration, not "5 s"',
      hint: 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.',
    },
  },
  {
    name: 'an assertion that wants nothing',
    text: '- hosts: flannel\n  verify:\n    - file: { path: /a }\n',
    error: {
      at: '3:7',
      width: 4,
      code: 'nothing-wanted',
      message: 'this "file" wants no state',
      hint: 'Say what must hold.',
    },
  },
  {
    name: 'a command as an assertion',
    text: '- hosts: flannel\n  verify:\n    - command: { argv: [ls] }\n',
    error: {
      at: '3:7',
      width: 7,
      code: 'cannot-assert',
      message: 'no command can tell whether "command" holds',
      hint: 'Ask a check here, or a resource whose state can be read, or say with "changed_when: false" that the command only reads.',
    },
  },
  {
    name: 'a task that wants nothing',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a }\n',
    error: {
      at: '3:7',
      width: 4,
      code: 'nothing-wanted',
      message: 'this "file" wants no state',
      hint: 'Say what is wanted, or "protect: true" to have an undo restore it.',
    },
  },
  {
    name: 'a path from nowhere',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: etc/hosts, content: a }\n',
    error: {
      at: '3:21',
      width: 9,
      code: 'bad-value',
      message: '"path" cannot be "etc/hosts"',
      hint: 'Absolute path. Its folder must exist.',
    },
  },
  {
    name: 'a path that ends in a slash',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /etc/, content: a }\n',
    error: {
      at: '3:21',
      width: 5,
      code: 'bad-value',
      message: '"path" cannot be "/etc/"',
      hint: 'Absolute path. Its folder must exist.',
    },
  },
  {
    name: 'permissions that are none',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a, content: a, mode: "0888" }\n',
    error: {
      at: '3:43',
      width: 6,
      code: 'bad-value',
      message: '"mode" cannot be "0888"',
      hint: 'Permissions in octal, quoted: "0644". As it is where not given.',
    },
  },
  {
    name: 'a state that a file has not',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a, state: touch }\n',
    error: { at: '3:32', width: 5, code: 'bad-value', message: '"state" must be present or absent' },
  },
  {
    name: 'a file with an owner that is none',
    text: '- hosts: flannel\n  tasks:\n    - file: { path: /a, content: a, owner: "ro ot" }\n',
    error: {
      at: '3:44',
      width: 7,
      code: 'bad-value',
      message: '"owner" cannot be "ro ot"',
      hint: 'Name or number. As it is where not given.',
    },
  },
  {
    name: 'a kernel parameter without a name',
    text: '- hosts: flannel\n  tasks:\n    - sysctl: { value: 1 }\n',
    error: { at: '3:7', width: 6, code: 'missing-key', message: '"name" is missing' },
  },
  {
    name: 'a kernel parameter of nowhere',
    text: '- hosts: flannel\n  tasks:\n    - sysctl: { name: "net..ipv4", value: 1 }\n',
    error: {
      at: '3:23',
      width: 11,
      code: 'bad-value',
      message: '"name" is no kernel parameter: "net..ipv4"',
      hint: 'As `sysctl -a` writes it: net.ipv4.ip_forward.',
    },
  },
  {
    name: 'a line that is two',
    text: '- hosts: flannel\n  tasks:\n    - line: { path: /a, line: "a\\nb" }\n',
    error: {
      at: '3:31',
      width: 6,
      code: 'bad-value',
      message: '"line" cannot be "a\\nb"',
      hint: 'The whole line, without its end. It is looked for by its exact text.',
    },
  },
  {
    name: 'a line after and before',
    text: '- hosts: flannel\n  tasks:\n    - line: { path: /a, line: a, after: b, before: c }\n',
    error: {
      at: '3:7',
      width: 4,
      code: 'bad-value',
      message: 'these do not go together',
      hint: 'A line of a text file.',
    },
  },
  {
    name: 'a service that is to be reloaded',
    text: '- hosts: flannel\n  tasks:\n    - service: { name: nginx, state: reloaded }\n',
    error: { at: '3:38', width: 8, code: 'bad-value', message: '"state" must be running or stopped' },
  },
  {
    name: 'nothing to wait for',
    text: '- hosts: flannel\n  tasks:\n    - wait_for: { deadline: 5s }\n',
    error: {
      at: '3:7',
      width: 8,
      code: 'missing-key',
      message: 'port, path or command is missing',
      hint: 'What to wait for, and how long.',
    },
  },
  {
    name: 'two things to wait for',
    text: '- hosts: flannel\n  tasks:\n    - wait_for: { port: 80, path: /a }\n',
    error: {
      at: '3:7',
      width: 8,
      code: 'missing-key',
      message: 'only one of port, path or command may be given',
      hint: 'What to wait for, and how long.',
    },
  },
  {
    name: 'what a file is to contain, without the file',
    text: '- hosts: flannel\n  tasks:\n    - wait_for: { port: 80, contains: a }\n',
    error: { at: '3:29', width: 8, code: 'missing-key', message: '"contains" needs "path" beside it' },
  },
  {
    name: 'a key without its version',
    text: '- hosts: flannel\n  tasks:\n    - etcd_key: { key: /a, value: b }\n',
    error: { at: '3:7', width: 8, code: 'missing-key', message: '"api" is missing' },
  },
  {
    name: 'a value in two forms',
    text: '- hosts: flannel\n  tasks:\n    - etcd_key: { api: 3, key: /a, value: b, json: { c: d } }\n',
    error: { at: '3:7', width: 8, code: 'bad-value', message: 'these do not go together' },
  },
  {
    name: 'a command that is one text',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: ls -l }\n',
    error: {
      at: '3:24',
      width: 5,
      code: 'wrong-type',
      message: '"argv" must be a list, not the text "ls -l"',
      hint: 'The program and its arguments, as they are: no shell reads them.',
    },
  },
  {
    name: 'a command in two forms',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [ls], shell: ls }\n',
    error: {
      at: '3:7',
      width: 7,
      code: 'missing-key',
      message: 'only one of argv or shell may be given',
      hint: 'One command of your own; exactly one of `argv` and `shell`.',
    },
  },
  {
    name: 'an empty command',
    text: '- hosts: flannel\n  tasks:\n    - command: { argv: [] }\n',
    error: {
      at: '3:24',
      width: 2,
      code: 'bad-value',
      message: '"argv" must not have fewer than 1 items',
      hint: 'The program and its arguments, as they are: no shell reads them.',
    },
  },
  {
    name: 'a program that is all of them',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { program: all, state: stopped }\n',
    error: {
      at: '3:30',
      width: 3,
      code: 'bad-value',
      message: '"program" cannot be "all"',
      hint: 'Its name in `supervisorctl status`; `group:name` for one of a group, `group:*` for all of it.',
    },
  },
  {
    name: 'processes that are to be there',
    text: '- hosts: flannel\n  tasks:\n    - process: { name: flanneld, state: present }\n',
    error: { at: '3:41', width: 7, code: 'bad-value', message: '"state" must be absent' },
  },
  {
    name: 'a copy of nothing',
    text: '- hosts: flannel\n  tasks:\n    - copy: { path: /a }\n',
    error: {
      at: '3:7',
      width: 4,
      code: 'missing-key',
      message: 'src, content or state is missing',
      hint: 'A text file of the project, to be put on the host.',
    },
  },
  {
    name: 'a symbolic link to nothing',
    text: '- hosts: flannel\n  tasks:\n    - symlink: { path: /a }\n',
    error: {
      at: '3:7',
      width: 7,
      code: 'nothing-wanted',
      message: 'this "symlink" wants no state',
      hint: 'Say what is wanted, or "protect: true" to have an undo restore it.',
    },
  },
  {
    name: 'a program that is not named',
    text: '- hosts: flannel\n  tasks:\n    - supervisor: { state: running }\n',
    error: { at: '3:7', width: 10, code: 'missing-key', message: '"program" is missing' },
  },
  {
    name: 'a folder that is a file',
    text: '- hosts: flannel\n  tasks:\n    - directory: { path: /a, content: x }\n',
    error: {
      at: '3:30',
      width: 7,
      code: 'unknown-key',
      message: '"content" is not known here',
      hint: 'Known here: path, state, mode, owner, group.',
    },
  },
];
