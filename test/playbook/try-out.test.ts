import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { isAssertion, type Module } from '../../src/core/module.ts';
import { TurnLooks } from '../../src/playbook/alike.ts';
import { Views } from '../../src/playbook/scope/views.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { fakeModules } from '../support/fake-modules.ts';
import { load } from './load.ts';

function fleetOf(count: number, vars: (i: number) => JsonObject) {
  const hosts = Array.from({ length: count }, (_, i) => [`node${i}`, vars(i)] as const);
  return fakeFleet(Object.fromEntries(hosts), { nodes: hosts.map(([name]) => name) });
}

/** What is wrong with tasks under "verify", and how many steps were looked at for it. */
function tried(tasks: string, fleet: ReturnType<typeof fleetOf>, more: Parameters<typeof load>[1] = {}, play = '') {
  let steps = 0;
  const counting = (module: Module): Module => {
    if (module.name !== 'verify_ping' || module.kind !== 'check' || isAssertion(module)) return module;
    const probe: typeof module.probe = (args) => {
      steps++;
      return module.probe(args);
    };
    return { ...module, probe };
  };
  const modules = fakeModules.map(counting);
  const { problems } = load(`- hosts: nodes\n${play}  verify:\n${tasks}`, { fleet, modules, ...more });
  return { steps, told: problems.map(({ at, message }) => `${at.file}:${at.line} ${message}`) };
}

const racks = fleetOf(300, (i) => ({ rack: i % 3, address: `10.0.0.${i}`, uplinks: [`10.1.${i % 3}.1`, '10.2.0.1'] }));
const ping = (target: string, more = '') => `    - verify_ping: { target: "${target}" }\n${more}`;

test.each<[string, string, number]>([
  ['the same everywhere is one step', ping('a'), 1],
  ['what rests on a variable is a step for each of its values', ping('a{{ rack }}'), 3],
  ['another address on every host is a step on every host', ping('{{ address }}'), 300],
  ['run_once is one step', ping('{{ address }}', '      run_once: true\n'), 1],
  ['a loop over the same list everywhere', ping('{{ item }}', '      loop: [a, b]\n'), 2],
  ['lists that share an item', ping('{{ item }}', '      loop: "{{ uplinks }}"\n'), 4],
  ['each peer of all hosts is one step', ping('{{ item.address }}', '      loop: "{{ peers }}"\n'), 300],
  [
    'a peer as a host of each rack sees it',
    ping('{{ item.address }}', '      loop: "{{ peers }}"\n      when: item.rack != rack\n'),
    600,
  ],
  ['what is said of the place in the loop', ping('a{{ loop.index }}', '      loop: "{{ uplinks }}"\n'), 2],
])('%s', (_, task, steps) => {
  expect(tried(task, racks)).toEqual({ steps, told: [] });
});

test('hosts times peers are not made to be looked at', () => {
  const hosts = Array.from({ length: 100 }, (_, i) => ({ name: `node${i}` }));
  const views = new Views(
    hosts.map(({ name }) => name),
    () => 1,
  );
  const asked = { ofStep: ['iface'], ofTurn: { item: true, place: false }, loop: '{{ peers }}' };
  const peersOf = hosts.map((host) => hosts.filter((other) => other !== host));
  let made = 0;
  const found: string[] = [];
  for (const _task of ['one', 'other']) {
    const looks = new TurnLooks<string>(views, asked);
    for (const [i, { name }] of hosts.entries()) {
      const items = peersOf[i] ?? [];
      const at = (place: number) => {
        made += 1;
        return { value: items[place] ?? null, names: {} };
      };
      const turns = { items, at, all: () => [] };
      looks.on(name, turns, () => 'good', found.push.bind(found));
    }
  }
  expect(made).toBe(200);
  expect(found).toEqual(Array.from({ length: 200 }, () => 'good'));
});

test('what is wrong in one turn hides nothing that is wrong in another', () => {
  const text = ping('{{ item.target }}', '      delegate_to: "{{ item.on }}"\n      loop: "{{ targets }}"\n');
  const fleet = fleetOf(3, () => ({
    targets: [
      { target: 'a', on: 'none' },
      { target: '-f', on: 'node1' },
    ],
  }));
  expect(tried(text, fleet).told).toEqual([
    'p.yml:3 "-f" is not an address',
    'p.yml:4 "none" is not a host of the inventory',
  ]);
});

test('hosts that a task sees alike are all named', () => {
  const { told } = tried(ping("{{ rack == 1 ? '-f' : 'a' }}"), racks);
  expect(told).toEqual(['p.yml:3 "-f" is not an address (on node1, node4, node7 and 97 more)']);
});

test('the last task of many is tried on the last host', () => {
  const fleet = fleetOf(300, (i) => ({ address: i === 299 ? '-f' : 'a' }));
  const { steps, told } = tried(`${ping('a{{ inventory_hostname }}').repeat(100)}${ping('{{ address }}')}`, fleet);
  expect(told).toEqual(['p.yml:103 "-f" is not an address (on node299)']);
  expect(steps).toBe(30_002);
});

// One host is odd, and each way to find it out must.
const odd = fleetOf(5, (i) => ({
  kind: i === 3 ? '1' : 1,
  address: i === 3 ? '-f' : 'a',
  nested: { list: [i === 3 ? '-f' : 'a'] },
  made: '{{ address }}',
  maybe: i === 3 ? null : 'a',
}));

test.each<[string, string, string?]>([
  ['its variable', ping('{{ address }}')],
  ['a part of one', ping('{{ nested.list[0] }}')],
  ['one that is made of another', ping('{{ made }}')],
  ['the type of one', ping("{{ type(kind) == int ? 'a' : '-f' }}")],
  ['null', ping("{{ maybe == null ? '-f' : 'a' }}")],
  ['its name', ping("{{ inventory_hostname == 'node3' ? '-f' : 'a' }}")],
  ['host', ping('{{ host.address }}')],
  ['hostvars', ping('{{ hostvars[inventory_hostname].address }}')],
  ['peers', ping("{{ peers.exists(one, one.address == '-f') ? 'a' : '-f' }}")],
  ['a variable of the play', ping('{{ mine }}'), '  vars: { mine: "{{ address }}" }\n'],
  ['a variable of the task', ping('{{ mine }}', '      vars: { mine: "{{ address }}" }\n')],
  ['a condition', ping('-f', '      when: address == "-f"\n')],
  ['a condition of a block', '    - when: address == "-f"\n      block:\n        - verify_ping: { target: -f }\n'],
  ['its loop', ping('{{ item }}', '      loop: "{{ nested.list }}"\n')],
  ['a condition on an item', ping('-f', '      loop: [-f]\n      when: item == address\n')],
  [
    'a variable of the task that rests on an item',
    ping('{{ mine }}', "      loop: [x]\n      vars: { mine: \"{{ item == 'x' ? address : 'a' }}\" }\n"),
  ],
  ['an included condition', '    - include_tasks: f.yml\n      when: address == "-f"\n'],
  ['a value for an included file', '    - include_tasks: { file: g.yml, with: { target: "{{ address }}" } }\n'],
])('an odd host is found by %s', (_, task, play) => {
  const files = new Map([
    ['f.yml', '- verify_ping: { target: -f }\n'],
    [
      'g.yml',
      'inputs: { target: { type: string, description: d } }\ntasks:\n- verify_ping: { target: "{{ target }}" }\n',
    ],
  ]);
  const read = (path: string) => files.get(path.split('/').at(-1) ?? '');
  const { told } = tried(task, odd, { read, file: '/p/p.yml' }, play);
  expect(told).toEqual([expect.stringMatching(/"-f" is not an address \(on node3\)$/)]);
});

test('an odd host is found by where its commands run', () => {
  const { told } = tried(ping('a', "      delegate_to: \"{{ address == 'a' ? 'node0' : 'none' }}\"\n"), odd);
  expect(told).toEqual(['p.yml:4 "none" is not a host of the inventory (on node3)']);
});

test('an odd turn of a loop is found whatever else is alike, on every host', () => {
  const fleet = fleetOf(4, (i) => ({ targets: ['a', 'b', i > 1 ? '-f' : 'c'] }));
  const { told } = tried(ping('{{ item }}', '      loop: "{{ targets }}"\n'), fleet);
  expect(told).toEqual(['p.yml:3 "-f" is not an address (on node2, node3)']);
});
