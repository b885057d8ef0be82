import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { Registered, Step, Task } from '../../src/core/play.ts';
import { load, playOf, stepsOf } from './load.ts';

const [a, b] = ['hdss7-21', 'hdss7-22'] as const;

function play(task: string, ofPlay = ''): string {
  const lines = task.trim().split('\n').join('\n      ');
  return `- hosts: flannel\n${ofPlay === '' ? '' : `  ${ofPlay}\n`}  tasks:\n    - ${lines}\n`;
}

function steps(task: string, ofPlay = '', host: string = a): readonly Step[] {
  const resolution = stepsOf(playOf(play(task, ofPlay)), 0, host);
  if (!('steps' in resolution)) throw new Error(JSON.stringify(resolution));
  return resolution.steps;
}

function only(task: string, ofPlay = '', host: string = a): Step {
  const [step] = steps(task, ofPlay, host);
  if (step === undefined) throw new Error('there is no step');
  return step;
}

const command = 'command: { argv: [ls] }';

describe('environment', () => {
  test('of the play and of the task, which wins; templates, numbers and truth values come to text', () => {
    const task = `${command}\nenvironment: { WHO: "{{ inventory_hostname }}", N: 3, ON: true }`;
    const { env } = only(task, 'environment: { WHO: play, HOME: /x, N: "{{ number }}" }', b);
    expect(env).toEqual({ WHO: b, HOME: '/x', N: '3', ON: 'true' });
    expect(only(command, 'environment: { N: "{{ number }}" }').env).toEqual({ N: '21' });
  });

  test('without one a step has none', () => {
    expect(only(`${command}\nenvironment: {}`)).not.toHaveProperty('env');
  });

  test('what it rests on is known', () => {
    const text = play(`register: r\n${command}`).concat(
      `    - ${command}\n      environment: { TOKEN: "{{ r.stdout }}" }\n`,
    );
    const { tasks } = playOf(text);
    expect(tasks[1]?.reads).toEqual(['r']);
    const registered: Registered = new Map([[a, { r: { stdout: 'it is "$HOME"' } }]]);
    expect(tasks[1]?.resolve(a, registered)).toMatchObject({ steps: [{ env: { TOKEN: 'it is "$HOME"' } }] });
  });
});

test('become_method: of the task, of the play, of neither', () => {
  expect(only(`${command}\nbecome_method: su`, 'become: true\n  become_method: doas')).toMatchObject({
    become: 'root',
    becomeMethod: 'su',
  });
  expect(only(command, 'become: true\n  become_method: doas')).toMatchObject({ becomeMethod: 'doas' });
  expect(only(`${command}\nbecome: true`)).not.toHaveProperty('becomeMethod');
});

describe('loop', () => {
  test('over a map, by key and value', () => {
    const found = steps('loop: { b: 1, a: [2] }\ncommand: { argv: ["{{ item.key }}", "{{ to_json(item.value) }}"] }');
    expect(found.map(({ item, args }) => [item, args.argv])).toEqual([
      ['b', ['b', '1']],
      ['a', ['a', '[2]']],
    ]);
  });

  test('knows where it is, also under other names', () => {
    const argv = '["{{ outer }} {{ n }} {{ loop.index }}/{{ loop.length }} {{ to_json([loop.first, loop.last]) }}"]';
    const found = steps(`loop: [x, y]\nloop_control: { loop_var: outer, index_var: n }\ncommand: { argv: ${argv} }`);
    expect(found.map(({ args }) => args.argv)).toEqual([['x 0 1/2 [true,false]'], ['y 1 2/2 [false,true]']]);
    const wrong = load(play('loop: [x]\nloop_control: { loop_var: outer }\ncommand: { argv: ["{{ item }}"] }'));
    expect(wrong.problems).toMatchObject([{ code: 'no-verify' }, { code: 'unknown-name' }]);
  });

  test('shows what its label says, and every item by a text of its own', () => {
    const items = (task: string) => steps(`${task}\n${command}`).map(({ item }) => item);
    expect(items('loop: [{ a: 1, pw: x }, { a: 2, pw: y }]\nloop_control: { label: "no. {{ item.a }}" }')).toEqual([
      'no. 1',
      'no. 2',
    ]);
    expect(items('loop: [x, y, x]\nloop_control: { label: same }')).toEqual(['same', 'same (2)', 'same (3)']);
    expect(items('loop: [x, x]')).toEqual(['x', 'x (2)']);
    expect(items('secret: true\nloop: [hunter2, { name: n }]')).toEqual(['#1', '#2']);
  });
});

describe('conditions over the result', () => {
  const task = (keywords: string): Task => {
    const found = playOf(play(`register: r\n${command}\n${keywords}`)).tasks[0];
    if (found === undefined) throw new Error('there is no task');
    return found;
  };
  const step: Step = { host: a, on: a, args: {} };
  const asked = (judging: Task['until'], result: Json, at = step) => judging?.(at, new Map(), result);

  test('failed_when and changed_when see it under its name; of a list all must hold', () => {
    const { failedWhen } = task('failed_when: [r.exit != 0, r.exit != 1]');
    expect([0, 1, 2].map((exit) => asked(failedWhen, { exit }))).toEqual([false, false, true]);
    const { changedWhen } = task('changed_when: r.stdout.contains("new")');
    expect(['new', 'old'].map((stdout) => asked(changedWhen, { stdout }))).toEqual([true, false]);
    expect(task('').failedWhen).toBeUndefined();
  });

  test('they see the item and variables of the task, and what earlier tasks have registered', () => {
    const { failedWhen } = task('loop: [1, 2]\nvars: { most: 1 }\nfailed_when: item > most && r.exit > 0');
    const at = (item: number) => ({ ...step, loop: { value: item, names: { item } } });
    expect([1, 2].map((item) => asked(failedWhen, { exit: 1 }, at(item)))).toEqual([false, true]);
  });

  test('a command with changed_when: false only reads, and may be an assertion', () => {
    expect(task('changed_when: false')).toMatchObject({ onlyAsks: true });
    expect(task('changed_when: "false"')).toMatchObject({ onlyAsks: true });
    expect(task('changed_when: r.exit == 1')).not.toHaveProperty('onlyAsks');
    const asserting = load(`- hosts: flannel\n  verify:\n    - ${command}\n      changed_when: false\n`);
    expect(asserting.problems).toEqual([]);
    const file = playOf(play('changed_when: false\nfile: { path: /x, content: a }')).tasks[0];
    expect(file).not.toHaveProperty('onlyAsks');
  });

  test('check_mode is handed on', () => {
    expect(task('check_mode: true')).toMatchObject({ checkMode: true });
    expect(task('check_mode: false\nchanged_when: false')).toMatchObject({ checkMode: false });
    expect(task('')).not.toHaveProperty('checkMode');
  });

  test.each([
    ['failed_when of a check', 'verify_ping: { target: a }\nfailed_when: false'],
    ['loop_control alone', 'loop_control: { label: x }\nverify_ping: { target: a }'],
  ])('what does nothing is told: %s', (_, text) => {
    expect(load(play(text)).problems).toMatchObject([{ code: 'no-verify' }, { code: 'no-effect' }]);
  });
});

describe('vars_files', () => {
  const files: Record<string, string> = {
    '/p/vars/web.yml': 'port: 8080\nurl: "http://{{ inventory_hostname }}:{{ port }}"\nflag: yes\n',
    '/p/over.yml': 'port: 9090\n',
    '/p/broken.yml': 'good: 1\nbad: "{{ nothing_here }}"\n',
    '/p/list.yml': '- 1\n',
    '/p/torn.yml': 'a: [1\n',
  };
  const asked: string[] = [];
  const read = (path: string) => {
    asked.push(path);
    return files[path];
  };
  const loaded = (
    list: string,
    target = '{{ url }}',
    more: { ofPlay?: string; extraVars?: Record<string, Json> } = {},
  ) =>
    load(
      `- hosts: flannel\n  vars_files: ${list}\n${more.ofPlay ?? ''}  verify:\n    - verify_ping: { target: "${target}" }\n`,
      { file: '/p/p.yml', read, extraVars: more.extraVars ?? {} },
    );
  const target = (...args: Parameters<typeof loaded>) => {
    const { plays, problems } = loaded(...args);
    if (plays[0] === undefined) throw new Error(JSON.stringify(problems));
    return stepsOf(plays[0], 0, a);
  };

  test('beat the play, are beaten by -e, the later one by the earlier; read as Ansible reads them', () => {
    const url = (of: string) => ({ steps: [{ args: { target: `http://hdss7-21:${of}` } }] });
    const ofPlay = '  vars: { port: 1 }\n';
    expect(target('[vars/web.yml]', '{{ url }}', { ofPlay })).toMatchObject(url('8080'));
    expect(target('[vars/web.yml, over.yml]')).toMatchObject(url('9090'));
    expect(target('[vars/web.yml]', '{{ url }}', { extraVars: { port: 7 } })).toMatchObject(url('7'));
    expect(target('[vars/web.yml]', '{{ flag ? number : 0 }}x')).toMatchObject({
      steps: [{ args: { target: '21x' } }],
    });
  });

  test('are named by inputs and -e; of a list the first that is there; each is noted as read', () => {
    const ofPlay = '  inputs: { kind: { type: string, description: Which, default: web } }\n';
    expect(target('["vars/{{ kind }}.yml"]', 'p{{ port }}', { ofPlay })).toMatchObject({
      steps: [{ args: { target: 'p8080' } }],
    });
    expect(target('[[none.yml, over.yml, list.yml]]', 'p{{ port }}')).toMatchObject({
      steps: [{ args: { target: 'p9090' } }],
    });
    expect(loaded('[[none.yml, over.yml]]', 'p{{ port }}').reads).toEqual(['/p/p.yml', '/p/none.yml', '/p/over.yml']);
    const open = '  inputs: { kind: { type: string, description: Which } }\n';
    expect(loaded('["vars/{{ kind }}.yml"]', 'p{{ port }}', { ofPlay: open }).problems).toEqual([]);
  });

  test.each([
    [
      'a name that is not known',
      '[broken.yml]',
      { code: 'unknown-name', at: { file: '/p/broken.yml', line: 2, column: 10 } },
    ],
    ['no map', '[list.yml]', { code: 'wrong-type', at: { file: '/p/list.yml', line: 1, column: 1 } }],
    ['no YAML', '[torn.yml]', { at: { file: '/p/torn.yml', line: 1, column: 4 } }],
    [
      'none there',
      '[vars.yml]',
      { code: 'bad-source', message: 'there is no file /p/vars.yml', at: { file: '/p/p.yml', line: 2, column: 16 } },
    ],
  ])('what is wrong is told in its file: %s', (_, list, problem) => {
    const { plays, problems } = loaded(list, 'x');
    expect(problems).toMatchObject([problem]);
    expect(plays).toEqual([]);
  });
});

test('a play may say that nothing is gathered', () => {
  expect(load(play(command, 'gather_facts: false\n  gather: false')).plays).toHaveLength(1);
});
