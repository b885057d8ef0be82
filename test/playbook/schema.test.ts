import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { readYaml } from '../../src/core/yaml.ts';
import { playbookSchema } from '../../src/playbook/schema.ts';
import { fakeModules } from '../support/fake-modules.ts';

const schema = playbookSchema(fakeModules);
const validate = new Ajv2020({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  strictTypes: false,
}).compile(schema);

function accepts(text: string): boolean {
  const { value, faults } = readYaml(text);
  expect(faults).toEqual([]);
  return validate(value);
}

describe('the schema for editors', () => {
  test('accepts the example', () => {
    expect(accepts(readFileSync(new URL('fixtures/switch-to-vxlan.yml', import.meta.url), 'utf8'))).toBe(true);
  });

  test('accepts a template for any value, and nothing else of the wrong type', () => {
    const count = (value: string) =>
      accepts(`- hosts: a\n  tasks:\n    - verify_ping: { target: a, count: ${value} }\n`);
    expect([count('3'), count('"{{ n }}"'), count('"3"')]).toEqual([true, true, false]);
  });

  test.each([
    ['an unknown keyword', '- hosts: a\n  tasks:\n    - registr: x\n      verify_ping: { target: a }\n'],
    [
      'two modules',
      '- hosts: a\n  tasks:\n    - process: { name: a, state: absent }\n      verify_ping: { target: a }\n',
    ],
    ['no module', '- hosts: a\n  tasks:\n    - name: x\n'],
    ['no hosts', '- tasks: []\n'],
    ['an unknown argument', '- hosts: a\n  tasks:\n    - verify_ping: { target: a, cuont: 3 }\n'],
  ])('refuses %s', (_, text) => {
    expect(accepts(text)).toBe(false);
  });

  test('describes everything that can be written', () => {
    expect(undescribed(schema as Json, '')).toEqual([]);
  });
});

function undescribed(node: Json, path: string): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap((item, i) => undescribed(item as Json, `${path}/${i}`));
  return Object.entries(node).flatMap(([key, value]) => {
    if (key !== 'properties') return undescribed(value as Json, `${path}/${key}`);
    return Object.entries(value as Record<string, Record<string, Json>>).flatMap(([name, inner]) => {
      // The stand-in modules describe only some of their arguments; the real ones are held to it by their own test.
      const isKeyword = !path.includes('properties/');
      return isKeyword && inner.description === undefined ? [`${path}/${name}`] : [];
    });
  });
}
