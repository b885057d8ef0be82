import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { taskKeywords } from '../../src/playbook/schema/keywords.ts';
import { LanguageServer } from '../support/language-server.ts';

let editor: LanguageServer;
beforeAll(async () => {
  editor = await LanguageServer.start();
});
afterAll(() => editor.close());

/** `|` is the cursor. Lines of complaints count the modeline. */
const play = (tasks: string) => `- hosts: flannel\n  tasks:\n${tasks}`;
const task = (text: string) => play(`    - ${text.replaceAll('\n', '\n      ')}\n`);

describe.concurrent('what the YAML language server offers with the published schemas', () => {
  test.each([
    ['keywords of a play', 'playbook', '- hosts: flannel\n  |\n', ['name', 'verify', 'skip_if_verified', 'guard']],
    ['keywords of a task', 'playbook', task('name: a\n|'), Object.keys(taskKeywords).filter((key) => key !== 'name')],
    ['modules', 'playbook', task('name: a\n|'), modules.map(({ name }) => name)],
    ['arguments', 'playbook', task('supervisor:\n  |'), ['program', 'state', 'wait']],
    ['what an assertion takes', 'tasks', '- assert:\n    |\n', ['that', 'fail_msg', 'success_msg', 'quiet']],
    ['further arguments', 'playbook', task('route:\n  to: default\n  |'), ['via', 'dev', 'nexthops']],
    ['arguments inside arguments', 'playbook', task('route:\n  except:\n    |'), ['dev', 'to', 'proto']],
    ['values of an argument', 'playbook', task('supervisor:\n  program: a\n  state: |'), ['running', 'stopped']],
    ['values of a keyword', 'playbook', '- hosts: a\n  rollback: |\n', ['on_failure', 'never']],
    ['true and false', 'playbook', task('run_once: |'), ['true', 'false']],
    ['tasks of a file', 'tasks', '- name: a\n  |\n', ['register', 'route']],
    ['what a file of tasks may say', 'tasks', '|\n', ['tasks', 'inputs']],
    ['tasks beside inputs', 'tasks', 'inputs: {}\ntasks:\n  - name: a\n    |\n', ['register', 'route']],
    ['an input', 'tasks', 'inputs:\n  mtu:\n    |\ntasks: []\n', ['type', 'description', 'default']],
    ['types of an input', 'tasks', 'inputs:\n  mtu:\n    type: |\ntasks: []\n', ['integer', 'string']],
    ['groups', 'inventory', '|\n', ['all', 'ungrouped']],
    ['parts of a group', 'inventory', 'web:\n  |\n', ['hosts', 'children', 'vars']],
    ['parts of a child', 'inventory', 'all:\n  children:\n    web:\n      |\n', ['hosts', 'children', 'vars']],
    ['variables of a host', 'inventory', 'all:\n  hosts:\n    web1:\n      |\n', ['ansible_host', 'ansible_port']],
    ['variables of a group', 'inventory', 'all:\n  vars:\n    |\n', ['ansible_user', 'ansible_group_priority']],
    ['ways to become', 'inventory', 'all:\n  vars:\n    ansible_become_method: |\n', ['sudo', 'su', 'doas']],
    ['settings', 'runbook', 'forks: 5\n|\n', ['inventory', 'records', 'require_signature', 'ssh']],
    ['values of a setting', 'runbook', 'ssh: |\n', ['builtin', 'openssh']],
  ])('%s', async (_, schema, text, expected) => {
    const { offers } = await editor.show(`${schema}.schema.json`, text);
    expect([...offers.keys()]).toEqual(expect.arrayContaining([...expected]));
  });

  test('a keyword of text or a list begins as text, a module with what it needs and nothing else', async () => {
    const { offers } = await editor.show('playbook.schema.json', task('name: a\n|'));
    expect(offers.get('when')).toBe('when: ');
    expect(offers.get('verify_tcp')).toBe('verify_tcp:\n  target: $1\n  port: $2');
    expect(offers.get('verify_http')).toBe('verify_http:\n  url: ');
    expect(offers.get('assert')).toBe('assert:\n  that: ');
    const group = await editor.show('inventory.schema.json', 'web:\n  |\n');
    expect(group.offers.get('vars')).toBe('vars:\n  ');
  });

  test('no older name of a variable', async () => {
    const { offers } = await editor.show('inventory.schema.json', 'all:\n  vars:\n    |\n');
    expect([...offers.keys()].filter((name) => name.startsWith('ansible_ssh_host'))).toEqual([]);
  });
});

describe.concurrent('what it shows of the word under the cursor', () => {
  test.each([
    [
      'a module',
      'playbook',
      task('sup|ervisor: { program: a, state: running }'),
      [/A program under supervisor/, /state: stopped/],
    ],
    ['an argument', 'playbook', task('verify_ping: { target: a, cou|nt: 3 }'), [/How many packets/, /Default: 3/]],
    ['a keyword', 'playbook', '- hosts: a\n  skip_if_|verified: true\n', [/there is nothing to do/]],
    ['a keyword of a task', 'tasks', '- reg|ister: a\n  process: { name: a }\n', [/later tasks see the result/]],
    [
      'a connection variable',
      'inventory',
      'all:\n  vars:\n    ansible_bec|ome_user: a\n',
      [/The user to become/, /Default: root/],
    ],
    ['a setting', 'runbook', 'for|ks: 5\n', [/How many hosts/, /Default: 50/]],
  ])('%s', async (_, schema, text, expected) => {
    const { hover } = await editor.show(`${schema}.schema.json`, text);
    for (const words of expected) expect(hover).toMatch(words);
  });
});

describe.concurrent('what it complains of', () => {
  test.each([
    [
      'a misspelt keyword',
      'playbook',
      '- hosts: a\n  skip_if_verifed: true\n|',
      ['3:3 Property skip_if_verifed is not allowed.'],
    ],
    [
      'a misspelt argument',
      'playbook',
      task('verify_ping: { target: a, cuont: 3 }|'),
      ['4:33 Property cuont is not allowed.'],
    ],
    [
      'text instead of a number',
      'playbook',
      task('verify_ping: { target: a, count: "3" }|'),
      ['4:40 Incorrect type. Expected "integer".'],
    ],
    ['a template instead of a number: nothing', 'playbook', task('verify_ping: { target: a, count: "{{ n }}" }|'), []],
    ['a template instead of a word: nothing', 'playbook', task('supervisor: { program: a, state: "{{ s }}" }|'), []],
    ['a task without a module', 'playbook', task('name: a|'), ['4:7 A task names one module.']],
    [
      'a misspelt keyword of a task',
      'tasks',
      '- nmae: a\n  process: { name: a }\n|',
      ['2:3 Property nmae is not allowed.'],
    ],
    ['an unknown key of a file of tasks', 'tasks', 'input: {}\ntasks: []\n|', ['2:1 Property input is not allowed.']],
    ['an unknown part of a group', 'inventory', 'web:\n  host: { a: }\n|', ['3:3 Property host is not allowed.']],
    ['a port that is none', 'inventory', 'web:\n  vars: { ansible_port: ssh }\n|', [/^3:/]],
    ['a port made of a variable: nothing', 'inventory', 'web:\n  vars: { ansible_port: "{{ p }}", more: [1] }\n|', []],
    ['an unknown setting', 'runbook', 'inventry: a.yml\n|', ['2:1 Property inventry is not allowed.']],
    ['a setting of the wrong type', 'runbook', 'forks: many\n|', ['2:8 Incorrect type. Expected "integer".']],
  ])('%s', async (_, schema, text, expected) => {
    const { complaints } = await editor.show(`${schema}.schema.json`, text);
    expect(complaints).toEqual(
      expected.map((words) => (typeof words === 'string' ? words : expect.stringMatching(words))),
    );
  });
});
