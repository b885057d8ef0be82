import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { Registered, Step } from '../../src/core/play.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { load, playOf, stepsOf } from './load.ts';

const [a, b] = ['hdss7-21', 'hdss7-22'] as const;

function ping(task: string): string {
  return `- hosts: flannel\n  verify:\n    - ${task.trim().split('\n').join('\n      ')}\n`;
}

function only(text: string, host: string = a, rest: Parameters<typeof playOf>[1] = {}): Step {
  const resolution = stepsOf(playOf(text, rest), 0, host);
  if (!('steps' in resolution) || resolution.steps[0] === undefined) throw new Error(JSON.stringify(resolution));
  return resolution.steps[0];
}

/** What an expression comes to, as text, on a host. */
function value(expression: string, host: string = a): Json {
  return only(ping(`verify_ping: { target: '{{ to_json(${expression}) }}' }`), host).args.target ?? null;
}

describe('names', () => {
  test.each([
    ['inventory_hostname', '"hdss7-21"'],
    ['pod_ip', '"172.7.21.2"'],
    ['gateway', '"172.7.21.1"'],
    ['host.number', '21'],
    ['host.gateway', '"172.7.21.1"'],
    ['host.name', '"hdss7-21"'],
    ['play_hosts', '["hdss7-21","hdss7-22"]'],
    ['peers.map(p, p.name)', '["hdss7-22"]'],
    ['peers[0].gateway', '"172.7.22.1"'],
    ['groups.etcd', '["hdss7-12"]'],
    ['hostvars["hdss7-12"].ansible_host', '"10.4.7.12"'],
    ['host.?only_here.orValue("none")', '"x"'],
    ['cidr(pod_cidr).contains(pod_ip)', 'true'],
    ['string(ip(pod_ip).network(16))', '"172.7.0.0/16"'],
    ['number + 1', '22'],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test('are of the host that is asked for', () => {
    expect(value('[pod_ip, peers[0].pod_ip]', b)).toBe('["172.7.22.2","172.7.21.2"]');
  });
});

describe('values', () => {
  test('a whole expression keeps its type, text around it makes text', () => {
    const text = ping("verify_ping: { target: 'n{{ number }}-{{ 1 + 1 }}', count: '{{ number - 20 }}' }");
    expect(only(text).args).toEqual({ target: 'n21-2', count: 1 });
  });

  test('a variable may be made of others, to any depth and in any order', () => {
    const vars = '  vars:\n    target: "{{ base }}.{{ last }}"\n    base: "10.{{ number }}.0"\n    last: 7\n';
    const text = ping('verify_ping: { target: "{{ target }}" }').replace('  verify', `${vars}  verify`);
    expect(only(text, b).args.target).toBe('10.22.0.7');
  });

  test('nearer variables win: inventory, play, task, -e', () => {
    const inPlay = '  vars: { pod_ip: play }\n';
    const task = 'verify_ping: { target: "{{ pod_ip }}" }';
    const withPlay = ping(task).replace('  verify', `${inPlay}  verify`);
    const withTask = ping(`vars: { pod_ip: task }\n${task}`).replace('  verify', `${inPlay}  verify`);
    expect(only(ping(task)).args.target).toBe('172.7.21.2');
    expect(only(withPlay).args.target).toBe('play');
    expect(only(withTask).args.target).toBe('task');
    expect(only(withTask, a, { extraVars: { pod_ip: 'extra' } }).args.target).toBe('extra');
  });

  test('braces inside an expression are its own, and two can be had as text', () => {
    expect(only(ping(`verify_ping: { target: '{{ {"a": {"b": "}}"}}.a.b }} {{ "{{" }}x' }`)).args.target).toBe(
      '}} {{x',
    );
  });

  test('all arguments may be one template', () => {
    const text = ping('vars: { it: { target: "{{ pod_ip }}" } }\nverify_ping: "{{ it }}"');
    expect(only(text).args).toEqual({ target: '172.7.21.2' });
    expect(load(text.replace('target:', 'targt:')).problems).toMatchObject([
      { code: 'unknown-key', at: { line: 4, column: 20 } },
    ]);
    expect(load(text.replace('{{ it }}', '{{ pod_ip }}')).problems).toMatchObject([{ code: 'wrong-type' }]);
  });

  test('env() reads what was handed in, hosts take what was given with -e', () => {
    const text = '- hosts: "{{ which }}"\n  verify:\n    - verify_ping: { target: "{{ env(\'T\') }}" }\n';
    const play = playOf(text, { extraVars: { which: 'etcd' }, env: { T: '1.2.3.4' } });
    expect(play.hosts).toEqual(['hdss7-12']);
    expect(stepsOf(play, 0, 'hdss7-12')).toMatchObject({ steps: [{ args: { target: '1.2.3.4' } }] });
  });

  test('a broken template in the inventory matters only where it is used', () => {
    const fleet = fakeFleet(
      { one: { good: 'g', bad: '{{ nothing | default(1) }}', loop_a: '{{ loop_b }}', loop_b: '{{ loop_a }}' } },
      {},
    );
    const with_ = (target: string) => `- hosts: one\n  verify:\n    - verify_ping: { target: "${target}" }\n`;
    expect(only(with_('{{ good }} {{ host.good }}'), 'one', { fleet }).args.target).toBe('g g');
    const [problem] = load(with_('x {{ bad }}'), { fleet }).problems;
    expect(problem).toMatchObject({
      code: 'expression',
      at: { line: 3, column: 36 },
      message: expect.stringContaining('variable "bad" of the inventory'),
      hint: 'Give "nothing" a value under "all": groups and hosts may say otherwise.',
    });
    expect(load(with_('{{ loop_a }}'), { fleet }).problems[0]).toMatchObject({ code: 'cycle' });
  });
});

describe('tasks', () => {
  test('when skips, saying why; of a list all must hold', () => {
    const play = playOf(ping('when: [number > 21, true]\nverify_ping: { target: a }'));
    expect(stepsOf(play, 0, a)).toEqual({ skip: 'when: number > 21' });
    expect(stepsOf(play, 0, b)).toMatchObject({ steps: [{ host: b }] });
  });

  test('loop over a list, with item and loop.index; when is asked of each item', () => {
    const play = playOf(
      ping(
        'loop: [x, "{{ pod_ip }}", { name: n }, 4]\nwhen: loop.index != 2\nverify_ping: { target: "{{ loop.index }} {{ to_json(item) }}" }',
      ),
    );
    expect(stepsOf(play, 0, a)).toMatchObject({
      steps: [
        { host: a, on: a, item: 'x', args: { target: '1 "x"' } },
        { host: a, on: a, item: 'n', args: { target: '3 {"name":"n"}' } },
        { host: a, on: a, item: '4', args: { target: '4 4' } },
      ],
    });
    expect(stepsOf(playOf(ping('loop: []\nverify_ping: { target: a }')), 0, a)).toEqual({
      skip: 'the loop has no items',
    });
  });

  test('when that does not ask for the item is asked before the loop', () => {
    const play = playOf(ping('when: has(host.nothing)\nloop: "{{ host.nothing }}"\nverify_ping: { target: a }'));
    expect(stepsOf(play, 0, a)).toEqual({ skip: 'when: has(host.nothing)' });
  });

  test('become: of the play, of the task, of neither', () => {
    const text = (play: string, task: string) =>
      ping(`verify_ping: { target: a }\n${task}`).replace('  verify', `  ${play}\n  verify`);
    expect(only(text('become: true', '')).become).toBe('root');
    expect(only(text('become: true\n  become_user: etcd', '')).become).toBe('etcd');
    expect(only(text('become: true', 'become_user: "u{{ number }}"')).become).toBe('u21');
    expect(only(text('become: true', 'become: false'))).not.toHaveProperty('become');
    expect(only(ping('verify_ping: { target: a }'))).not.toHaveProperty('become');
  });

  test('delegate_to may be a template, also of the item', () => {
    expect(only(ping('delegate_to: "{{ peers[0].name }}"\nverify_ping: { target: a }'))).toMatchObject({
      host: a,
      on: b,
    });
    expect(
      only(ping('loop: "{{ groups.etcd }}"\ndelegate_to: "{{ item }}"\nverify_ping: { target: a }')),
    ).toMatchObject({ on: 'hdss7-12' });
  });

  test('numbers and durations of the engine', () => {
    const play = playOf(
      ping(
        'register: r\nuntil: r.ok\ndelay: 500ms\ntimeout: 2m\nignore_errors: true\nrun_once: true\nverify_ping: { target: a }',
      ),
    );
    expect(play.tasks[0]).toMatchObject({
      register: 'r',
      retries: 3,
      delayMs: 500,
      timeoutMs: 120_000,
      ignoreErrors: true,
      runOnce: true,
      reads: [],
    });
    expect(playOf(ping('verify_ping: { target: a }')).tasks[0]).toMatchObject({
      retries: 0,
      delayMs: 1000,
      name: 'verify_ping',
    });
  });
});

describe('the turns of a loop that registers', () => {
  const turnsOf = (task: string) => {
    const { turns } = stepsOf(playOf(ping(`register: r\n${task}\nfailed_when: r.failed`)), 0, b);
    return turns?.map(({ loop, skip }) => [loop.value, ...(skip === undefined ? [] : [skip])]);
  };
  const over = (rest: string, list = '[1, 2, 3]') => `loop: ${list}\n${rest}\nverify_ping: { target: a }`;

  test.each([
    ['one that its item leaves out is among them', over('when: item != 2'), [[1], [2, 'when: item != 2'], [3]]],
    ['all that are left out', over('when: item > 3').replace(', 3', ''), [1, 2].map((n) => [n, 'when: item > 3'])],
    ['with the whole task', over('when: number == 0', '[7]'), [[7, 'when: number == 0']]],
    [
      'not where the list itself needs what does not hold',
      over('when: number == 0', '"{{ [host.only_here] }}"'),
      undefined,
    ],
    ['where none is left out there is nothing to tell', over('when: item != 4'), undefined],
  ])('%s', (_, task, turns) => {
    expect(turnsOf(task)).toEqual(turns);
  });
});

describe('registered results', () => {
  const text = `- hosts: flannel
  vars: { seen: "{{ first.stdout }}" }
  require:
    - register: first
      verify_ping: { target: a }
  verify:
    - when: first.ok && first.exit == 0
      vars: { shown: "<{{ seen }}>" }
      verify_ping: { target: "{{ shown }}" }
    - register: mine
      until: mine.stdout.contains("yes") && first.ok
      verify_ping: { target: b }
`;
  const result = (stdout: string): Registered => new Map([[a, { first: { ok: true, exit: 0, stdout } }]]);

  test('a task says which it rests on, through variables too, but not its own', () => {
    const { tasks } = playOf(text);
    expect(tasks.map(({ reads }) => reads)).toEqual([[], ['first'], ['first']]);
  });

  test('are data: braces in what a host answered are not a template', () => {
    expect(stepsOf(playOf(text), 1, a, result('{{ env("HOME") }}'))).toMatchObject({
      steps: [{ args: { target: '<{{ env("HOME") }}>' } }],
    });
  });

  test('are not kept from one asking to the next', () => {
    const play = playOf(text);
    stepsOf(play, 1, a, result('one'));
    expect(stepsOf(play, 1, a, result('two'))).toMatchObject({ steps: [{ args: { target: '<two>' } }] });
  });

  test('until sees the result of this try', () => {
    const task = playOf(text).tasks[2];
    const step = { host: a, on: a, args: {} };
    expect(task?.until?.(step, result(''), { stdout: 'no' })).toBe(false);
    expect(task?.until?.(step, result(''), { stdout: 'yes!' })).toBe(true);
  });

  test('one that is missing stops the task, with the place', () => {
    expect(() => stepsOf(playOf(text), 1, a)).toThrow(/^p\.yml:7:13: "first" has not been registered on hdss7-21$/);
  });

  test('a result of the wrong type is found when it is known', () => {
    const play = playOf(
      '- hosts: flannel\n  require:\n    - register: r\n      verify_ping: { target: a }\n  verify:\n    - verify_ping: { target: a, count: "{{ r.stdout }}" }\n',
    );
    const registered: Registered = new Map([[a, { r: { stdout: 'many' } }]]);
    expect(() => stepsOf(play, 1, a, registered)).toThrow(
      'p.yml:6:40: "count" must be a whole number, not the text "many"',
    );
  });

  test('a delegate that rests on none is checked all the same', () => {
    const bad = text.replace('      vars: { shown', '      delegate_to: nowhere\n      vars: { shown');
    expect(load(bad).problems).toMatchObject([{ code: 'unknown-host', at: { line: 8 } }]);
  });

  test('a change must not be what an audit rests on', () => {
    const late =
      '- hosts: flannel\n  tasks:\n    - register: c\n      command: { argv: [ls] }\n  verify:\n    - when: c.changed\n      verify_ping: { target: a }\n';
    expect(load(late).problems).toMatchObject([{ code: 'not-auditable', severity: 'warning' }]);
    expect(load(late).plays).toHaveLength(1);
  });
});

describe('warnings do not stop a play', () => {
  test.each([
    ['no verify', '- hosts: flannel\n  tasks:\n    - command: { argv: [ls] }\n', 'no-verify'],
    ['become_user alone', ping('become_user: x\nverify_ping: { target: a }'), 'no-effect'],
    ['delay alone', ping('delay: 1s\nverify_ping: { target: a }'), 'no-effect'],
    ['a template as a name', ping('name: "{{ pod_ip }}"\nverify_ping: { target: a }'), 'no-effect'],
  ])('%s', (_, text, code) => {
    const { plays, problems } = load(text);
    expect(problems).toMatchObject([{ code, severity: 'warning' }]);
    expect(plays).toHaveLength(1);
  });
});

test('five hundred hosts that look at each other', () => {
  const names = Array.from({ length: 500 }, (_, i) => `h${i}`);
  const fleet = fakeFleet(
    Object.fromEntries(names.map((name, i) => [name, { pod_ip: `10.0.${i >> 8}.${i & 255}` }])),
    {},
  );
  const play = playOf(
    '- hosts: all\n  verify:\n    - loop: "{{ peers }}"\n      verify_ping: { target: "{{ item.pod_ip }}" }\n',
    { fleet },
  );
  expect(stepsOf(play, 0, 'h0')).toMatchObject({ steps: { length: 499 } });
});

describe('this machine, to delegate to', () => {
  const at = (name: string, hosts: Record<string, object>) => {
    const fleet = fakeFleet({ [a]: {}, ...(hosts as Record<string, Record<string, Json>>) }, { flannel: [a] });
    return only(ping(`delegate_to: '${name}'\nverify_ping: { target: a }`), a, { fleet }).on;
  };

  test.each(['localhost', '127.0.0.1', '::1'])('is localhost, named %s', (name) => {
    expect(at(name, { localhost: {} })).toBe('localhost');
  });

  test('is what the inventory says, where it has the address as a host', () => {
    expect(at('127.0.0.1', { localhost: {}, '127.0.0.1': {} })).toBe('127.0.0.1');
  });
});
