import { expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { flannelFleet } from '../support/fake-fleet.ts';

const config =
  '- etcd_key: { api: 2, key: /coreos.com/network/config, json: { Network: 172.7.0.0/16, Backend: { Type: VxLAN } } }';
const protect = '- protect: true\n      route: { within: 172.7.0.0/16 }';
const removal = '- route: { within: 172.7.0.0/16, state: absent }';
const verify = '- process: { name: flanneld }';

test.each([
  ['the key alone', 'serial: 1', [config], true],
  ['all at once', 'order: sorted', [config], false],
  ['the routes are protected', 'serial: 1', [protect, config], false],
  ['they are protected and removed', 'serial: 1', [protect, config, removal], true],
  ['another key', 'serial: 1', ['- etcd_key: { api: 2, key: /a, json: { Network: x } }'], false],
])('serial-split: %s', (_, keyword, tasks, isTold) => {
  const text = `- hosts: flannel\n  ${keyword}\n  tasks:\n    ${tasks.join('\n    ')}\n  verify:\n    ${verify}\n`;
  const source = { file: 'p.yml', text, fleet: flannelFleet, modules, extraVars: {}, env: {} };
  const { problems } = loadPlaybook(source);
  expect(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  expect(problems.some(({ code, severity }) => code === 'serial-split' && severity === 'warning')).toBe(isTold);
});

test.each([
  ['inventory', (names: readonly string[]) => names],
  ['reverse_inventory', (names: readonly string[]) => names.toReversed()],
  ['sorted', (names: readonly string[]) => names.toSorted()],
  ['reverse_sorted', (names: readonly string[]) => names.toSorted().toReversed()],
])('order: %s', (order, expected) => {
  const text = `- hosts: all\n  order: ${order}\n  verify:\n    - verify_ping: { target: a }\n`;
  const { plays } = loadPlaybook({ file: 'p.yml', text, fleet: flannelFleet, modules, extraVars: {}, env: {} });
  expect(plays[0]?.hosts).toEqual(expected(flannelFleet.select('all')));
});
