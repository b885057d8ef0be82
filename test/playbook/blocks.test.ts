import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { load, playOf, stepsOf } from './load.ts';

const host = 'hdss7-21';
const file = (path: string) => `file: { path: ${path}, content: x }`;
const list = (key: string, ...tasks: string[]) =>
  `  ${key}:\n${tasks.map((task) => `    - ${task.trim().split('\n').join('\n      ')}\n`).join('')}`;
const playText = (...lists: string[]) => `- hosts: flannel\n${lists.join('')}`;

describe('a block', () => {
  const text = playText(
    list(
      'tasks',
      file('/before'),
      `name: Outer
when: number > 20
become: true
vars: { dir: /outer, who: outer }
block:
  - name: Inner
    delegate_to: hdss7-12
    vars: { dir: /inner }
    block:
      - when: number < 22
        file: { path: "{{ dir }}/{{ who }}", content: x }
    rescue:
      - file: { path: "{{ dir }}/{{ failed_task }}", content: "{{ failed_result.stderr }}" }
  - run_once: true
    become: false
    file: { path: "{{ dir }}", content: x }
always:
  - ignore_errors: true
    when: failed_result.failed
    file: { path: /end, content: x }`,
      file('/after'),
    ),
  );

  test('its tasks have ids of their own, and know where they stand', () => {
    const { tasks } = playOf(text);
    expect(tasks.map(({ id, within = [] }) => [id, ...within.map(({ name, part }) => `${name} ${part}`)])).toEqual([
      ['0.tasks.0'],
      ['0.tasks.1.block.0.block.0', 'Outer block', 'Inner block'],
      ['0.tasks.1.block.0.rescue.0', 'Outer block', 'Inner rescue'],
      ['0.tasks.1.block.1', 'Outer block'],
      ['0.tasks.1.always.0', 'Outer always'],
      ['0.tasks.2'],
    ]);
    expect(tasks[2]?.within?.[0]?.block).toBe('0.tasks.1');
    expect(tasks.map(({ runOnce, ignoreErrors }) => [runOnce, ignoreErrors])).toEqual(
      [0, 0, 0, 1, 2, 0].map((kind) => [kind === 1, kind === 2]),
    );
  });

  test('hands on its conditions, variables, user and host; what is nearer wins', () => {
    const play = playOf(text);
    expect(stepsOf(play, 1, host)).toEqual({
      steps: [{ host, on: 'hdss7-12', args: { path: '/inner/outer', content: 'x' }, become: 'root' }],
    });
    expect(stepsOf(play, 3, host)).toEqual({ steps: [{ host, on: host, args: { path: '/outer', content: 'x' } }] });
    expect(stepsOf(play, 1, 'hdss7-22')).toEqual({ skip: 'when: number < 22' });
    const other = playOf(text.replace('number > 20', 'number > 21'));
    expect(stepsOf(other, 1, host)).toEqual({ skip: 'when: number > 21', around: true });
  });

  test('its rescue knows what failed', () => {
    const play = playOf(text);
    const failed_result: Json = { stderr: 'broken', failed: true };
    const registered = new Map([[host, { failed_task: 'it', failed_result }]]);
    expect(stepsOf(play, 2, host, registered)).toMatchObject({
      steps: [{ args: { path: '/inner/it', content: 'broken' } }],
    });
    expect(play.tasks[2]?.reads.toSorted()).toEqual(['failed_result', 'failed_task']);
    expect(play.tasks[4]?.reads).toEqual(['failed_result']);
  });

  test('groups what is only asked; what a group registers can be audited', () => {
    const group =
      'block:\n  - register: r\n    verify_ping: { target: a }\n  - when: r.ok\n    verify_ping: { target: b }';
    const { plays, problems } = load(playText(list('verify', group)));
    expect(problems).toEqual([]);
    expect(plays[0]?.tasks.map(({ section }) => section)).toEqual(['verify', 'verify']);
  });

  test('without a name is told by its line', () => {
    const { tasks } = playOf(playText(list('tasks', `block:\n  - ${file('/a')}`)));
    expect(tasks[0]?.within?.[0]?.name).toBe('the block in line 3');
  });
});

describe('handlers', () => {
  const handlers = list(
    'handlers',
    `name: Reload\nlisten: [files, all]\n${file('/reload')}`,
    `name: Restart\nlisten: all\n${file('/restart')}`,
  );
  const ids = (text: string) =>
    playOf(text).tasks.map(({ id, notifies = [], handler = '' }) => [id, handler, ...notifies].join(' ').trim());

  test('stand at the end of each section that notifies them, in their order', () => {
    const text = playText(
      list('tasks', `notify: Restart\n${file('/a')}`, `notify: files\n${file('/b')}`),
      list('verify', 'verify_ping: { target: a }'),
      list('cleanup', `notify: [Reload, files]\n${file('/c')}`),
      handlers,
    );
    expect(ids(text)).toEqual([
      '0.tasks.0  0.handlers.1',
      '0.tasks.1  0.handlers.0',
      '0.tasks.handlers.0 0.handlers.0',
      '0.tasks.handlers.1 0.handlers.1',
      '0.verify.0',
      '0.cleanup.0  0.handlers.0',
      '0.cleanup.handlers.0 0.handlers.0',
    ]);
  });

  test('are flushed where the playbook says', () => {
    const text = playText(
      list('tasks', `notify: files\n${file('/a')}`, 'meta: flush_handlers', `notify: all\n${file('/b')}`),
      handlers,
    );
    expect(ids(text)).toEqual([
      '0.tasks.0  0.handlers.0',
      '0.tasks.1.handlers.0 0.handlers.0',
      '0.tasks.2  0.handlers.0 0.handlers.1',
      '0.tasks.handlers.0 0.handlers.0',
      '0.tasks.handlers.1 0.handlers.1',
    ]);
  });

  test('say whether it is their block that is skipped, or they are', () => {
    const flush = 'block:\n  - meta: flush_handlers';
    const skips = (block: string, own: string) => {
      const text = playText(
        list('tasks', `notify: files\n${file('/a')}`, `${block}${flush}`),
        list('handlers', `name: files\n${own}${file('/reload')}`),
      );
      return playOf(text).tasks.map((task) => task.resolve('a', new Map()));
    };
    expect(skips('when: "1 > 2"\n', '')).toMatchObject([{}, { skip: 'when: 1 > 2', around: true }, {}]);
    const [, own] = skips('', 'when: "1 > 2"\n');
    expect(own).toEqual({ skip: 'when: 1 > 2' });
  });

  test('that only another handler notifies are there too', () => {
    const chained = list(
      'handlers',
      `name: First\nnotify: Second\n${file('/first')}`,
      `name: Second\n${file('/second')}`,
    );
    expect(ids(playText(list('tasks', `notify: First\n${file('/a')}`), chained))).toEqual([
      '0.tasks.0  0.handlers.0',
      '0.tasks.handlers.0 0.handlers.0 0.handlers.1',
      '0.tasks.handlers.1 0.handlers.1',
    ]);
  });

  test('that nobody notifies are a warning; so is a check that notifies', () => {
    const { problems } = load(playText(list('verify', 'verify_ping: { target: a }'), handlers));
    expect(problems).toMatchObject([
      { code: 'unused-handler', severity: 'warning', at: { line: 5, column: 7 } },
      { code: 'unused-handler', severity: 'warning' },
    ]);
    const checked = load(playText(list('tasks', 'notify: all\nverify_ping: { target: a }'), handlers));
    expect(checked.problems.map(({ code }) => code)).toEqual(['no-verify', 'no-effect']);
  });
});
