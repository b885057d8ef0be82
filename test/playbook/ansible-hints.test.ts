import { describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { corpusInventory } from './bad/inventory.ts';

const fleet = corpusInventory();
const texts: Readonly<Record<string, string>> = {
  '/p/t.yml': '- verify_ping: { target: a }\n',
  '/p/p2.yml': '- hosts: flannel\n  verify:\n    - verify_ping: { target: a }\n',
};

/** The errors of a playbook: what stands there, and the hint. */
function errorsOf(text: string): readonly (readonly [string, string | undefined])[] {
  const source = {
    file: '/p/p.yml',
    text,
    fleet,
    modules,
    extraVars: {},
    env: {},
    read: (path: string) => texts[path],
  };
  return loadPlaybook(source)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ at, source: line, width, hint }) => [line.slice(at.column - 1, at.column - 1 + width), hint]);
}

const ask = 'verify_ping: { target: a }';

describe('of a task of Ansible one thing is told, and what takes its place', () => {
  test.each<[string, string, RegExp]>([
    ['shell: ls -l | wc', 'shell', /^Write command: \{ shell: "ls -l \| wc" \}; "changed_when: false"/],
    ['ansible.builtin.shell: { cmd: ls }', 'ansible.builtin.shell', /^Write command: \{ shell: "ls" \}/],
    ['raw: ls', 'raw', /^Write command: \{ shell: "ls" \}/],
    [
      'command: ip route add {{ pod_cidr }} dev eth0',
      'ip route',
      /argv: \[ip, route, add, "\{\{ pod_cidr \}\}", dev, eth0\]/,
    ],
    ['command: ls | wc', 'ls | wc', /^Write command: \{ shell: "ls \| wc" \}\.$/],
    ['script: a.sh one 2', 'a.sh', /^Write script: \{ src: a\.sh, args: \[one, "2"\] \}\.$/],
    ['file: path=/a state=absent', 'path=/a', /^Write file: \{ path: \/a, state: absent \}\.$/],
    [
      'ansible.builtin.include_tasks: t.yml',
      'ansible.builtin.include_tasks',
      /^Write "include_tasks": nothing has a collection/,
    ],
    ['ansible.builtin.import_tasks: t.yml', 'ansible.builtin.import_tasks', /^Write "import_tasks"/],
    ['include: t.yml', 'include', /"include_tasks"/],
    ['import_playbook: p2.yml', 'import_playbook', /an item of the playbook/],
    ['set_fact: { a: 1 }', 'set_fact', /under "vars"/],
    ['ansible.builtin.set_fact: { a: 1 }', 'ansible.builtin.set_fact', /under "vars"/],
    ['fail: { msg: a }', 'fail', /^Write assert: /],
    ['pause: { seconds: 3 }', 'pause', /wait_for/],
    ['community.general.ufw: { rule: allow }', 'community.general.ufw', /No module does this/],
    ['systemd: { name: a }', 'systemd', /^Write service: /],
    ['uri: { url: a }', 'uri', /verify_http/],
    ['lineinfile: { path: /a }', 'lineinfile', /"line"/],
    ['stat: { path: /a }', 'stat', /test, -e/],
    ['apt: { name: a }', 'apt', /No module installs packages/],
    ['iptables: { chain: a }', 'iptables', /"iptables_rule"/],
    ['user: { name: a }', 'user', /No module does this/],
    ['setup: {}', 'setup', /Nothing is gathered/],
    ['meta: end_play', 'end_play', /with "when" on the tasks/],
    [`${ask}\n      connection: local`, 'connection', /"delegate_to: localhost"/],
    [`${ask}\n      async: 10`, 'async', /"timeout"/],
    [`${ask}\n      args: { count: 3 }`, 'args', /among the arguments/],
    [`${ask}\n      gather_facts: false`, 'gather_facts', /It stands on the play/],
    [`${ask}\n      become_flags: -H`, 'become_flags', /"become_method"/],
    [`${ask}\n      with_together: [a, b]`, 'with_together', /zip/],
    ['block: [{ verify_ping: { target: a } }]\n      no_log: true', 'no_log', /"secret: true"/],
    [
      'include_tasks: t.yml\n      loop: [1]\n      loop_control: { loop_var: x }',
      'loop_control',
      /"loop\.index".*"with"/,
    ],
    ['include_tasks: t.yml\n      register: x', 'register', /in a task of the file/],
    ['include_tasks: t.yml\n      with_items: [1]', 'with_items', /^Write loop/],
    ['include_tasks: t.yml\n      apply: { tags: a }', 'apply', /of the include itself/],
  ])('%s', (task, place, hint) => {
    const found = errorsOf(`- hosts: flannel\n  tasks:\n    - ${task}\n`);
    expect(found).toEqual([[expect.stringContaining(place), expect.stringMatching(hint)]]);
  });

  test('a task whose arguments are text has them as a map, as the hint says', () => {
    for (const map of [
      'command: { argv: [ip, route, add, "{{ pod_cidr }}", dev, eth0] }',
      'command: { shell: "ls | wc" }',
      'file: { path: /a, state: absent }',
    ])
      expect(errorsOf(`- hosts: flannel\n  tasks:\n    - ${map}\n`)).toEqual([]);
  });
});

describe('of a play of Ansible', () => {
  test.each<[string, string, RegExp]>([
    ['gather_facts: yes', 'yes', /^Nothing is gathered from the hosts: remove it/],
    ['gather_facts: true', 'true', /^Nothing is gathered from the hosts: remove it/],
    ['gather_facts: no', 'no', /^Write false/],
    ['connection: local', 'connection', /"hosts: localhost" is this machine/],
    ['gather_subset: min', 'gather_subset', /Remove it/],
    ['user: root', 'user', /"ansible_user"/],
    ['sudo: true', 'sudo', /"become: true"/],
    ['port: 22', 'port', /"ansible_port"/],
    ['run_once: true', 'run_once', /of a task, or of a block/],
    ['check_mode: true', 'check_mode', /^Say it of a task\.$/],
    ['when: true', 'when', /A play has no condition/],
    ['no_log: true', 'no_log', /"secret: true"/],
    ['module_defaults: {}', 'module_defaults', /anchor/],
    ['force_handlers: true', 'force_handlers', /"always" of a block/],
    ['import_tasks: t.yml', 'import_tasks', /under "tasks"/],
    ['verify_ping: { target: a }', 'verify_ping', /under "tasks"/],
  ])('%s', (key, place, hint) => {
    const found = errorsOf(`- hosts: flannel\n  ${key}\n  tasks:\n    - ${ask}\n`);
    expect(found).toEqual([[place, expect.stringMatching(hint)]]);
  });

  test.each<[string, string, RegExp]>([
    ['ansible.builtin.import_playbook: p2.yml', 'ansible.builtin.import_playbook', /^Write "import_playbook"/],
    ['include: p2.yml', 'include', /"import_playbook"/],
    ['include_tasks: t.yml', 'include_tasks', /under "tasks" of a play/],
    ['command: { argv: [ls] }', 'command', /under "tasks" of a play/],
    ['import_playbook: p2.yml\n  become: true', 'become', /of the plays in that file/],
  ])('an item %s', (item, place, hint) => {
    expect(errorsOf(`- ${item}\n`)).toEqual([[place, expect.stringMatching(hint)]]);
  });
});

describe('a template that comes to another type is told how to convert it', () => {
  const vars = 'vars: { on: "yes", count: "3", part: "0.5", these: [a] }';
  test.each<[string, string]>([
    ['file: { path: /a, content: "{{ number }}" }', 'Write {{ string(number) }}.'],
    ['file: { path: /a, content: "{{ number > 1 }}" }', 'Write {{ string(number > 1) }}.'],
    ['file: { path: /a, content: "{{ these }}" }', 'Write {{ to_json(these) }} to have it as JSON text.'],
    ['verify_ping: { target: a, count: "{{ count }}" }', 'Write {{ int(count) }}.'],
    ['service: { name: a, enabled: "{{ on }}" }', 'Write {{ on == "yes" }}.'],
    ['command: { argv: "{{ on }}" }', 'Of a text with lines: {{ on.lines() }}; with commas: {{ on.split(",") }}.'],
  ])('%s', (task, hint) => {
    const text = (one: string) => `- hosts: flannel\n  ${vars}\n  tasks:\n    - ${one}\n`;
    expect(errorsOf(text(task)).map(([, told]) => told)).toEqual([hint]);
    const better = /\{\{.*?\}\}/.exec(hint)?.[0] ?? '';
    const put = task.replace(/"\{\{.*\}\}"/, `'${better}'`);
    expect(errorsOf(text(put))).toEqual([]);
  });

  test('also what is handed to a file', () => {
    const text = '- hosts: flannel\n  tasks:\n    - include_tasks: { file: i.yml, with: { to: "{{ number }}" } }\n';
    const source = { file: '/p/p.yml', text, fleet, modules, extraVars: {}, env: {} };
    const read = () =>
      'inputs: { to: { type: string, description: d } }\ntasks: [{ verify_ping: { target: "{{ to }}" } }]\n';
    expect(loadPlaybook({ ...source, read }).problems.map(({ hint }) => hint)).toContain('Write {{ string(number) }}.');
  });
});
