import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { Language } from '../../src/playbook/expressions.ts';
import { fromJinja } from '../../src/playbook/jinja.ts';
import { oneDocument } from './documents.ts';

const values: Readonly<Record<string, Json>> = {
  a: 1,
  b: true,
  c: 2,
  name: 'eth0',
  number: 7,
  items: ['x', 'y'],
  text: '{"k": [1]}',
  host: { name: 'hdss7-21' },
  peers: [{ pod_ip: '172.7.22.2', iface: 'eth0' }],
  pod_ip: '172.7.21.2',
  pod_cidr: '172.7.21.0/24',
  network: '172.7.0.0/16',
  hostvars: { 'hdss7-12': { ansible_host: '10.4.7.12' } },
  groups: { flannel: ['hdss7-21'] },
};
const truths: Readonly<Record<string, Json>> = { ...values, a: true, c: false };
const language = Language.create({ HOME: '/root' }).with(Object.keys(values));

describe('From Jinja to CEL', () => {
  const rows = oneDocument('docs/expressions.md').prose.flatMap((line) => {
    const [, jinja, cel] = /^\| `(.*)` \| `(.*)` \|$/.exec(line) ?? [];
    return jinja === undefined || cel === undefined
      ? []
      : [[jinja.replaceAll('\\|', '|'), cel.replaceAll('\\|', '|')] as const];
  });

  test('the table is there', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  test.each(rows)('%s is %s', (_, cel) => {
    const known = /&&|\|\|/.test(cel) ? truths : values;
    expect(() => language.compile(cel).evaluate((name) => known[name] ?? null)).not.toThrow();
  });

  test.each([
    'a and not b',
    'a or b',
    'a if b else c',
    'zone is defined',
    "zone | default('x')",
    'items | length',
    "lookup('env', 'HOME')",
  ])('%s, written by habit, gets a hint', (jinja) => {
    expect(rows.map(([left]) => left)).toContain(jinja);
    expect(fromJinja(jinja)).toBeDefined();
  });

  test('an expression that is not CEL is found', () => {
    expect(() => language.compile('name | upper')).toThrow();
  });
});
