import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { ExpressionFault } from '../../src/playbook/expressions/expression-fault.ts';
import { Language } from '../../src/playbook/expressions/expressions.ts';
import { knownTypes } from '../../src/playbook/scope/known-types.ts';
import { resultShape, resultTypes } from '../../src/playbook/scope/result-shape.ts';
import { firm, listShape, mapShape, type Shape, shapeOf } from '../../src/playbook/scope/shapes.ts';
import { combinedValue, registeredValue, type StepResult } from '../../src/run/result.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { load } from './load.ts';

const fleet = fakeFleet(
  {
    one: { mtu: 1450, zone: 'a', rack: 1, link: { mtu: 1450, name: 'eth0' } },
    two: { mtu: '1450', zone: 'b', rack: 2, link: { mtu: 1500, name: 'eth1' } },
  },
  { nodes: ['one', 'two'] },
);

function errors(condition: string, rest = '', extraVars: JsonObject = {}): readonly string[] {
  const text = `- hosts: nodes
${rest}  tasks:
    - register: asked
      verify_ping: { target: a }
    - when: ${JSON.stringify(`asked.ok && ${condition}`)}
      verify_ping: { target: a }
`;
  const { problems } = load(text, { fleet, extraVars });
  return problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

describe('what may be right is not refused', () => {
  test.each([
    ...['asked.exit == 0', 'asked.exit == null', 'asked.exit in [0, 2]', 'asked.exit in [0, null]', 'asked.exit < 1.5'],
    ...['asked.exit == 0.0', 'asked.exit in [0.0]', 'string(asked.exit) == "0"', 'asked.exit + 1 == 1'],
    ...['(asked.skipped ? null : asked.exit) == 0', '(asked.skipped ? "none" : asked.exit) == 0'],
    ...[
      'int(asked.stdout) > 3',
      'asked.stdout < "b"',
      'asked.stdout.lines()[0] == "a"',
      'json(asked.stdout).mtu == 1450',
    ],
    ...['json(asked.stdout) == "a" || json(asked.stdout) == 3', 'dyn(asked.stdout) == 3', 'asked.stdout in play_hosts'],
    ...['asked.before == null', 'asked.before.mtu == 1', 'asked.after == "up"', 'asked.before + asked.after == 2'],
    ...['asked.results == []', 'asked.results[0].exit == 0', 'asked.results.all(one, one.exit == 0)'],
    ...['asked.results.exists(one, one.item == "a" || one.item == 1)', 'asked.results.map(one, one.exit) == [0]'],
    ...['asked.results.map(one, one.stdout).join(",") == ""', 'asked.results.filter(one, one.changed).size() > 0'],
    ...['asked.results + [{ "exit": 1 }] == []', '["a"] + [asked.exit] == ["a", 0]'],
    // A result as a whole is a map.
    ...['"exit" in asked', 'size(asked) > 3', 'asked == asked', 'asked.merge({ "exit": "0" }).exit == "0"'],
    ...[
      'asked.keys() == ["ok"]',
      'asked.all(field, field != "")',
      '(asked.skipped ? {} : asked) == {}',
      'to_json(asked) != ""',
    ],
    ...['asked.select(["exit"]).exit == 0', 'asked["ex" + "it"] == 0', 'asked.?exit.orValue("none") == "none"'],
    ...['has(asked.exit)', 'asked.?other.orValue(0) == 0', 'type(asked.exit) == int', 'type(asked) == map'],
    // Variables of several types, and those that another inventory gives another type.
    ...[
      'asked.stdout == mtu',
      'asked.exit == mtu',
      'asked.stdout.contains(mtu)',
      'peers.exists(one, one.mtu == asked.exit)',
    ],
    ...['(rack == 1 || rack == "1")', 'link.mtu == "1450"', 'asked.exit == link.mtu', 'asked.stdout == link.name'],
    ...['(type(rack) == string ? asked.stdout.contains(rack) : true)', 'asked.exit == rack', 'zone == asked.stdout'],
    ...['inventory_hostname in groups.nodes', 'groups[asked.stdout] == play_hosts', 'groups.all(name, name != "")'],
    ...['hostvars[asked.stdout].mtu == 1450', 'hostvars["one"].zone == asked.stdout', 'host.zone == asked.stdout'],
  ])('%s', (condition) => {
    expect(errors(condition)).toEqual([]);
  });

  test.each([
    ['level == 3 || level == "3"', '  vars: { level: 3 }\n'],
    ['level == asked.stdout', '  vars: { level: "{{ asked.before }}" }\n'],
    ['size == 1.0', '  inputs: { size: { type: number, description: x, default: 1 } }\n'],
    [
      'size.n == asked.exit',
      '  inputs: { size: { type: object, description: x, properties: { n: { type: number } } } }\n',
    ],
    [
      'one[0] == asked.stdout',
      '  inputs: { one: { type: array, description: x, items: { type: [string, integer] } } }\n',
    ],
    ['one[0] == null', '  inputs: { one: { type: array, description: x, items: { type: string, nullable: true } } }\n'],
  ])('%s, with%s', (condition, rest) => {
    expect(errors(condition, rest)).toEqual([]);
  });

  test('a name of the task stands before one of the play', () => {
    const { problems } = load(`- hosts: flannel
  tasks:
    - { register: asked, verify_ping: { target: a } }
    - vars: { inventory_name: 3, number: "{{ asked.stdout }}" }
      when: number == asked.stdout && inventory_name == 3
      verify_ping: { target: a }
    - loop: [1, 2]
      loop_control: { loop_var: number, index_var: place }
      when: number == asked.exit && place == asked.exit
      verify_ping: { target: a }
`);
    expect(problems.filter(({ code }) => code === 'wrong-type')).toEqual([]);
  });
});

test.each([
  ['asked.stdout == rack', {}, 'string == int is not possible'],
  ['asked.stdout == link.mtu', {}, 'string == int is not possible'],
  ['asked.stdout == rack', { rack: '1' }, undefined],
  ['asked.stdout == mtu', { mtu: 1500 }, 'string == int is not possible'],
])('what -e and the inventory give is held against a result: %s with %j', (condition, extraVars, message) => {
  expect(errors(condition, '', extraVars)).toEqual(message === undefined ? [] : [message]);
});

const outcome = { exit: 3, stdout: 'a', stderr: 'b', startedAt: '', ms: 1 };
const results: readonly StepResult[] = [
  { status: 'ok', outcome },
  { status: 'failed', because: 'x', outcome: { ...outcome, exit: null, cut: 'timeout' } },
  { status: 'skipped', because: 'when: false' },
  { status: 'changed', before: { a: 1 }, after: null },
];

test('results are of the types that are said of them', () => {
  const step = { host: 'a', on: 'a', args: {}, item: 'b', loop: { value: 1, names: {} } };
  const whole = combinedValue(
    results.map((result) => ({ step, result })),
    true,
  );
  for (const value of [whole, ...results.map(registeredValue)] as JsonObject[]) {
    expect(Object.keys(value)).toEqual(Object.keys(resultTypes));
    for (const [field, type] of Object.entries(resultTypes)) {
      const is = value[field];
      if (type === 'list') expect(is).toBeInstanceOf(Array);
      else if (type === 'int') expect([null, 'number']).toContain(is === null ? null : typeof is);
      else if (type !== 'any') expect(typeof is).toBe(type === 'bool' ? 'boolean' : type);
    }
  }
});

const own = registeredValue({ status: 'ok' });
const item = (more: JsonObject) => ({ ...own, item: 'x', ...more });
const asked: readonly JsonObject[] = [
  { ...own, exit: 0, stdout: 'a', after: { a: 1 } },
  { ...own, exit: null, skipped: true },
  { ...own, exit: 3, stdout: '1', changed: true, before: 'x' },
  { ...own, results: [item({ exit: 0 }), item({ exit: 1, stdout: '1' })] },
];
const names = listShape(() => firm('string'), { isFirm: true });
const others: JsonObject = {
  inventory_hostname: 'h1',
  play_hosts: ['h1', 'h2'],
  groups: { a: ['h1'] },
  number: 1,
  text: '1',
};
const shapes: Readonly<Record<string, Shape>> = {
  ...{ asked: resultShape, inventory_hostname: firm('string'), play_hosts: names },
  groups: mapShape(
    () => ['a'],
    () => names,
    { any: () => names },
  ),
  ...{ number: shapeOf(1), text: shapeOf('1') },
};

const leaf = fc.constantFrom(
  ...['asked.exit', 'asked.stdout', 'asked.changed', 'asked.before', 'asked.results', 'asked.results[0].exit', 'asked'],
  ...['asked.results.map(x, x.exit)', 'asked.results.map(x, x.stdout)', 'asked.?exit', 'asked.?exit.orValue(0)'],
  ...[
    'inventory_hostname',
    'play_hosts',
    'groups',
    'groups.a',
    'number',
    'text',
    '0',
    '1',
    '1.5',
    '0.0',
    '1u',
    '"a"',
    '"1"',
  ],
  ...['true', 'null', '[]', '{}', '[1]', '["a"]', '[1, "a"]', '[null]', '[0.0]', '{"a": asked.exit}', '[asked.exit]'],
);
const expressions = fc.letrec<Record<'any' | 'binary' | 'call' | 'method' | 'choice' | 'macro', string>>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    ...[leaf, tie('binary'), tie('call'), tie('method'), tie('choice'), tie('macro')],
  ),
  binary: fc
    .tuple(tie('any'), fc.constantFrom('==', '!=', '<', '>=', 'in', '+', '-', '&&', '||'), tie('any'))
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
  call: fc
    .tuple(fc.constantFrom('size', 'string', 'int', 'double', 'to_json', 'range', '!', '-'), tie('any'))
    .map(([name, value]) => `${name}(${value})`),
  method: fc
    .tuple(tie('any'), fc.constantFrom('contains', 'index_of', 'merge', 'split', 'orValue', 'zip'), tie('any'))
    .map(([on, name, value]) => `(${on}).${name}(${value})`),
  choice: fc.tuple(tie('any'), tie('any')).map(([one, other]) => `(asked.ok ? ${one} : ${other})`),
  macro: fc
    .tuple(
      tie('any'),
      fc.constantFrom('all', 'exists', 'map', 'filter'),
      fc.constantFrom('x == 0', 'x.exit == 0', 'x > 1'),
    )
    .map(([list, name, body]) => `(${list}).${name}(x, ${body})`),
}));

test('what is refused cannot be evaluated, or is a comparison that comes to the same always', () => {
  const language = Language.create({}).with(Object.keys(shapes));
  const evaluated = (text: string) =>
    asked.flatMap((value): Json[] => {
      try {
        return [language.compile(text).evaluate((name) => (name === 'asked' ? value : (others[name] as Json)))];
      } catch {
        return [];
      }
    });
  const isGood = (text: string) => {
    try {
      language.compile(text);
      return true;
    } catch {
      return false;
    }
  };
  let refused = 0;
  const refusal = (text: string): ExpressionFault | undefined => {
    const expression = language.compile(text);
    try {
      expression.typeWith(knownTypes(expression, (name) => shapes[name], 'both'));
      return undefined;
    } catch (thrown) {
      if (thrown instanceof ExpressionFault) return thrown;
      throw thrown;
    }
  };
  fc.assert(
    fc.property(expressions.any.filter(isGood), (text) => {
      const fault = refusal(text);
      if (fault === undefined) return;
      const part = text.slice(fault.offset, fault.offset + fault.width);
      // What a condition, or what is gone through, is meant: not what it comes to by itself.
      if (!isGood(part) || /^(?:logical|ternary|expression of|\w+\(var)/.test(fault.message)) return;
      refused += 1;
      const always = / != /.test(fault.message);
      const isComparison = / (?:==|!=|in) /.test(fault.message);
      expect(evaluated(part).filter((value) => !isComparison || value !== always)).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
  expect(refused).toBeGreaterThan(20);
});
