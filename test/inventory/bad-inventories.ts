/** An inventory of one file that cannot be used, and all that is said of it. */
export interface BadInventory {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly faults: readonly {
    /** line:column. Absent: the file as a whole. */
    readonly at?: string;
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

export const badInventories: readonly BadInventory[] = [
  {
    name: 'a list of hosts',
    file: 'i.yml',
    text: 'web:\n  hosts:\n    - a\n',
    faults: [{ at: '2:3', code: 'wrong-type', message: '"hosts" must be a map: write each entry as "name:"' }],
  },
  {
    name: 'a misspelt part',
    file: 'i.yml',
    text: 'web:\n  host: { a: }\n',
    faults: [
      { at: '2:3', code: 'unknown-key', message: '"host" is not known in a group', hint: 'Did you mean "hosts"?' },
    ],
  },
  {
    name: 'not a map',
    file: 'i.yml',
    text: '- a\n',
    faults: [{ at: '1:1', code: 'wrong-type', message: 'an inventory must be a map of groups, beginning with "all:"' }],
  },
  {
    name: 'variables that are text',
    file: 'i.yml',
    text: 'web: { hosts: { a: x } }\n',
    faults: [{ at: '1:17', code: 'wrong-type', message: 'the variables of host "a" must be a map' }],
  },
  {
    name: 'a group inside itself',
    file: 'i.yml',
    text: 'a: { children: { b: { children: { a: } } } }\n',
    faults: [
      { at: '1:18', code: 'group-cycle', message: 'group "a" is inside itself' },
      { at: '1:35', code: 'group-cycle', message: 'group "b" is inside itself' },
    ],
  },
  {
    name: 'an endless range',
    file: 'i',
    text: 'h[1:999999999]\n',
    faults: [{ at: '1:1', code: 'bad-range', message: '"h[1:999999999]" stands for more than 100000 hosts' }],
  },
  {
    name: 'ranges that multiply',
    file: 'i',
    text: 'h[1:999][1:999]\n',
    faults: [{ at: '1:1', code: 'bad-range', message: '"h[1:999][1:999]" stands for more than 100000 hosts' }],
  },
  {
    name: 'a range backwards',
    file: 'i',
    text: 'h[9:1]\n',
    faults: [
      {
        at: '1:1',
        code: 'bad-range',
        message: '"h[9:1]": the range [9:1] is empty',
        hint: 'Write [1:9], [01:10], [a:f] or [1:9:2].',
      },
    ],
  },
  {
    name: 'a range that is none',
    file: 'i',
    text: 'h[x]\n',
    faults: [
      {
        at: '1:1',
        code: 'bad-range',
        message: '"h[x]": [x] is not a range',
        hint: 'Write [1:9], [01:10], [a:f] or [1:9:2].',
      },
    ],
  },
  {
    name: 'a setting without =',
    file: 'i',
    text: 'h x\n',
    faults: [
      {
        at: '1:3',
        code: 'bad-line',
        message: '"x" is not name=value',
        hint: 'Without spaces around =; a value with spaces in quotes.',
      },
    ],
  },
  {
    name: 'a quote that is open',
    file: 'i',
    text: 'h x="y\n',
    faults: [{ at: '1:5', code: 'bad-line', message: 'a " is not closed' }],
  },
  {
    name: 'an unknown section',
    file: 'i',
    text: '[web:hostz]\n',
    faults: [
      {
        at: '1:6',
        code: 'bad-line',
        message: '[web:hostz]: only :vars and :children are known',
        hint: 'Did you mean "hosts"?',
      },
    ],
  },
  {
    name: 'a group with a comma',
    file: 'i',
    text: '[a,b]\nh\n',
    faults: [{ at: '1:2', code: 'bad-name', message: '"a,b" cannot be the name of a group' }],
  },
  {
    name: '__proto__ as a host',
    file: 'i',
    text: '__proto__\n',
    faults: [{ at: '1:1', code: 'bad-name', message: '"__proto__" cannot be the name of a host' }],
  },
  {
    name: '__proto__ as a group',
    file: 'i.yml',
    text: '__proto__: { hosts: { a: } }\n',
    faults: [{ at: '1:1', code: 'bad-key', message: '"__proto__" cannot be a key' }],
  },
  {
    name: '__proto__ as a variable',
    file: 'i',
    text: 'h __proto__=1\n',
    faults: [{ at: '1:3', code: 'bad-key', message: '"__proto__" cannot be a name' }],
  },
  {
    name: 'variables of no group',
    file: 'i',
    text: '[web]\nh\n [wbe:vars]\nx=1\n',
    faults: [
      {
        at: '3:3',
        code: 'unknown-group',
        message: 'there is no group "wbe": no section [wbe]',
        hint: 'Did you mean "web"?',
      },
    ],
  },
  {
    name: 'a child that is no group',
    file: 'i',
    text: '[a:children]\nprodd\n[prod]\n',
    faults: [
      {
        at: '2:1',
        code: 'unknown-group',
        message: 'there is no group "prodd": no section [prodd]',
        hint: 'Did you mean "prod"?',
      },
    ],
  },
  {
    name: 'a variable without =',
    file: 'i',
    text: '[a]\n[a:vars]\n  x: 1\n',
    faults: [{ at: '3:3', code: 'bad-line', message: '"x: 1" is not name=value' }],
  },
  {
    name: 'ends of a range that differ',
    file: 'i',
    text: 'h[01:100]\n',
    faults: [
      {
        at: '1:1',
        code: 'bad-range',
        message: '"h[01:100]": both ends of [01:100] must have the same number of digits',
        hint: 'Write [1:9], [01:10], [a:f] or [1:9:2].',
      },
    ],
  },
  {
    name: 'a loop through all',
    file: 'i.yml',
    text: 'a: { children: { all: } }\n',
    faults: [
      { code: 'group-cycle', message: 'group "all" is inside itself' },
      { at: '1:18', code: 'group-cycle', message: 'group "a" is inside itself' },
    ],
  },
  {
    name: 'a priority that is no number',
    file: 'i',
    text: '[a:vars]\nansible_group_priority=x\n[a]\n',
    faults: [{ at: '2:1', code: 'bad-value', message: 'ansible_group_priority must be a whole number' }],
  },
  {
    name: 'a plugin',
    file: 'aws.yml',
    text: 'plugin: aws_ec2\n',
    faults: [
      {
        at: '1:1',
        code: 'foreign-file',
        message: 'a configuration of an inventory plugin, which only ansible can run',
        hint: 'Make a script that answers --list with what ansible-inventory --list says, and name that script.',
      },
    ],
  },
  {
    name: 'TOML',
    file: 'i.toml',
    text: '[a]\n',
    faults: [{ code: 'foreign-file', message: 'an inventory in TOML is not read', hint: 'Write it as YAML or INI.' }],
  },
  {
    name: 'a script that is not executable',
    file: 'i',
    text: '#!/bin/sh\necho hello world\n',
    faults: [
      {
        at: '2:6',
        code: 'bad-line',
        message: '"hello" is not name=value',
        hint: 'Without spaces around =; a value with spaces in quotes.',
      },
      {
        at: '2:12',
        code: 'bad-line',
        message: '"world" is not name=value',
        hint: 'Without spaces around =; a value with spaces in quotes.',
      },
      {
        at: '1:1',
        code: 'bad-script',
        message: 'is not executable',
        hint: 'It begins with "#!": to be run it must be executable (chmod +x).',
      },
    ],
  },
  {
    name: 'an alias inside of itself',
    file: 'i.yml',
    text: 'all: &a { hosts: *a }\n',
    faults: [
      { at: '1:18', code: 'yaml', message: '*a stands inside of what it repeats', hint: 'Write the value out there.' },
    ],
  },
  {
    name: 'a NUL',
    file: 'i',
    text: 'h x=a\0b\n',
    faults: [{ at: '1:6', code: 'bad-text', message: 'a NUL character' }],
  },
  {
    name: 'a tab',
    file: 'i.yml',
    text: 'all:\n\thosts: { a: }\n',
    faults: [{ at: '2:1', code: 'yaml', message: 'tabs are not allowed as indentation', hint: 'Indent with spaces.' }],
  },
  {
    name: 'a quote of YAML that is open',
    file: 'i.yml',
    text: 'all:\n  vars: { a: "b }\n  hosts: { h: }\n',
    faults: [{ at: '2:14', code: 'yaml', message: 'this " is not closed' }],
  },
  {
    name: 'a bracket that is open',
    file: 'i.yml',
    text: 'all:\n  hosts: { h: \n',
    faults: [{ at: '2:10', code: 'yaml', message: 'this { is not closed' }],
  },
  {
    name: 'a key twice',
    file: 'i.yml',
    text: 'all: { hosts: { a: , a: } }\n',
    faults: [
      {
        at: '1:22',
        code: 'yaml',
        message: 'the same key stands here twice',
        hint: 'Remove one of them. An entry of a list of its own begins with "- ".',
      },
    ],
  },
  {
    name: 'an alias to nothing',
    file: 'i.yml',
    text: 'all: { hosts: *nothing }\n',
    faults: [
      {
        at: '1:15',
        code: 'yaml',
        message: 'there is no anchor &nothing before this',
        hint: 'Write the & before the value that is meant, or quote a text that begins with *.',
      },
    ],
  },
  {
    name: 'children that are a list',
    file: 'i.yml',
    text: 'all:\n  children:\n    - web\n',
    faults: [{ at: '2:3', code: 'wrong-type', message: '"children" must be a map: write each entry as "name:"' }],
  },
  {
    name: 'a group that is text',
    file: 'i.yml',
    text: 'all:\n  children:\n    web: a\n',
    faults: [{ at: '3:5', code: 'wrong-type', message: 'group "web" must be a map of hosts, children and vars' }],
  },
  {
    name: 'variables that are a list',
    file: 'i.yml',
    text: 'all:\n  vars: [a]\n',
    faults: [{ at: '2:3', code: 'wrong-type', message: '"vars" must be a map: write each entry as "name:"' }],
  },
  {
    name: 'a range of YAML that is none',
    file: 'i.yml',
    text: 'all:\n  hosts:\n    web[a:1]: {}\n',
    faults: [
      {
        at: '3:5',
        code: 'bad-range',
        message: '"web[a:1]": [a:1] is not a range',
        hint: 'Write [1:9], [01:10], [a:f] or [1:9:2].',
      },
    ],
  },
  {
    name: 'a group with a space',
    file: 'i.yml',
    text: 'all:\n  children:\n    "the web": {}\n',
    faults: [{ at: '3:5', code: 'bad-name', message: '"the web" cannot be the name of a group' }],
  },
  {
    name: 'a number that would be rounded',
    file: 'i.yml',
    text: 'all: { vars: { n: 12345678901234567890 } }\n',
    faults: [
      {
        at: '1:19',
        code: 'bad-number',
        message: '12345678901234567890 is too large to be kept exactly; quote it to have it as text',
      },
    ],
  },
  {
    name: 'another tag',
    file: 'i.yml',
    text: 'all: { vars: { a: !python/object:os.system x } }\n',
    faults: [
      {
        at: '1:19',
        code: 'yaml',
        message: 'unresolved tag: !python/object:os.system',
        hint: 'Remove the tag, or quote the text if it is meant to begin with "!".',
      },
    ],
  },
  {
    name: 'a section that is not closed',
    file: 'i',
    text: '[web\nh\n',
    faults: [
      {
        at: '1:1',
        code: 'bad-line',
        message: '"[web" is not a section',
        hint: 'Write [name], [name:vars] or [name:children], without spaces.',
      },
    ],
  },
  {
    name: 'a section without a name',
    file: 'i',
    text: '[]\nh\n',
    faults: [
      {
        at: '1:1',
        code: 'bad-line',
        message: '"[]" is not a section',
        hint: 'Write [name], [name:vars] or [name:children], without spaces.',
      },
    ],
  },
];
