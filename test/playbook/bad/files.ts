import type { BadPlaybook } from './row.ts';

/** Files that tasks and plays name. */
export const files: readonly BadPlaybook[] = [
  {
    name: 'a file of variables named by what is not known yet',
    text: '- hosts: flannel\n  vars_files: ["{{ pod_ip }}.yml"]\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:20',
      width: 6,
      code: 'unknown-name',
      message: '"pod_ip" is not known here',
      hint: 'Before the hosts are known there are only the inputs of the play, and what -e gives.',
    },
  },
  {
    name: 'no file of variables of those that there may be',
    text: '- hosts: flannel\n  vars_files: [[a.yml, b.yml]]\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:16',
      width: 14,
      code: 'bad-source',
      message: 'none of a.yml, b.yml is there',
      hint: 'A path is taken from the folder of the file that names it. End the list with a file that is always there.',
    },
  },
  {
    name: 'a file to copy that is not there',
    text: '- hosts: flannel\n  tasks:\n    - copy: { path: /a, src: files/a }\n',
    error: {
      at: '3:30',
      width: 7,
      code: 'bad-source',
      message: 'there is no file files/a',
      hint: 'A path is taken from the folder of the file that names it.',
    },
  },
  {
    name: 'a template with a mistake in its second line',
    text: '- hosts: flannel\n  tasks:\n    - template: { path: /a, src: a.tmpl }\n',
    files: { 'a.tmpl': 'one {{ pod_ip }}\ntwo {{ pod_pi }}\n' },
    error: {
      file: 'a.tmpl',
      at: '2:8',
      width: 6,
      code: 'unknown-name',
      message: '"pod_pi" is not known here',
      hint: 'Did you mean "pod_ip"?',
    },
  },
  {
    name: 'a template with a statement',
    text: '- hosts: flannel\n  tasks:\n    - template: { path: /a, src: a.tmpl }\n',
    files: { 'a.tmpl': '{% for one in peers %}\n{{ one.name }}\n{% endfor %}\n' },
    error: {
      file: 'a.tmpl',
      at: '1:1',
      width: 22,
      code: 'jinja',
      message: 'this is Jinja, and only {{ }} is looked for',
      hint: 'Write {{ items.map(item, item.name).join("\\n") }}. To have it as text, write {{ "{%" }} for {%.',
    },
  },
  {
    name: 'a template that is named by a variable',
    text: '- hosts: flannel\n  tasks:\n    - template: { path: /a, src: "{{ pod_ip }}.tmpl" }\n',
    error: {
      at: '3:34',
      width: 19,
      code: 'bad-source',
      message: 'which names it uses must be known without variables',
      hint: 'Write the path of the template as it is.',
    },
  },
  {
    name: 'a script that is not there',
    text: '- hosts: flannel\n  tasks:\n    - script: { src: a.sh }\n',
    error: {
      at: '3:22',
      width: 4,
      code: 'bad-source',
      message: 'there is no file a.sh',
      hint: 'A path is taken from the folder of the file that names it.',
    },
  },
  {
    name: 'a file of variables that is not there',
    text: '- hosts: flannel\n  vars_files: [vars.yml]\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:16',
      width: 8,
      code: 'bad-source',
      message: 'there is no file vars.yml',
      hint: 'A path is taken from the folder of the file that names it.',
    },
  },
  {
    name: 'a file of variables that is a list',
    text: '- hosts: flannel\n  vars_files: [vars.yml]\n  verify:\n    - verify_ping: { target: a }\n',
    files: { 'vars.yml': '- a\n- b\n' },
    error: {
      file: 'vars.yml',
      at: '1:1',
      width: 3,
      code: 'wrong-type',
      message: 'a file of variables must be a map',
      hint: 'Write one variable a line: "name: value".',
    },
  },
  {
    name: 'bad YAML in a file of variables',
    text: '- hosts: flannel\n  vars_files: [vars.yml]\n  verify:\n    - verify_ping: { target: a }\n',
    files: { 'vars.yml': 'a: 1\nb: [\n' },
    error: { file: 'vars.yml', at: '2:4', width: 1, code: 'yaml', message: 'this [ is not closed' },
  },
  {
    name: 'a variable of a file with a name that is not known',
    text: '- hosts: flannel\n  vars_files: [vars.yml]\n  verify:\n    - verify_ping: { target: "{{ net }}" }\n',
    files: { 'vars.yml': 'net: "{{ cidr(pod_cdr).network }}"\n' },
    error: {
      file: 'vars.yml',
      at: '1:15',
      width: 7,
      code: 'unknown-name',
      message: '"pod_cdr" is not known here',
      hint: 'Did you mean "pod_cidr"?',
    },
  },
  {
    name: 'files of variables that are one text',
    text: '- hosts: flannel\n  vars_files: vars.yml\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:15',
      width: 8,
      code: 'wrong-type',
      message: '"vars_files" must be a list, not the text "vars.yml"',
      hint: 'Files of variables, by their paths from the playbook; they beat `vars`. Of a list inside, the first that is there.',
    },
  },
];
