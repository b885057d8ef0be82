import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { modules } from '../../src/modules/list.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { load } from './load.ts';

const fleet = fakeFleet(
  {
    one: { iface: 'eth0', mtu: 1450, ports: [80, 443], via: '10.0.0.1' },
    two: { iface: 'eth1', mtu: '1450', ports: [80, 443], via: '10.0.0.1', zone: 'b' },
  },
  { nodes: ['one', 'two'] },
);
const asked = '    - { register: r, command: { argv: [ip, route] }, changed_when: false }\n';

/** What is wrong with one task after one that registers `r`. */
function told(task: string, extraVars: JsonObject = {}, play = '') {
  const { problems } = load(
    `- hosts: nodes\n${play}  tasks:\n${asked}${task}  verify: [{ verify_ping: { target: 10.0.0.1 } }]\n`,
    {
      ...{ fleet, modules: [...modules], extraVars },
    },
  );
  return problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

const task = (text: string, when = '') => `    - ${text}\n${when}`;
const done = '      when: r.ok\n';

test.each<[string, string, string[]]>([
  [
    'the type of an argument beside one that rests on it',
    task('link: { name: "{{ r.stdout }}", state: up, mtu: "{{ iface }}" }'),
    ['"mtu" must be a whole number, not the text "eth0"'],
  ],
  [
    'an item of a list beside one that rests on it',
    task('command: { argv: ["{{ r.stdout }}", "{{ ports }}"] }'),
    ['must be text, not a list'],
  ],
  [
    'what is no list',
    task('command: { argv: ["{{ item }}"] }', `      loop: "{{ iface }}"\n${done}`),
    ['"loop" must come to a list or a map'],
  ],
  [
    'an item of a known loop',
    task('command: { argv: ["{{ item }}", "{{ r.stdout }}"] }', '      loop: "{{ ports }}"\n'),
    ['must be text, not 80'],
  ],
  [
    'a loop over a result',
    task('command: { argv: ["{{ item }}", "{{ ports }}"] }', '      loop: "{{ r.stdout.lines() }}"\n'),
    ['must be text, not a list'],
  ],
  [
    'keys that do not go together',
    task('command: { argv: ["{{ r.stdout }}"], shell: x }'),
    ['only one of "argv" or "shell" may be given'],
  ],
  ['arguments that want nothing', task('link: { name: "{{ r.stdout }}", mtu: 1400 }'), ['this "link" wants no state']],
  [
    'what one host has wrong',
    task('link: { name: "{{ r.stdout }}", state: up, mtu: "{{ mtu }}" }'),
    ['"mtu" must be a whole number, not the text "1450" (on two)'],
  ],
  [
    'what every host has wrong, if it is done at all',
    task('command: { argv: ["{{ ports }}"] }', done),
    ['must be text, not a list'],
  ],
])('of a task that needs a result is told: %s', (_, text, expected) => {
  expect(told(text)).toEqual(expected);
});

test.each<[string, string]>([
  [
    'what one host has wrong where a result may leave it out',
    task('link: { name: eth0, state: up, mtu: "{{ mtu }}" }', done),
  ],
  ['a state that rests on a result', task('link: { name: eth0, state: "{{ r.stdout }}", mtu: 1400 }')],
  [
    'a host that a known condition leaves out',
    task('link: { name: "{{ r.stdout }}", state: up, mtu: "{{ mtu }}" }', '      when: inventory_hostname == "one"\n'),
  ],
  [
    'what comes after a condition that is known not to hold',
    task('command: { argv: ["true"] }', "      when: [has(host.rack), host.rack == 'b', r.ok]\n"),
  ],
  [
    'a turn that a known condition leaves out',
    task('command: { argv: ["{{ item }}", "{{ r.stdout }}"] }', '      loop: "{{ ports }}"\n      when: item == "a"\n'),
  ],
  [
    'a variable that rests on a result',
    task('link: { name: eth0, state: up, mtu: "{{ mine }}" }', '      vars: { mine: "{{ r.exit }}" }\n'),
  ],
])('not told is %s', (_, text) => {
  expect(told(text)).toEqual([]);
});

test('an input that is still to be asked for hides nothing else', () => {
  const inputs = '  inputs: { dev: { type: string, description: d } }\n';
  const text = task('link: { name: "{{ dev }}", state: up, mtu: "{{ iface }}" }');
  expect(told(text, {}, inputs)).toHaveLength(1);
  expect(told(text, { dev: 'eth0' }, inputs)).toHaveLength(1);
  expect(told(task('link: { name: "{{ dev }}", state: up, mtu: 1400 }'), {}, inputs)).toEqual([]);
});
