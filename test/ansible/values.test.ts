import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';
import { modules } from '../../src/modules/list.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { fakeFleet } from '../support/fake-fleet.ts';

const fleet = fakeFleet({ w1: { rack: 1 }, w2: { rack: 2 } }, { web: ['w1', 'w2'] });

/** A play of these tasks as it is here, what is left out by its line, and what `validate` has against it. */
function imported(tasks: string, vars = '{}') {
  const theirs = `- hosts: web\n  vars: ${vars}\n  tasks:\n${tasks.trimEnd().replace(/^/gm, '    ')}\n`;
  const { text = '', findings } = importPlaybook({ file: 'p.yml', text: theirs });
  const { problems } = loadPlaybook({
    ...{ file: 'p.yml', text, fleet, modules, extraVars: {}, env: {}, read: () => 'text\n' },
  });
  const errors = problems.filter(({ severity, code }) => severity === 'error' && !(text === '' && code === 'empty'));
  const leftOut = findings.filter(({ kind }) => kind === 'left-out');
  return {
    text,
    told: leftOut.map(({ spot: { at }, message }) => `${at.line - 3}: ${message}`),
    errors: errors.map(formatProblem),
  };
}

/** Ansible converts what it is given by itself. */
describe('a value of another type than is asked for', () => {
  test.each([
    ['a number in a command', 'command: echo {{ n }}', 'argv: [ echo, "{{ string(n) }}" ]'],
    ['numbers in its words', 'command: { argv: [sleep, 5, 1.5, 2.0, true, "{{ n }}"] }', '"5", "1.5", "2.0", "True"'],
    ['a number of an item', 'command: "echo {{ item.port }}"\n  loop: [{ port: 80 }]', '"{{ string(item.port) }}"'],
    ['a number of a key', 'command: "echo {{ item.value }}"\n  with_dict: { a: 1 }', '"{{ string(item.value) }}"'],
    ['a number for a line', 'lineinfile: { path: /x, line: "{{ n }}" }', 'line: "{{ string(n) }}"'],
    ['a text for a number', 'wait_for: port={{ text }}', 'port: "{{ int(text) }}"'],
    [
      'in a rule',
      'iptables: { chain: INPUT, protocol: tcp, destination_port: "{{ n }}", jump: ACCEPT }',
      '"{{ string(n) }}"',
    ],
    ['no conversion where none is needed', 'command: echo {{ text }}', 'argv: [ echo, "{{ text }}" ]'],
    ['a name that is a number', 'command: x\n  name: 5\n  tags: [5]', 'tags: [ "5" ]'],
  ])('%s', (_, task, ours) => {
    const { text, told, errors } = imported(`- ${task}`, '{ n: 5, text: "80" }');
    expect({ told, errors }).toEqual({ told: [], errors: [] });
    expect(text).toContain(ours);
  });
});

describe('what no conversion makes right is left out, and told', () => {
  test.each([
    ['a list in a command', 'command: echo {{ l }}', 'must be text, not a list'],
    ['a list inside of text', 'shell: echo a{{ l }}', 'a list cannot stand inside text'],
    ['lists of lists, gone through once', 'shell: echo {{ item }}\n  with_items: [[1, [2]], 3]', 'a list cannot stand'],
    ['nothing inside of text', 'shell: echo a{{ item }}\n  loop: [~]', 'null cannot stand inside text'],
    ['a condition that is a number', 'command: x\n  when: n', 'this must be true or false, and is 5'],
    ['a loop over a text', 'command: x\n  loop: "{{ text }}"', '"loop" must come to a list or a map'],
    ['a text that is no number', 'wait_for: port={{ word }}', '"port" must be a whole number, not the text "a"'],
    ['a path that is none', 'file: path={{ word }} state=directory', '"path" cannot be "a"'],
    ['a field that is not there', 'command: echo {{ m.b }}', 'there is no "b" here'],
    ['a template that a variable names', 'template: { src: "{{ word }}.j2", dest: /x }', 'which template it is'],
  ])('%s', (_, task, why) => {
    const { told, errors } = imported(`- ${task}\n- command: x`, '{ n: 5, text: "80", word: a, l: [1], m: { a: 1 } }');
    expect({ told, errors }).toEqual({ told: [expect.stringContaining(why)], errors: [] });
  });
});

test.each([
  ['an empty condition', 'command: x\n  when: ""', '- command: { argv: [ x ] }\n'],
  ['no conditions', 'command: x\n  when: []\n  failed_when: []', '- command: { argv: [ x ] }\n'],
  ['a status as a truth', 'command: x\n  register: r\n- command: y\n  when: r.rc', 'when: r.exit != 0'],
  [
    'the status of each result',
    'command: x\n  loop: [1]\n  register: r\n- command: y\n  when: r.results | selectattr("rc", "ne", 0) | list',
    'size(r.results.filter(one, one.exit != 0)) > 0',
  ],
  [
    'the status of each result as a truth',
    'command: x\n  loop: [1]\n  register: r\n- command: y\n  when: r.results | selectattr("rc") | list',
    'size(r.results.filter(one, one.exit != 0)) > 0',
  ],
  [
    'the lines of each result',
    'command: x\n  loop: [1]\n  register: r\n- command: "y {{ r.results | map(attribute=\'stdout_lines\') | flatten | join }}"',
    'r.results.map(one, one.stdout.lines()).flatten().join()',
  ],
  [
    'why a block failed',
    'block:\n    - command: x\n  rescue:\n    - command: logger {{ ansible_failed_result.msg }}',
    '"{{ failed_result.because }}"',
  ],
  [
    'texts beside one another, which are one item',
    'command: echo {{ item }}\n  with_items: "{{ n }},{{ n }}"',
    'loop: [ "{{ n }},{{ n }}" ]',
  ],
])('%s', (_, tasks, ours) => {
  const { text, told, errors } = imported(`- ${tasks}`, '{ n: 5 }');
  expect({ told, errors }).toEqual({ told: [], errors: [] });
  expect(text).toContain(ours);
});

test.each([
  ['a host', 'command: echo {{ inventory_hostname | regex_replace("w", "") | int }}'],
  ['a group', 'command: echo {{ groups["web"][1] }}'],
  ['a variable of it', 'command: echo {{ second }}'],
  ['a part of one', 'command: echo {{ all_of_them[1] }}'],
  ['a variable of the inventory', 'command: echo {{ "rack-" ~ rack }}'],
])('what rests on the inventory is not left out for what is not known of it: %s', (_, task) => {
  const vars = `{ all_of_them: "{{ groups['web'] }}", second: "{{ all_of_them[1] }}" }`;
  expect(imported(`- ${task}`, vars)).toMatchObject({ told: [] });
});

test('whatever its variables are, what is imported is valid', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(0, 1, 8080, 1.5, true, false, null, '', 'a', '80', '/x', 'yes', 'present', '10.0.0.1'),
    fc.constantFrom<unknown>([], [1], ['a', 2], [[1], [2, [3]]], [null], {}, { a: 1 }, [{ a: 1 }, { a: 'x' }]),
  );
  const tasks = fc.subarray(
    [
      ...['command: echo {{ v }}', 'command: { argv: [x, "{{ v }}", "{{ v.a }}"] }', 'shell: echo a{{ v }}'],
      ...[
        'shell: "{{ v }}"',
        'command: x\n  when: v',
        'command: x\n  when: [v, not v]',
        'command: x\n  loop: "{{ v }}"',
      ],
      ...['command: echo {{ item }}\n  with_items: "{{ v }}"', 'command: echo {{ item.a }}\n  loop: "{{ v }}"'],
      ...[
        'command: echo {{ item.key }} {{ item.value }}\n  with_dict: "{{ v }}"',
        'file: path={{ v }} state=directory',
      ],
      ...[
        'lineinfile: { path: /x, line: "{{ v }}", regexp: "{{ v }}" }',
        'copy: { content: "{{ v }}", dest: "/x{{ v }}" }',
      ],
      ...[
        'wait_for: port={{ v }}',
        'wait_for: { path: "{{ v }}" }',
        'sysctl: { name: vm.swappiness, value: "{{ v }}" }',
      ],
      ...['service: { name: "{{ v }}", state: started, enabled: "{{ v }}" }', 'uri: { url: "{{ v }}" }'],
      ...['iptables: { chain: INPUT, source: "{{ v }}", jump: ACCEPT }', 'command: x\n  environment: { A: "{{ v }}" }'],
      ...['command: x\n  delegate_to: "{{ v }}"', 'command: x\n  become: yes\n  become_user: "{{ v }}"'],
      ...[
        'assert: { that: [v, "v == 1"], msg: "{{ v }}" }',
        'fail: { msg: "{{ v }}" }',
        'command: x\n  failed_when: v',
      ],
      ...['command: x\n  vars: { w: "{{ v }}" }\n  when: w', 'block: [{ command: "echo {{ v }}" }]\n  when: v'],
    ],
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(tasks, value, (some, v) => {
      const { text, errors } = imported(some.map((task) => `- ${task}`).join('\n'), JSON.stringify({ v }));
      // Which hosts there are, only the inventory says.
      expect(
        errors.filter((error) => !error.includes('unknown-host')),
        text,
      ).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
