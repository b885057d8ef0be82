import { describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { corpusInventory } from './bad/inventory.ts';

const fleet = corpusInventory();
const here = '/p/';

/** The errors of a playbook in `/p`, each as `line:column code text`, with what stands there; of another file, its name in front. */
function errorsOf(text: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const { problems } = loadPlaybook({
    ...{ file: `${here}p.yml`, text, fleet, modules, extraVars: {}, env: {} },
    read: (path) => files[path.slice(here.length)],
  });
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ at, code, source, width }) => {
      const file = at.file === `${here}p.yml` ? '' : `${at.file.slice(here.length)} `;
      return `${file}${at.line}:${at.column} ${code} ${source.slice(at.column - 1, at.column - 1 + width)}`;
    });
}

const play = (tasks: string, settings = '') =>
  `- hosts: flannel\n${settings}  tasks:\n${tasks.trimEnd().replaceAll(/^/gm, '    ')}\n`;
const ask = 'verify_ping: { target: a }';

interface Row {
  readonly name: string;
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly errors: readonly string[];
}

const inOneText: readonly Row[] = [
  {
    name: 'several expressions in one text',
    text: play('- verify_ping: { target: "{{ aa }}, {{ pod_ip }}, {{ bb }}" }'),
    errors: ['3:34 unknown-name aa', '3:58 unknown-name bb'],
  },
  {
    name: 'several names in one expression',
    text: play('- when: aa && pod_ip == bb.cc && aa\n  verify_ping: { target: a }'),
    errors: ['3:13 unknown-name aa', '3:29 unknown-name bb'],
  },
  {
    name: 'a name and a function',
    text: play('- verify_ping: { target: "{{ aa + cidrr(pod_cidr) }}" }'),
    errors: ['3:34 unknown-name aa', '3:39 unknown-function cidrr(pod_cidr)'],
  },
  {
    name: 'of an expression that is Jinja, its one hint',
    text: play('- when: number == True && pod_ip != None\n  verify_ping: { target: a }'),
    errors: ['3:23 unknown-name True'],
  },
  {
    name: 'dashes, Jinja and a name',
    text: play('- verify_ping: { target: "{{- aa }} {{ pod_ip | upper }} {{ bb -}}" }'),
    errors: ['3:33 jinja -', '3:35 unknown-name aa', '3:51 expression |', '3:65 unknown-name bb', '3:68 jinja -'],
  },
  {
    name: 'what stands before a template that is not closed',
    text: play('- verify_ping: { target: "{{ aa }} {{ pod_ip }" }'),
    errors: ['3:34 unknown-name aa', '3:40 expression {{'],
  },
  {
    name: 'each list of conditions',
    text: play('- when: [aa, bb]\n  until: cc\n  register: x\n  verify_ping: { target: a }'),
    errors: ['3:14 unknown-name aa', '3:18 unknown-name bb', '4:14 unknown-name cc'],
  },
  {
    name: 'braces around a condition, and what is in them',
    text: play('- when: "{{ aa }}"\n  verify_ping: { target: a }'),
    errors: ['3:14 braces {{ aa }}', '3:17 unknown-name aa'],
  },
];

/** What is known of a play before its hosts are. */
const beforeHosts: readonly Row[] = [
  {
    name: 'the hosts of a play',
    text: play(`- ${ask}`, '').replace('flannel', '"{{ aa }}:{{ bb }}"'),
    errors: ['1:14 unknown-name aa', '1:23 unknown-name bb'],
  },
  {
    name: 'a list of them, each in its own line',
    text: play(`- ${ask}`, '').replace('flannel', '\n    - flannel\n    - "{{ aa }}"\n    - "{{ bb }}{{ cc }}"'),
    errors: ['3:11 unknown-name aa', '4:11 unknown-name bb', '4:19 unknown-name cc'],
  },
  {
    name: 'the path of a file of variables',
    text: play(`- ${ask}`, '  vars_files: ["{{ aa }}/{{ bb }}.yml", ["{{ cc + dd }}"]]\n'),
    errors: ['2:20 unknown-name aa', '2:29 unknown-name bb', '2:46 unknown-name cc', '2:51 unknown-name dd'],
  },
  {
    name: 'the path of a file of tasks, its list, and what it is handed',
    text: play('- include_tasks: "{{ aa }}/{{ bb }}.yml"\n- include_tasks: t.yml\n  loop: ["{{ cc }}", "{{ dd }}"]'),
    files: { 't.yml': `- ${'verify_ping: { target: a }'}\n` },
    errors: ['3:26 not-static aa', '3:35 not-static bb', '5:18 not-static cc', '5:30 not-static dd'],
  },
];

const ofStatements: readonly Row[] = [
  {
    name: 'each statement, not what ends it or goes on with it',
    text: play('- template: { path: /a, src: a.tmpl }'),
    files: {
      'a.tmpl': '{% if aa %}\n{{ bb }}\n{% else %}\n{{ cc }}\n{% endif %}\n{# {{ dd }} #}\n{% set x = 1 %}\n{{ x }}\n',
    },
    errors: [
      'a.tmpl 1:1 jinja {% if aa %}',
      'a.tmpl 2:4 unknown-name bb',
      'a.tmpl 4:4 unknown-name cc',
      'a.tmpl 6:1 jinja {# {{ dd }} #}',
      'a.tmpl 7:1 jinja {% set x = 1 %}',
    ],
  },
  {
    name: 'of many of a kind the first, and what else is wrong',
    text: play('- template: { path: /a, src: a.tmpl }'),
    files: { 'a.tmpl': `${'{% if 1 %}x{% endif %}\n'.repeat(4)}{# y #}\n{{ aa }}\n{# z #}\n` },
    errors: [
      'a.tmpl 1:1 jinja {% if 1 %}',
      'a.tmpl 5:1 jinja {# y #}',
      'a.tmpl 6:4 unknown-name aa',
      'a.tmpl 7:1 jinja {# z #}',
    ],
  },
  {
    name: 'not the names that a statement brings',
    text: play('- template: { path: /a, src: a.tmpl }'),
    files: {
      'a.tmpl':
        '{% for key, one in pairs %}\n{{ loop.index }} {{ key }} {{ one.name }} {{ aa }}\n{% endfor %}\n{% macro m(b) %}{{ b }}{% endmacro %}{{ m(1) }}\n',
    },
    errors: [
      'a.tmpl 1:1 jinja {% for key, one in pairs %}',
      'a.tmpl 2:46 unknown-name aa',
      'a.tmpl 4:1 jinja {% macro m(b) %}',
    ],
  },
  {
    name: 'not what Jinja does not read',
    text: play('- template: { path: /a, src: a.tmpl }'),
    files: { 'a.tmpl': '{% raw %}{{ aa }} {{{% endraw %}\n{{ bb }}\n' },
    errors: ['a.tmpl 1:1 jinja {% raw %}', 'a.tmpl 2:4 unknown-name bb'],
  },
];

const inTasks: readonly Row[] = [
  {
    name: 'expressions beside a key that is not known',
    text: play(
      '- verify_ping: { target: "{{ aa }}", coutn: 3 }\n  when: bb\n  wehn: x\n- verify_ping: { target: "{{ cc }}" }',
    ),
    errors: [
      '3:34 unknown-name aa',
      '3:42 unknown-key coutn',
      '4:13 unknown-name bb',
      '5:7 unknown-key wehn',
      '6:34 unknown-name cc',
    ],
  },
  {
    name: 'what an argument comes to, beside one that is not known',
    text: play('- verify_ping: { target: a, count: "{{ pod_ip }}", coutn: 3, loss: "{{ aa }}" }'),
    errors: ['3:40 wrong-type "{{ pod_ip }}"', '3:56 unknown-key coutn', '3:76 unknown-name aa'],
  },
  {
    name: 'expressions of a task whose module is not known',
    text: play('- supervisr: { program: "{{ aa }}" }\n  when: bb\n- when: cc'),
    errors: [
      '3:7 unknown-module supervisr',
      '3:33 unknown-name aa',
      '4:13 unknown-name bb',
      '5:7 no-module when: cc',
      '5:13 unknown-name cc',
    ],
  },
  {
    name: 'expressions of a task of two modules',
    text: play('- verify_ping: { target: "{{ aa }}" }\n  file: { path: "{{ bb }}" }'),
    errors: ['3:34 unknown-name aa', '4:7 two-modules file', '4:25 unknown-name bb'],
  },
  {
    name: 'expressions of a handler, and of what notifies it',
    text: `${play('- verify_ping: { target: "{{ aa }}", coutn: 3 }\n  changed_when: true\n  notify: h')}  handlers:\n    - name: h\n      verify_ping: { target: "{{ bb }}" }\n`,
    errors: ['3:34 unknown-name aa', '3:42 unknown-key coutn', '8:34 unknown-name bb'],
  },
  {
    name: 'expressions in a block that is not in the right shape',
    text: play(
      '- block:\n    - verify_ping: { target: "{{ aa }}" }\n    - verify_ping: { target: "{{ item }}" }\n  loop: [1]\n  when: bb',
    ),
    errors: ['4:38 unknown-name aa', '6:7 unknown-key loop', '7:13 unknown-name bb'],
  },
  {
    name: 'expressions of a play that is not in the right shape',
    text: play('- verify_ping: { target: "{{ aa }}" }', '  gard: off\n  serial: x\n'),
    errors: ['2:3 unknown-key gard', '3:11 bad-value x', '5:34 unknown-name aa'],
  },
  {
    name: 'expressions where no host is meant',
    text: play(
      '- verify_ping: { target: "{{ pod_ip + cidrr() }} {{ zone }}" }',
      '  vars: { x: "{{ 1 + }}" }\n',
    ).replace('flannel', 'flanel'),
    errors: ['1:10 bad-hosts flanel', '2:20 expression +', '4:43 unknown-function cidrr()'],
  },
  {
    name: 'a host that there is not beside another fault',
    text: play('- delegate_to: nobody\n  tags: [a, 5]\n  verify_ping: { target: a }'),
    errors: ['3:20 unknown-host nobody', '4:17 wrong-type 5'],
  },
  {
    name: 'names of Ansible for an argument and for an import, which are not missing as well',
    text: `${play('- copy: { content: a, dest: /b }\n- assert: { that: true, msg: x }\n- command: { cmd: ls }')}- import_playbok: x.yml\n`,
    errors: ['3:27 unknown-key dest', '4:29 unknown-key msg', '5:18 unknown-key cmd', '6:3 unknown-key import_playbok'],
  },
  {
    name: 'a type that cannot be right beside a field that cannot be there, not of that field',
    text: play(`- register: out\n  changed_when: out.exit == "0"\n  failed_when: out.rc == "0"\n  ${ask}`),
    errors: ['4:21 wrong-type out.exit == "0"', '5:24 no-such-key rc'],
  },
  {
    name: 'YAML that ends in the middle, not each line below',
    text: play("- assert: { that: [a, groups['b'] | length] }\n- assert: { that: true }\n- assert:\n    that: true"),
    errors: ['3:33 yaml ['],
  },
  {
    name: 'a field that cannot be there beside another fault',
    text: play('- verify_ping: { target: "{{ host.pod_ipp }}", coutn: 3 }'),
    errors: ['3:39 no-such-key pod_ipp', '3:52 unknown-key coutn'],
  },
];

const files: readonly Row[] = [
  {
    name: 'files that are not there, files that are broken, and the rest',
    text: play(
      '- include_tasks: no.yml\n  when: aa\n- include_tasks: bad.yml\n- include_tasks: good.yml\n- template: { path: /a, src: no.tmpl }\n- template: { path: /a, src: bad.tmpl }\n- copy: { path: /a, src: none, mode: "{{ 1 + }}" }\n- verify_ping: { target: "{{ cidrr(1) }}" }',
    ),
    files: {
      'bad.yml': 'a: [\nb: }\n',
      'good.yml': '- verify_ping: { coutn: 1 }\n',
      'bad.tmpl': '{{ 1 + }}\n{{ 2 + }}\n',
    },
    errors: [
      '3:22 bad-include no.yml',
      '4:13 unknown-name aa',
      '7:34 bad-source no.tmpl',
      '9:30 bad-source none',
      '9:48 expression +',
      '10:34 unknown-function cidrr(1)',
      'bad.yml 1:4 yaml [',
      'bad.yml 2:4 yaml }',
      'good.yml 1:3 missing-key verify_ping',
      'good.yml 1:18 unknown-key coutn',
      'bad.tmpl 1:6 expression +',
      'bad.tmpl 2:6 expression +',
    ],
  },
  {
    name: 'templates without quotes, and what else is wrong',
    text: play(
      '- include_tasks: { file: bad.yml, with: { to: {{ c }} } }\n  when: {{ true }}\n- verify_ping: { target: {{ nope }}, coutn: 3 }',
      '  vars_files: [vars.yml]\n',
    ),
    files: {
      'vars.yml': 'c: 10.0.0.1\nd: {{ nope }}\n',
      'bad.yml': '- verify_ping: { target: {{ nope }} }\n',
    },
    errors: [
      '4:47 unknown-input to',
      '4:51 unquoted-template {{ c }}',
      '5:13 braces {{ true }}',
      '6:30 unquoted-template {{ nope }}',
      '6:33 unknown-name nope',
      '6:42 unknown-key coutn',
      'vars.yml 2:4 unquoted-template {{ nope }}',
      'vars.yml 2:7 unknown-name nope',
      'bad.yml 1:26 unquoted-template {{ nope }}',
      'bad.yml 1:29 unknown-name nope',
    ],
  },
  {
    name: 'keys that stand twice, and what else is wrong',
    text: play('- verify_ping: { target: a, target: "{{ nope }}" }\n  verify_ping: { target: b }\n  whn: true'),
    errors: ['3:33 yaml target', '4:7 yaml verify_ping', '5:7 unknown-key whn'],
  },
];

const using = (expression: string) => `- verify_ping: { target: "{{ ${expression} }}" }`;

/** What is wrong only because of another fault, which is told. */
const noFollowers: readonly Row[] = [
  {
    name: 'a name from a module that there is not',
    text: play(`- set_fact: { zone: a }\n${using('zone')}`),
    errors: ['3:7 unknown-module set_fact'],
  },
  {
    name: 'a result under a key that is written wrongly',
    text: play(`- ${ask}\n  registr: out\n${using('out.stdout')}`),
    errors: ['4:7 unknown-key registr'],
  },
  {
    name: 'a result of a task with a fault',
    text: play(`- verify_ping: { target: a, coutn: 3 }\n  register: out\n${using('out.stdout')}`),
    errors: ['3:33 unknown-key coutn'],
  },
  {
    name: 'the item of a loop of Ansible',
    text: play(`${using('item')}\n  with_items: [a]\n  when: loop.first`),
    errors: ['4:7 unknown-key with_items'],
  },
  {
    name: 'the item of a loop over a number',
    text: play(`${using('item')}\n  loop: 5`),
    errors: ['4:13 wrong-type 5'],
  },
  {
    name: 'the item of a loop that cannot have its name',
    text: play(`${using('one')}\n  loop: [a]\n  loop_control: { loop_var: one, indx: 1 }`),
    errors: ['5:38 unknown-key indx'],
  },
  {
    name: 'variables of a task under a key that is written wrongly',
    text: play(`${using('zone')}\n  vras: { zone: a }`),
    errors: ['4:7 unknown-key vras'],
  },
  {
    name: 'variables of a task as a list',
    text: play(`${using('zone')}\n  vars:\n    - zone: a`),
    errors: ['5:9 wrong-type - zone: a'],
  },
  {
    name: 'variables of a block as a list',
    text: play(`- vars: [{ zone: a }]\n  block:\n    ${using('zone')}`),
    errors: ['3:13 wrong-type [{ zone: a }]'],
  },
  {
    name: 'variables of a play under a key that is written wrongly',
    text: play(using('zone'), '  vras: { zone: a }\n'),
    errors: ['2:3 unknown-key vras'],
  },
  {
    name: 'what a play asks for in the way of Ansible',
    text: play(using('zone'), '  vars_prompt: [{ name: zone }]\n'),
    errors: ['2:3 unknown-key vars_prompt'],
  },
  {
    name: 'variables of a file that is not there',
    text: play(`${using('zone')}\n${using('host.zone')}`, '  vars_files: [v.yml]\n'),
    errors: ['2:16 bad-source v.yml'],
  },
  {
    name: 'variables of a file that is broken, and of one that is no list',
    text: play(`${using('zone')}`, '  vars_files: [v.yml]\n') + play(`${using('zone')}`, '  vars_files: v.yml\n'),
    files: { 'v.yml': 'zone: [\n' },
    errors: ['6:15 wrong-type v.yml', 'v.yml 1:7 yaml ['],
  },
  {
    name: 'a file of tasks that is named by such a variable',
    text: play('- include_tasks: "{{ zone }}.yml"', '  vars_files: [v.yml]\n'),
    errors: ['2:16 bad-source v.yml'],
  },
  {
    name: 'results and handlers of a file that is not there',
    text: `${play(`- include_tasks: no.yml\n${using('out.stdout')}`)}  handlers: [{ name: h, verify_ping: { target: a } }]\n`,
    errors: ['3:22 bad-include no.yml'],
  },
  {
    name: 'an input that an include does not give',
    text: play('- include_tasks: t.yml'),
    files: { 't.yml': `inputs: { to: { type: string, description: d } }\ntasks:\n  ${using('to')}\n` },
    errors: ['3:7 missing-input include_tasks'],
  },
  {
    name: 'a file that is a number, and a loop of an include that is one',
    text: play('- include_tasks: 5\n- include_tasks: t.yml\n  loop: 5'),
    files: { 't.yml': `${using('item')}\n` },
    errors: ['3:22 wrong-type 5', '5:13 wrong-type 5'],
  },
  {
    name: 'what asks for its own result, where the name of that is wrong',
    text: play(`- ${ask}\n  register: 5\n  until: out.ok`),
    errors: ['4:17 wrong-type 5', '5:14 unknown-name out'],
  },
  {
    name: 'a variable with a fault, used on one host',
    text: play(`${using('zone')}\n  when: number == 21`, '  vars: { zone: "{{ aa }}" }\n'),
    errors: ['2:21 unknown-name aa'],
  },
  {
    name: 'a field that a condition asks for, in a way that is wrong',
    text: play(`${using('host.zone')}\n  when: zone is defined`),
    errors: ['4:18 expression is'],
  },
  {
    name: 'a field that a task with another fault asks for',
    text: play(`${using('host.zone')}\n  when: has(host.zone)\n  coutn: 3\n${using('host.zone')}\n  when: number == 1`),
    errors: ['5:7 unknown-key coutn'],
  },
];

test('of many statements of a kind it is told how many', () => {
  const { problems } = loadPlaybook({
    ...{ file: 'p.yml', text: play(`- verify_ping: { target: "${'{% if 1 %}a{% endif %}'.repeat(40)}" }`) },
    ...{ fleet, modules, extraVars: {}, env: {} },
  });
  expect(problems.map(({ message }) => message)).toContain(
    'this is Jinja, and only {{ }} is looked for; 39 more of its kind stand below',
  );
});

test('what the tags leave out is not asked for, what is broken is not left out', () => {
  const text = play(
    `- verify_ping: { target: a, coutn: 3 }\n  register: out\n  tags: a\n${using('out.stdout')}\n  tags: a`,
  );
  const choice = { only: ['a'], skip: [] };
  const source = { file: 'p.yml', text, fleet, modules, extraVars: {}, env: {}, choice };
  const { problems, choiceFaults } = loadPlaybook(source);
  expect(problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['unknown-key']);
  expect(choiceFaults).toEqual([]);
});

describe.each(Object.entries({ inOneText, beforeHosts, ofStatements, inTasks, files, noFollowers }))(
  'all at once: %s',
  (_, rows) => {
    test.each(rows.map((row) => [row.name, row] as const))('%s', (__, { text, files: others, errors }) => {
      expect(errorsOf(text, others)).toEqual(errors);
    });
  },
);
