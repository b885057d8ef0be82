import type { CodeFacts } from './facts.ts';

const right = 'web1 ansible_host=10.4.7.21\n';

/** What is wrong with an inventory. Its YAML, names, keys and values have the codes that a playbook's have. */
export const inventoryCodes = {
  'unknown-group': {
    summary: 'A section speaks of a group that there is not',
    severity: 'error',
    means: [
      'An INI inventory gives variables to a group, or names it as a child, and no section makes it: they would be for nobody.',
      'The message names the nearest group. Correct the name, or write its section.',
    ],
    example: {
      file: 'inventory.ini',
      wrong: '[web]\nweb1\n\n[wbe:vars]\nansible_user=root\n',
      right: '[web]\nweb1\n\n[web:vars]\nansible_user=root\n',
    },
  },
  'bad-line': {
    summary: 'A line of an INI inventory is not understood',
    severity: 'error',
    means: [
      'It is neither a host with name=value after it, nor a section [name], [name:vars] or [name:children].',
      'Write no blanks around =, and put a value that has some in quotes.',
    ],
    example: {
      file: 'inventory.ini',
      wrong: '[web]\nweb1 ansible_host = 10.4.7.21\n',
      right: `[web]\n${right}`,
    },
  },
  'bad-range': {
    summary: 'A range of hosts cannot be spelled out',
    severity: 'error',
    means: [
      'A range in brackets is not closed, is empty, is none, or stands for more than 100 000 names; or the name itself is too long.',
      'Write [1:9], [01:10], [a:f] or [1:9:2].',
    ],
    example: {
      file: 'inventory.yml',
      wrong: 'web:\n  hosts:\n    web[1-2]:\n',
      right: 'web:\n  hosts:\n    web[1:2]:\n',
    },
  },
  'group-cycle': {
    summary: 'A group is inside itself',
    severity: 'error',
    means: [
      'It is a child of its own child, directly or over others, so whose variables win cannot be told.',
      'Remove one of the children.',
    ],
    example: {
      file: 'inventory.ini',
      wrong: '[web]\nweb1\n\n[web:children]\nfront\n\n[front:children]\nweb\n',
      right: '[web]\nweb1\n\n[front:children]\nweb\n',
    },
  },
  'foreign-file': {
    summary: 'A file that only another program can read',
    severity: 'error',
    means: [
      'It is the configuration of an inventory plugin, an inventory in TOML, or a file that is still encrypted.',
      'Of a plugin, make a script that answers --list as `ansible-inventory --list` does, and name that script.',
      'Write TOML as YAML or INI; give what decrypts the file.',
    ],
    example: {
      file: 'inventory.yml',
      wrong: 'plugin: netbox.netbox.nb_inventory\napi_endpoint: https://netbox.example.net\n',
      right: 'web:\n  hosts:\n    web1:\n',
    },
  },
  'bad-script': {
    summary: 'An executable inventory gives no answer that is understood',
    severity: 'error',
    means: [
      'It failed, took too long, or what it printed for --list or --host is not the JSON object that Ansible defines; or the file is meant to be run and is not executable.',
      'Run it by hand with --list and look at what it prints.',
    ],
    example: {
      file: 'inventory.sh',
      wrong: `#!/bin/sh
echo '["web1"]'
`,
      right: `#!/bin/sh
echo '{ "web": { "hosts": ["web1"] }, "_meta": { "hostvars": {} } }'
`,
    },
  },
  connection: {
    summary: 'A connection variable of a host cannot be this',
    severity: 'error',
    means: [
      'A variable that says how to reach the host (ansible_host, ansible_port, ansible_become and so on) is of the wrong kind, or not among the possible words.',
      'Only hosts of the playbook are looked at. The host is not connected to; correct the variable.',
    ],
    example: {
      file: 'inventory.yml',
      wrong: 'web:\n  hosts:\n    web1: { ansible_port: ssh }\n',
      right: 'web:\n  hosts:\n    web1: { ansible_port: 22 }\n',
    },
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
