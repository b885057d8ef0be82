import { describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { load, playOf, stepsOf } from './load.ts';

/** What is wrong with one task under "require". */
function told(task: string, before = '', play = ''): readonly string[] {
  const { problems } = load(`- hosts: flannel\n${play}  require:\n${before}    - ${task}\n`, { modules });
  return problems.map(({ at, code, message, hint }) =>
    [`${at.line}:${at.column} ${code}: ${message}`, hint].filter((part) => part !== undefined).join(' '),
  );
}

const asking = '    - register: r\n      changed_when: false\n      command: { argv: [cat, /x] }\n';

describe('its conditions are checked as those of `when`', () => {
  test.each([
    [
      'an unknown name',
      'assert: { that: numbr > 1 }',
      ['3:23 unknown-name: "numbr" is not known here Did you mean "number"?'],
    ],
    [
      'each one of a list',
      'assert: { that: [number > 1, numbr > 1] }',
      ['3:36 unknown-name: "numbr" is not known here Did you mean "number"?'],
    ],
    [
      'braces',
      'assert: { that: "{{ number > 1 }}" }',
      ['3:24 braces: "that" is an expression already Write it without braces: number > 1'],
    ],
    [
      'braces in a text of it',
      `assert: { that: "pod_ip == '{{ number }}'" }`,
      [
        '3:34 quoted-braces: a text inside of an expression is taken as it is, with its braces Write the name without quotes and braces; to join it with text: "eth" + string(number).',
      ],
    ],
    [
      'a type that is no truth',
      'assert: { that: string(number) }',
      ['3:23 wrong-type: this must be true or false, and is of type string'],
    ],
    [
      'a value that is no truth',
      'assert: { that: number }',
      ['3:23 wrong-type: this must be true or false, and is 21'],
    ],
    [
      'Jinja',
      'assert: { that: number is defined }',
      ['3:30 expression: "is" is not expected here In CEL: has(host.number)'],
    ],
    [
      'a name that not every host has',
      'assert: { that: only_here == "x" }',
      [
        '3:23 not-everywhere: "only_here" is not known on hdss7-22 Give it to all of them, or write host.?only_here.orValue("...").',
      ],
    ],
    [
      'a message with an unknown name',
      'assert: { that: number > 1, fail_msg: "{{ numbr }}" }',
      ['3:49 unknown-name: "numbr" is not known here Did you mean "number"?'],
    ],
    [
      'a template of all of it',
      'assert: "{{ number }}"',
      [
        '3:7 braces: the conditions of "assert" are checked before a run, and cannot come out of a template Write "that" under it, with the conditions themselves.',
      ],
    ],
    ['a result that nobody registers', 'assert: { that: r.ok }', ['3:23 unknown-name: "r" is not known here']],
  ])('%s', (_, task, wanted) => {
    const found = told(task);
    expect(found.map((one, i) => one.slice(0, wanted[i]?.length))).toEqual(wanted);
  });

  test('up to the first that does not hold on a host', () => {
    expect(told('assert: { that: [has(host.only_here), host.only_here == "x"] }')).toEqual([]);
  });

  test.each(['- assert: { that: CONDITIONS }', '- when: CONDITIONS\n      assert: { that: true }'])(
    'also with results among them, as %j',
    (task) => {
      const conditions = '[has(host.only_here), host.only_here == "x", r.ok]';
      const text = `- hosts: hdss7-22\n  require:\n${asking}    ${task.replace('CONDITIONS', conditions)}\n`;
      expect(load(text, { modules }).problems).toEqual([]);
    },
  );

  test('what rests on no result is asked although another condition does', () => {
    expect(told('assert: { that: [int(pod_ip) > 1, r.ok] }', asking)).toEqual([
      expect.stringContaining('expression-failed'),
    ]);
  });
});

test.each([
  ...['become: true', 'timeout: 1s', 'delegate_to: hdss7-12', 'environment: { A: b }', 'throttle: 1'].map((keyword) => [
    keyword,
    'runs no command on a host',
  ]),
  ...['retries: 3', 'until: r.ok'].map((keyword) => [keyword, 'does not change between two tries']),
  ...['changed_when: false', 'failed_when: false', 'check_mode: false'].map((keyword) => [
    keyword,
    'its conditions alone decide',
  ]),
])('%s is told: it does nothing', (keyword = '', why) => {
  const found = told(`assert: { that: r.ok || number > 0 }\n      register: r2\n      ${keyword}`, asking);
  expect(found.filter((one) => one.includes('no-effect'))).toEqual([expect.stringContaining(`${why}`)]);
});

test('what a block or an include says for others is no mistake of an assertion in it', () => {
  const block = 'become: true\n      delegate_to: hdss7-12\n      block: [{ assert: { that: number > 1 } }]';
  expect(told(block)).toEqual([]);
  const { problems } = load(
    '- hosts: flannel\n  require:\n    - include_tasks: t.yml\n      become: true\n      timeout: 1s\n',
    { modules, read: (path) => (path.endsWith('t.yml') ? '- assert: { that: number > 1 }\n' : undefined) },
  );
  expect(problems).toEqual([]);
});

describe('a step of it', () => {
  const step = (task: string, registered = {}) => {
    const play = playOf(`- hosts: flannel\n  vars: { few: [1, 2] }\n  require:\n${asking}    - ${task}\n`, { modules });
    const resolved = stepsOf(play, 1, 'hdss7-22', new Map([['hdss7-22', registered]]));
    return 'steps' in resolved ? resolved.steps.map(({ args, asserted }) => ({ args, asserted })) : resolved;
  };

  test('has the conditions as they are written, and what they come to', () => {
    expect(step('assert: { that: [number > 1, r.ok], fail_msg: "on {{ number }}" }', { r: { ok: true } })).toEqual([
      { args: { that: ['number > 1', 'r.ok'], fail_msg: 'on 22' }, asserted: { conditions: 2 } },
    ]);
  });

  test('has the values of the first that does not hold, as far into them as it looks', () => {
    const that = 'r.exit == 0 || host.?only_here.orValue("") == "x" || few.exists(one, one == number) || few[0] > 1';
    expect(step(`assert: { that: '${that}' }`, { r: { exit: 1, stdout: 'a lot' } })).toMatchObject([
      {
        asserted: {
          unmet: {
            text: that,
            values: [
              ['r.exit', 1],
              ['host.?only_here', undefined],
              ['few', [1, 2]],
              ['number', 22],
              ['few[0]', 1],
            ],
          },
        },
      },
    ]);
  });

  test('asks with each item of a loop', () => {
    expect(step('loop: "{{ few }}"\n      assert: { that: item + loop.index < 4 }')).toMatchObject([
      { asserted: { conditions: 1 } },
      {
        asserted: {
          unmet: {
            values: [
              ['item', 2],
              ['loop.index', 2],
            ],
          },
        },
      },
    ]);
  });
});
