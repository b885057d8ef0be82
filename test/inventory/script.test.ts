import { expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { InventoryFailure } from '../../src/inventory/faults.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';

/** The inventory of an executable that gives this answer. */
const answering = (answer: Json) =>
  loadInventory({
    sources: ['/s'],
    home: '/root',
    read: () => undefined,
    list: () => undefined,
    run: (_, [option]) => (option === '--list' ? JSON.stringify(answer) : '{}'),
  });

/** Its groups with their hosts. */
const groups = (answer: Json) =>
  Object.fromEntries([...answering(answer).groups].filter(([name]) => !['all', 'ungrouped'].includes(name)));

/** What is wrong with it, each with its hint. */
function faults(answer: Json): readonly string[] {
  try {
    answering(answer);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof InventoryFailure)) throw thrown;
    return thrown.faults.map(({ code, message, hint }) => {
      expect(code).toBe('bad-script');
      return hint === undefined ? message : `${message} ${hint}`;
    });
  }
}

test.each<[string, Json, Json]>([
  ['a list is its hosts', { web: ['a', 'b'] }, { web: ['a', 'b'] }],
  ['an empty list has none', { web: [] }, { web: [] }],
  ['an empty map has none either', { web: {} }, { web: [] }],
  ['parts that are empty', { web: { hosts: [], vars: {}, children: [] } }, { web: [] }],
  ['a map of variables is a host of that name', { web: { rack: 1 } }, { web: ['web'] }],
  ['a child that is named nowhere else', { web: { children: ['db'] } }, { web: [], db: [] }],
])('%s', (_, answer, wanted) => {
  expect(groups(answer)).toEqual(wanted);
});

test.each<[string, Json, readonly string[]]>([
  ['a text', { web: 'a' }, ['the group "web" must be a list of hosts, or a map']],
  ['nothing', { web: null }, ['the group "web" must be a list of hosts, or a map']],
  ['hosts as a map', { web: { hosts: { a: {} } } }, ['the hosts of group "web" must be a list']],
  ['hosts as a text', { web: { hosts: 'a' } }, ['the hosts of group "web" must be a list']],
  ['a host that is no name', { web: [1] }, ['1 cannot be the name of a host']],
  ['a misspelt part', { web: { hosst: ['a'] } }, ['"hosst" is no part of the group "web" Did you mean "hosts"?']],
  [
    'a misspelt part beside others',
    { web: { hosts: ['a'], vras: {} } },
    ['"vras" is no part of the group "web" Did you mean "vars"?'],
  ],
  [
    'something else beside parts',
    { web: { hosts: ['a'], rack: 1 } },
    ['"rack" is no part of the group "web" A group has hosts, vars, children.'],
  ],
])('%s is told', (_, answer, wanted) => {
  expect(faults(answer)).toEqual(wanted);
});
