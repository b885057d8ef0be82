import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { modules } from '../../src/modules/list.ts';
import { declaredInputs } from '../../src/playbook/declared-inputs.ts';
import { type Input, typed, valueErrors } from '../../src/playbook/inputs.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { inputFormats } from '../../src/playbook/schema/input-keywords.ts';
import { flannelFleet } from '../support/fake-fleet.ts';

const play = (inputs: string, task = 'a: "{{ mtu + 1 }}"', more = '') => `- hosts: flannel
  inputs:
${inputs
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
${more}  tasks:
    - name: Use it
      vars: { ${task} }
      file: { path: /tmp/x, content: "{{ string(a) }}" }
  verify:
    - file: { path: /tmp/x, state: absent }
`;

function load(text: string, extraVars: JsonObject = {}) {
  const spot = (name: string) =>
    Object.hasOwn(extraVars, name) ? { file: 'v.yml', line: 7, column: 3, source: '  mtu: x', width: 3 } : undefined;
  const { plays, problems } = loadPlaybook({
    ...{ file: 'p.yml', text, fleet: flannelFleet, modules, extraVars, env: {}, extraSpot: spot },
  });
  const found = problems.filter(({ severity }) => severity === 'error');
  return {
    plays,
    problems: found.map(({ code, message, at }) => `${at.file}:${at.line}:${at.column} ${code} ${message}`),
  };
}

const mtu = 'mtu: { type: integer, minimum: 576, description: MTU of the tunnel }';

describe('inputs of a play', () => {
  test('are variables: given, by default, or not known yet', () => {
    const content = ({ plays }: ReturnType<typeof load>) => {
      const resolution = plays[0]?.tasks[0]?.resolve('hdss7-21', new Map());
      return resolution !== undefined && 'steps' in resolution ? resolution.steps[0]?.args.content : undefined;
    };
    expect(load(play(mtu), { mtu: 1450 }).problems).toEqual([]);
    expect(content(load(play(mtu), { mtu: 1450 }))).toBe('1451');
    expect(content(load(play('mtu: { type: integer, default: 1400, description: d }')))).toBe('1401');
    expect(content(load(play('mtu: { type: integer, default: 1400, description: d }'), { mtu: 1450 }))).toBe('1451');
    expect(load(play(mtu)).problems).toEqual([]);
  });

  test.each<[string, string, JsonObject, string]>([
    [
      'a value of the wrong type',
      play(mtu),
      { mtu: 'x' },
      'v.yml:7:3 wrong-type the input "mtu" must be a whole number',
    ],
    ['a value too small', play(mtu), { mtu: 5 }, 'v.yml:7:3 bad-value the input "mtu" must be >= 576'],
    ['a use of the wrong type', play(mtu, 'a: "{{ mtu + \'x\' }}"'), {}, 'wrong-type int + string'],
    ['a misspelt name', play(mtu, 'a: "{{ mut }}"'), {}, 'unknown-name "mut" is not known'],
    ['no description', play('mtu: { type: integer }'), {}, 'p.yml:3:5 missing-key "description" is missing'],
    [
      'a misspelt keyword',
      play('mtu: { type: integer, description: d, defualt: 1 }'),
      {},
      '"defualt" is not known here',
    ],
    [
      'a format',
      play('mtu: { type: string, format: ipv4, description: d }', 'a: "{{ mtu }}"'),
      { mtu: '10.0.0.300' },
      'v.yml:7:3 bad-value the input "mtu" must be an IPv4 address, not "10.0.0.300"',
    ],
    [
      'a format that is not known',
      play('mtu: { type: string, format: date-time, description: d }'),
      {},
      'p.yml:3:34 bad-value "format" must be ip, ipv4, ipv6,',
    ],
    [
      'a format of items that is not known',
      play('mtu: { type: array, items: { type: string, format: date }, description: d, default: [a] }'),
      {},
      'p.yml:3:56 bad-value "format" must be ip, ipv4, ipv6,',
    ],
    [
      'a format of a choice of items',
      play(
        'mtu: { type: array, items: { anyOf: [{ type: integer }, { type: string, format: hst }] }, description: d }',
      ),
      {},
      'p.yml:3:85 bad-value "format" must be ip, ipv4, ipv6,',
    ],
    [
      'a misspelt keyword of a key',
      play('mtu: { type: object, properties: { z: { type: string, patern: x } }, description: d }', 'a: "{{ mtu.z }}"'),
      {},
      'p.yml:3:59 unknown-key "patern" is not known here',
    ],
    ['an unknown type', play('mtu: { type: int, description: d }'), {}, 'must be string, integer'],
    [
      'a default that is none',
      play('mtu: { type: integer, description: d, default: x }'),
      {},
      'p.yml:3:52 wrong-type the default of "mtu" must be a whole number',
    ],
    [
      'a pattern that is none',
      play('mtu: { type: string, description: d, pattern: "(" }', 'a: 1'),
      {},
      'p.yml:3:10 bad-input',
    ],
    ['a name that is a variable too', play(mtu, 'a: 1', '  vars: { mtu: 1 }\n'), {}, 'p.yml:3:5 name-taken "mtu"'],
    [
      'a name with a meaning',
      play('host: { type: string, description: d }', 'a: 1'),
      {},
      'p.yml:3:5 name-taken "host"',
    ],
  ])('%s', (_, text, extra, says) => {
    expect(load(text, extra).problems.join('\n')).toContain(says);
  });

  test('may name the hosts', () => {
    const text = `- hosts: "{{ on }}"\n  inputs: { on: { type: string, description: where } }\n  verify:\n    - file: { path: /x, state: absent }\n`;
    expect(load(text).problems).toEqual([]);
    expect(load(text, { on: 'hdss7-21' }).problems).toEqual([]);
    expect(load(text, { on: 'hdss7-21' }).plays[0]?.hosts).toEqual(['hdss7-21']);
    expect(load(text, { on: 'nowhere' }).problems.join()).toContain('bad-hosts');
  });
});

test('text becomes what the input is', () => {
  const input = (type: string): Input => ({ name: 'x', schema: { type } });
  expect(typed(input('integer'), '5')).toBe(5);
  expect(typed(input('string'), '5')).toBe('5');
  expect(typed(input('boolean'), 'Yes')).toBe(true);
  expect(typed(input('array'), '[80, a]')).toEqual([80, 'a']);
  expect(typed(input('object'), '{a: 1}')).toEqual({ a: 1 });
  expect(typed(input('integer'), 'five')).toBe('five');
  expect(typed(input('array'), '[')).toBe('[');
  expect(valueErrors(input('integer'), 'five')).toHaveLength(1);
  expect(valueErrors(input('integer'), '{{ x }}')).toEqual([]);
});

test.each([
  ['before', ['{ default: x }', '{ enum: [y] }'], [{ enum: ['y'] }]],
  ['after', ['{ enum: [y] }', '{ default: x }'], [{ enum: ['y'] }]],
  ['twice', ['{ default: x }', '{ default: y }'], [{ default: 'x' }]],
])('the default of one play does not stand for that of another: %s', (_, schemas, found) => {
  const text = schemas.map((schema) => `- hosts: x\n  inputs: { a: ${schema} }\n`).join('');
  expect(declaredInputs('/p.yml', () => text).map(({ schema }) => schema)).toEqual(found);
});

test('what a playbook declares is found whatever else is wrong with it', () => {
  expect(
    declaredInputs(
      '/p.yml',
      () => `- hosts: x\n  inputs: { a: { type: string } }\n- inputs: { a: {}, b: {} }\n- 5\n`,
    ).map(({ name }) => name),
  ).toEqual(['a', 'b']);
  expect(declaredInputs('/p.yml', () => '[')).toEqual([]);
});

test.each([
  ['integer', 'format: ip', '"format" does nothing here: it is about text'],
  ['string', 'minimum: 1', '"minimum" does nothing here: it is about numbers'],
  ['array, items: { type: integer, pattern: x }', 'minItems: 1', '"pattern" does nothing here: it is about text'],
  ['object', 'items: { type: string }', '"items" does nothing here: it is about lists'],
])('a keyword about values of another type is warned of: of %s, %s', (type, keyword, message) => {
  const text = `- hosts: flannel\n  inputs: { x: { type: ${type}, ${keyword}, description: d } }\n  verify: [{ file: { path: /x } }]\n`;
  const { problems } = loadPlaybook({
    ...{ file: 'p.yml', text, fleet: flannelFleet, modules, extraVars: {}, env: {} },
  });
  expect(problems.filter(({ code }) => code === 'no-effect').map((problem) => problem.message)).toEqual([message]);
});

test('each format that an input may have is checked', () => {
  for (const format of inputFormats) {
    const input: Input = { name: 'x', schema: { type: 'string', format } };
    expect([format, valueErrors(input, 'no such/thing').length]).toEqual([format, 1]);
  }
  expect(valueErrors({ name: 'x', schema: { type: 'string', format: 'ipv6' } }, '2001:db8::1')).toEqual([]);
  expect(valueErrors({ name: 'x', schema: { type: 'string', format: 'ipv6' } }, '10.0.0.1')).toHaveLength(1);
});
