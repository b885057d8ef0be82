import { expect, test } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Module } from '../../src/core/module.ts';
import { declaredInputs } from '../../src/playbook/declared-inputs.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { type LoadedPlaybook, loadPlaybook } from '../../src/playbook/playbook.ts';
import type { TagChoice } from '../../src/playbook/tasks/tags.ts';
import { flannelFleet } from '../support/fake-fleet.ts';
import { fakeModules } from '../support/fake-modules.ts';

type Texts = Readonly<Record<string, string>>;

/** A playbook of files in memory, `/p/p.yml` the first. */
function load(
  texts: Texts,
  extraVars: JsonObject = {},
  choice: TagChoice = { only: [], skip: [] },
  modules: readonly Module[] = fakeModules,
): LoadedPlaybook {
  return loadPlaybook({
    file: '/p/p.yml',
    text: texts['/p/p.yml'] ?? '',
    fleet: flannelFleet,
    modules,
    extraVars,
    env: {},
    choice,
    read: (path) => {
      if (path === '/p/tasks/device.yml') throw new Failure('invalid', `${path} is not a file but a pipe or a device`);
      return texts[path];
    },
    list: (folder) =>
      Object.keys(texts)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1)),
  });
}

const play = (tasks: string, settings = '') =>
  `- hosts: flannel\n${settings}  tasks:\n${tasks.trimEnd().replaceAll(/^/gm, '    ')}\n  verify:\n    - verify_ping: { target: a }\n`;

/** Of each task that is played: what it is for, on which host, with which arguments. */
function steps({ plays, problems }: LoadedPlaybook): unknown[] {
  expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
  return plays.flatMap(({ tasks, hosts }) =>
    tasks
      .filter(({ section }) => section === 'tasks')
      .map((task) => {
        const resolution = task.resolve(hosts[0] ?? '', new Map());
        return 'skip' in resolution ? resolution.skip : resolution.steps.map(({ args }) => args.target);
      }),
  );
}

const errorsOf = (loaded: LoadedPlaybook) =>
  loaded.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ at, code, message, hint }) => [`${at.file}:${at.line}:${at.column}`, code, message, hint]);

test('the tasks of a file stand where the include does, each with a name of its own', () => {
  const loaded = load({
    '/p/p.yml': play('- verify_ping: { target: one }\n- include_tasks: tasks/a.yml\n- verify_ping: { target: four }'),
    '/p/tasks/a.yml': '- verify_ping: { target: two }\n- import_tasks: b.yml\n',
    '/p/tasks/b.yml': '- verify_ping: { target: three }\n',
  });
  expect(steps(loaded)).toEqual([['one'], ['two'], ['three'], ['four']]);
  expect(loaded.plays[0]?.tasks.map(({ id }) => id)).toEqual([
    ...['0.tasks.0', '0.tasks.1.0', '0.tasks.1.1.0', '0.tasks.2', '0.verify.0'],
  ]);
  expect(loaded.plays[0]?.tasks[2]?.at).toEqual({ file: '/p/tasks/b.yml', line: 1, column: 3 });
  expect(loaded.reads).toEqual(['/p/p.yml', '/p/tasks/a.yml', '/p/tasks/b.yml']);
});

test('inputs are handed over, from outside of the file; defaults are taken; nothing else is hidden', () => {
  const file =
    'inputs:\n  name: { type: string, description: Which }\n  n: { type: integer, description: How many, default: 3 }\n' +
    'tasks:\n  - verify_ping: { target: "{{ name }}-{{ n + 1 }}-{{ own }}" }\n';
  const handed = '- include_tasks: { file: a.yml, with: { name: "{{ name }}-{{ pod_ip }}" } }';
  expect(
    steps(load({ '/p/p.yml': play(handed, '  vars: { name: x, own: y }\n'), '/p/a.yml': file }, { n: 9 })),
  ).toEqual([['x-172.7.21.2-4-y']]);
});

test('keywords of an include hold for its tasks: conditions add up, the nearest wins otherwise', () => {
  const include =
    '- include_tasks: a.yml\n  when: number == 21\n  run_once: true\n  become: true\n  become_user: "{{ who }}"\n  vars: { who: me }\n';
  const loaded = load({
    '/p/p.yml': play(include),
    '/p/a.yml':
      '- when: number == 22\n  verify_ping: { target: never }\n- verify_ping: { target: "{{ who }}" }\n  vars: { who: you }\n',
  });
  expect(steps(loaded)).toEqual(['when: number == 22', ['you']]);
  const task = loaded.plays[0]?.tasks[1];
  expect(task?.runOnce).toBe(true);
  expect(task?.resolve('hdss7-22', new Map())).toEqual({ skip: 'when: number == 21' });
  // A template of the include means what it means there, not what it would in the file.
  expect(task?.resolve('hdss7-21', new Map())).toMatchObject({ steps: [{ become: 'me' }] });
});

test('what is wrong is told file by file, in the order in which they are read', () => {
  const { problems } = load({
    '/p/p.yml': `${play('- include_tasks: b.yml\n- include_tasks: a.yml\n')}  taks: []\n`,
    '/p/a.yml': '- verify_pign: { target: a }\n',
    '/p/b.yml': '- verify_ping: { target: b }\n- verify_ping: { target: "{{ hots }}" }\n',
  });
  expect(problems.map(({ at }) => `${at.file}:${at.line}`)).toEqual(['/p/p.yml:7', '/p/b.yml:2', '/p/a.yml:1']);
});

test('a loop repeats the whole file; its list is known before the run', () => {
  const loop = '- include_tasks: "{{ item }}.yml"\n  loop: [a]\n';
  expect(errorsOf(load({ '/p/p.yml': play(loop), '/p/a.yml': '- verify_ping: { target: a }\n' }))).toMatchObject([
    ['/p/p.yml:3:26', 'not-static', '"item" is not known before the run', expect.anything()],
  ]);
  const loaded = load({
    '/p/p.yml': play('- include_tasks: a.yml\n  loop: "{{ names }}"\n', '  vars: { names: [u, v] }\n'),
    '/p/a.yml': '- name: Ask\n  verify_ping: { target: "{{ item }}{{ loop.index }}" }\n',
  });
  expect(steps(loaded)).toEqual([['u1'], ['v2']]);
  expect(loaded.plays[0]?.tasks.slice(0, 2).map(({ id, name }) => [id, name])).toEqual([
    ['0.tasks.0[0].0', 'Ask [u]'],
    ['0.tasks.0[1].0', 'Ask [v]'],
  ]);
});

test('plays of another playbook, with variables, inputs and a name for those that have none', () => {
  const texts = {
    '/p/p.yml': `- import_playbook: more/b.yml\n  name: Both\n  vars: { own: y, n: 4 }\n${play('- verify_ping: { target: z }')}`,
    '/p/more/b.yml': `${play('- verify_ping: { target: "{{ own }}{{ n + 1 }}{{ m }}" }', '  vars: { own: x }\n  inputs: { n: { type: integer, description: N }, m: { type: string, description: M } }\n')}`,
  };
  const loaded = load(texts, { m: 'q' });
  expect(steps(loaded)).toEqual([['y5q'], ['z']]);
  expect(loaded.plays.map(({ name }) => name)).toEqual(['Both', 'flannel']);
  expect(declaredInputs('/p/p.yml', (path) => texts[path as keyof typeof texts]).map(({ name }) => name)).toEqual([
    ...['n', 'm'],
  ]);
});

const stack = 'Included from /p/p.yml:3.';
const one = { '/p/tasks/one.yml': '- verify_ping: { target: a }\n' };
const input =
  'inputs: { dev: { type: string, description: Which device } }\ntasks: [{ verify_ping: { target: "{{ dev }}" } }]\n';

test.each<[string, Texts, string, string, string | RegExp, (string | RegExp)?]>([
  [
    'a missing file',
    { ...one, '/p/p.yml': play('- include_tasks: tasks/oen.yml') },
    '/p/p.yml:3:22',
    'bad-include',
    'there is no file /p/tasks/oen.yml',
    'Did you mean "one.yml"?',
  ],
  [
    'a device',
    { '/p/p.yml': play('- include_tasks: tasks/device.yml') },
    '/p/p.yml:3:22',
    'bad-include',
    /not a file but a pipe or a device/,
  ],
  [
    'a file that includes itself',
    { '/p/p.yml': play('- include_tasks: a.yml'), '/p/a.yml': '- include_tasks: ./a.yml\n' },
    '/p/a.yml:1:18',
    'include-cycle',
    '/p/a.yml includes itself',
    /Included from \/p\/p.yml:3\.$/,
  ],
  [
    'a mistake in a file',
    { '/p/p.yml': play('- include_tasks: a.yml'), '/p/a.yml': '- verify_pin: {}\n' },
    '/p/a.yml:1:3',
    'unknown-module',
    '"verify_pin" is neither a module nor a keyword of a task',
    `Did you mean "verify_ping"? ${stack}`,
  ],
  [
    'an unknown name in a file',
    { '/p/p.yml': play('- include_tasks: a.yml'), '/p/a.yml': '- verify_ping: { target: "{{ pod_pi }}" }\n' },
    '/p/a.yml:1:30',
    'unknown-name',
    '"pod_pi" is not known here',
    `Did you mean "pod_ip"? ${stack}`,
  ],
  [
    'bad YAML in a file',
    { '/p/p.yml': play('- include_tasks: a.yml'), '/p/a.yml': '- a: b: c\n' },
    '/p/a.yml:1:6',
    'yaml',
    /Nested mappings/i,
  ],
  [
    'an empty file',
    { '/p/p.yml': play('- include_tasks: a.yml'), '/p/a.yml': '' },
    '/p/a.yml:1:1',
    'empty',
    'the file of tasks is empty',
  ],
  [
    'a playbook as tasks',
    { '/p/p.yml': play('- include_tasks: a.yml'), '/p/a.yml': play('- verify_ping: { target: a }') },
    '/p/a.yml:1:1',
    'a-playbook',
    /plays, not tasks/,
  ],
  [
    'a name that differs from host to host',
    { '/p/p.yml': play('- include_tasks: "{{ pod_ip }}.yml"') },
    '/p/p.yml:3:26',
    'not-static',
    '"pod_ip" is not known before the run',
  ],
  [
    'a loop over hosts',
    { ...one, '/p/p.yml': play('- include_tasks: tasks/one.yml\n  loop: "{{ peers }}"') },
    '/p/p.yml:4:17',
    'not-static',
    '"peers" is not known before the run',
  ],
  [
    'an input that is not given',
    { '/p/p.yml': play('- include_tasks: a.yml'), '/p/a.yml': input },
    '/p/p.yml:3:7',
    'missing-input',
    'the input "dev" of the file is not given',
    'Which device. Give it under "with".',
  ],
  [
    'an input that there is not',
    { '/p/p.yml': play('- include_tasks: { file: a.yml, with: { dev: a, dve: b } }'), '/p/a.yml': input },
    '/p/p.yml:3:53',
    'unknown-input',
    'the file has no input "dve"',
    'Did you mean "dev"?',
  ],
  [
    'a value of the wrong type',
    { '/p/p.yml': play('- include_tasks: { file: a.yml, with: { dev: 5 } }'), '/p/a.yml': input },
    '/p/p.yml:3:50',
    'wrong-type',
    'the input "dev" must be text, not 5',
  ],
  [
    'a value that comes to the wrong type',
    { '/p/p.yml': play('- include_tasks: { file: a.yml, with: { dev: "{{ number }}" } }'), '/p/a.yml': input },
    '/p/p.yml:3:50',
    'wrong-type',
    'the input "dev" must be text, not 21',
  ],
  [
    'a keyword that an include has not',
    { ...one, '/p/p.yml': play('- include_tasks: tasks/one.yml\n  register: x') },
    '/p/p.yml:4:7',
    'unknown-key',
    '"register" cannot be said of an include',
    'Register in a task of the file: what it registers is known after the include too.',
  ],
  [
    'a role',
    { '/p/p.yml': play('- include_role: { name: x }') },
    '/p/p.yml:3:7',
    'unknown-module',
    /include_role/,
    /include_tasks: \{ file: /,
  ],
  [
    'roles',
    { '/p/p.yml': play('- verify_ping: { target: a }', '  roles: [x]\n') },
    '/p/p.yml:2:3',
    'unknown-key',
    '"roles" is not known here',
    /include_tasks: \{ file: /,
  ],
  [
    'an import with a condition',
    { '/p/p.yml': '- import_playbook: b.yml\n  when: true\n', '/p/b.yml': play('- verify_ping: { target: a }') },
    '/p/p.yml:2:3',
    'unknown-key',
    '"when" cannot be said of an import',
    /tasks/,
  ],
  [
    'an import that is a template',
    { '/p/p.yml': '- import_playbook: "{{ a }}.yml"\n' },
    '/p/p.yml:1:20',
    'not-static',
    /no template/,
  ],
  [
    'an import of itself',
    { '/p/p.yml': '- import_playbook: p.yml\n' },
    '/p/p.yml:1:20',
    'include-cycle',
    '/p/p.yml includes itself',
  ],
])('%s', (_, texts, at, code, message, hint) => {
  const [first, ...others] = errorsOf(load(texts));
  expect(others).toEqual([]);
  expect(first).toEqual([
    at,
    code,
    matching(message),
    hint === undefined ? expect.toSatisfy(() => true) : matching(hint),
  ]);
});

const matching = (text: string | RegExp) => (typeof text === 'string' ? text : expect.stringMatching(text));

test('files that include each other in a growing chain come to an end', () => {
  const chain = Array.from({ length: 25 }, (_, i) => [`/p/${i}.yml`, `- include_tasks: ${i + 1}.yml\n`] as const);
  const deep = load({ '/p/p.yml': play('- include_tasks: 0.yml'), ...Object.fromEntries(chain) });
  expect(errorsOf(deep).map(([, code]) => code)).toEqual(['too-deep']);
  const double = Array.from({ length: 19 }, (_, i) => {
    const line = `- include_tasks: ${i + 1}.yml\n`;
    return [`/p/${i}.yml`, i === 18 ? '- verify_ping: { target: a }\n' : line + line] as const;
  });
  let tasks = 0;
  // A task's arguments are held to the schema of its module: each task asks for it once.
  const schemaOf = (module: Module) => {
    if (++tasks > 20_000) throw new Error('they grow on');
    return module.schema;
  };
  const counting = fakeModules.map((module) =>
    Object.defineProperty({ ...module }, 'schema', { get: () => schemaOf(module) }),
  );
  const texts = { '/p/p.yml': play('- include_tasks: 0.yml'), ...Object.fromEntries(double) };
  const { problems } = load(texts, {}, undefined, counting);
  expect(problems[0]).toMatchObject({ code: 'too-many', message: 'more than 20000 tasks are included' });
  expect(tasks).toBeGreaterThan(1_000);
  expect(problems.length).toBeLessThan(100);
});

const tagged = play(
  '- tags: a\n  verify_ping: { target: a }\n- tags: [b, c]\n  verify_ping: { target: b }\n- verify_ping: { target: none }\n' +
    '- tags: always\n  verify_ping: { target: always }\n- tags: [never, d]\n  verify_ping: { target: never }\n- include_tasks: f.yml\n  tags: e\n',
);

test.each<[string, string, string]>([
  ['', '', 'a b none always f'],
  ['a', '', 'a always'],
  ['c,e', '', 'b always f'],
  ['d', '', 'always never'],
  ['all', '', 'a b none always f'],
  ['tagged', '', 'a b always f'],
  ['untagged', '', 'none always'],
  ['', 'a,e', 'b none always'],
  ['', 'tagged', 'none'],
  ['', 'always', 'a b none f'],
  ['a', 'always', 'a'],
  ['never', '', 'always never'],
])('--tags "%s" --skip-tags "%s": %s', (only, skip, wanted) => {
  const words = (text: string) => text.split(',').filter((word) => word !== '');
  const choice = { only: words(only), skip: words(skip) };
  const loaded = load({ '/p/p.yml': tagged, '/p/f.yml': '- verify_ping: { target: f }\n' }, {}, choice);
  expect(steps(loaded).flat().join(' ')).toBe(wanted);
  // What proves the change, and has no tag, is asked whatever is chosen.
  expect(loaded.plays[0]?.tasks.at(-1)?.section).toBe('verify');
  expect(loaded.choiceFaults).toEqual([]);
});

test('a tag that nobody wrote is told; a name that only what is left out registers is shown where it is used', () => {
  const choice = { only: ['aa'], skip: ['nosuch'] };
  expect(load({ '/p/p.yml': tagged, '/p/f.yml': '- verify_ping: { target: f }\n' }, {}, choice).choiceFaults).toEqual([
    '--tags: no task has the tag "aa". Did you mean "a"?',
    '--skip-tags: no task has the tag "nosuch". Its tags: a, always, b, c, d, e, never.',
  ]);
  const text = play(
    '- tags: a\n  register: x\n  verify_ping: { target: a }\n- tags: b\n  when: x.ok\n  verify_ping: { target: b }',
  );
  expect(errorsOf(load({ '/p/p.yml': text }, {}, { only: ['b'], skip: [] }))).toMatchObject([
    ['/p/p.yml:7:13', 'not-chosen', '"x" is registered by a task that the tags leave out', expect.anything()],
  ]);
  expect(errorsOf(load({ '/p/p.yml': text }, {}, { only: ['a'], skip: [] }))).toEqual([]);
});

test('a play whose tag is not asked for is left out whole; one that is only half asked is not skipped as proven', () => {
  const other = play('- verify_ping: { target: z }', '  tags: net\n');
  const both = { '/p/p.yml': `${other}${tagged}`, '/p/f.yml': '- verify_ping: { target: f }\n' };
  expect(load(both, {}, { only: ['a'], skip: [] }).plays.map(({ tasks }) => tasks[0]?.id)).toEqual(['1.tasks.0']);
  const half =
    '- hosts: flannel\n  skip_if_verified: true\n  tasks:\n    - { tags: a, verify_ping: { target: a } }\n  verify:\n    - { tags: b, verify_ping: { target: b } }\n    - verify_ping: { target: c }\n';
  expect(load({ '/p/p.yml': half }).plays[0]?.skipIfVerified).toBe(true);
  expect(load({ '/p/p.yml': half }, {}, { only: ['a'], skip: [] }).plays[0]?.skipIfVerified).toBe(false);
});

test('blocks around an include, includes in a block, and blocks in a file each say what they say', () => {
  const outer =
    '- when: number > 20\n  become: true\n  vars: { who: outer }\n  tags: a\n  block:\n    - include_tasks: a.yml\n      become_user: "{{ who }}"\n  rescue:\n    - include_tasks: b.yml\n';
  const texts = {
    '/p/p.yml': play(outer),
    '/p/a.yml':
      '- vars: { who: inner }\n  when: number > 21\n  block:\n    - verify_ping: { target: "{{ who }}" }\n- become: false\n  block:\n    - verify_ping: { target: "{{ who }}" }\n',
    '/p/b.yml': '- verify_ping: { target: "{{ failed_task }}" }\n',
  };
  const loaded = load(texts);
  expect(loaded.problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
  const [inBlock, notBecoming, rescue] = loaded.plays[0]?.tasks ?? [];
  expect(inBlock?.resolve('hdss7-21', new Map())).toEqual({ skip: 'when: number > 21', around: true });
  expect(inBlock?.resolve('hdss7-22', new Map())).toMatchObject({
    steps: [{ args: { target: 'inner' }, become: 'outer' }],
  });
  expect(notBecoming?.resolve('hdss7-22', new Map())).toEqual({
    steps: [{ host: 'hdss7-22', on: 'hdss7-22', args: { target: 'outer' } }],
  });
  expect(inBlock?.within).toMatchObject([
    { block: '0.tasks.0', part: 'block' },
    { block: '0.tasks.0.block.0.0', part: 'block' },
  ]);
  expect(rescue?.within).toMatchObject([{ block: '0.tasks.0', part: 'rescue' }]);
  // A block that is begun is also mended.
  const ids = (choice: TagChoice) => load(texts, {}, choice).plays[0]?.tasks.map(({ id }) => id);
  expect(ids({ only: ['a'], skip: [] })).toEqual(loaded.plays[0]?.tasks.map(({ id }) => id));
});

test('what mends a block, and the handlers of a change, go with what is chosen', () => {
  const text = `- hosts: flannel
  tasks:
    - block:
        - tags: a
          verify_ping: { target: a }
      rescue:
        - verify_ping: { target: mend }
    - tags: b
      notify: again
      command: { argv: [x] }
  handlers:
    - name: again
      command: { argv: [y] }
`;
  const ids = (only: string) =>
    load({ '/p/p.yml': text }, {}, { only: [only], skip: [] }).plays[0]?.tasks.map((task) => task.id);
  expect(ids('a')).toEqual(['0.tasks.0.block.0', '0.tasks.0.rescue.0', '0.tasks.handlers.0']);
  expect(ids('b')).toEqual(['0.tasks.1', '0.tasks.handlers.0']);
});
