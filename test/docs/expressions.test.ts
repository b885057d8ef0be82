import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { Language } from '../../src/playbook/expressions/expressions.ts';
import { fromJinja } from '../../src/playbook/jinja/hints.ts';
import type { Presence } from '../../src/playbook/jinja/node.ts';
import { oneDocument } from './documents.ts';

const values: Readonly<Record<string, Json>> = {
  a: 1,
  b: true,
  pair: [1, 2],
  backend: { Type: 'vxlan' },
  asked: { changed: true, skipped: false, exit: 0, stdout: 'up\n' },
  c: 2,
  name: 'eth0',
  number: 7,
  items: ['x', 'y'],
  text: '{"k": [1]}',
  host: { name: 'hdss7-21', pod_ip: '172.7.21.2' },
  inventory_hostname: 'hdss7-21',
  peers: [{ pod_ip: '172.7.22.2', iface: 'eth0' }],
  pod_ip: '172.7.21.2',
  pod_cidr: '172.7.21.0/24',
  network: '172.7.0.0/16',
  hostvars: { 'hdss7-12': { ansible_host: '10.4.7.12' } },
  groups: { flannel: ['hdss7-21'] },
};
const truths: Readonly<Record<string, Json>> = { ...values, a: true, c: false };
const presenceOf = (name: string): Presence => (name === 'asked' ? 'result' : name === 'zone' ? 'host' : 'always');
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
    const known = /&&|\|\||^b \?/.test(cel) ? truths : values;
    expect(() => language.compile(cel).evaluate((name) => known[name] ?? null)).not.toThrow();
  });

  test.each(rows)('%s, written by habit, gets %s as a hint', (jinja, cel) => {
    expect(fromJinja(jinja, presenceOf)).toBe(`In CEL: ${cel}`);
  });

  test.each([
    ["lookup('file', 'x')", 'env("NAME")'],
    ["ansible_facts['os_family'] == 'Debian'", 'Nothing is gathered'],
    ['ansible_default_ipv4.address', 'Nothing is gathered'],
    ["name | nonsense('x')", 'no function does what "nonsense" does'],
    ["'x' | hash('md5')", 'sha256'],
    ['name | default(omit)', 'two tasks'],
    ["release is version('1.2', '>')", 'CEL has no "is version"'],
    ['% if a %', 'two braces'],
  ])('%s has no form in CEL, and is told so', (jinja, hint) => {
    expect(fromJinja(jinja, presenceOf)).toContain(hint);
  });

  test.each([
    "groups['flannel']",
    'a && !b',
    'size(items) > 1',
    'host.?zone.orValue("x")',
    'items.map(one, one)',
    'a ? b : c',
  ])('%s is CEL, and gets no hint', (cel) => {
    expect(fromJinja(cel, presenceOf)).toBeUndefined();
  });

  test('an expression that is not CEL is found', () => {
    expect(() => language.compile('name | upper')).toThrow('"|" is not expected here');
  });
});
