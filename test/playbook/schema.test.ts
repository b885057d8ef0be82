import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { defaultTimeoutMs } from '../../src/core/command.ts';
import type { Json } from '../../src/core/json.ts';
import type { JsonSchema } from '../../src/core/module.ts';
import type { Play } from '../../src/core/play.ts';
import { readYaml } from '../../src/core/yaml.ts';
import { taskKeywords } from '../../src/playbook/schema/keywords.ts';
import { playSchema } from '../../src/playbook/schema/play-keywords.ts';
import { playbookSchema } from '../../src/playbook/schema/schema.ts';
import { fakeModules } from '../support/fake-modules.ts';
import { playOf } from './load.ts';

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

describe('the defaults of keywords', () => {
  const play = (settings: string, keywords: string) =>
    playOf(
      `- hosts: flannel\n  become: true\n${settings}  verify:\n    - verify_ping: { target: a }\n${keywords}      retries: 2\n`,
    );
  const bare = play('', '');
  // Where a task stands is no part of what it does.
  const told = (one: Play) =>
    JSON.stringify([one, one.tasks.map((task) => task.resolve('hdss7-21', new Map()))], (key, value: unknown) =>
      key === 'at' ? undefined : value,
    );
  const { properties } = playSchema({}, {}) as { properties: Readonly<Record<string, JsonSchema>> };
  const ofPlays = Object.entries(properties).flatMap(([name, { default: preset }]) =>
    preset === undefined ? [] : [[name, preset] as const],
  );
  const ofTasks = Object.entries<JsonSchema>(taskKeywords).flatMap(([name, { default: preset }]) =>
    preset === undefined ? [] : [[name, preset] as const],
  );

  test.each(ofPlays)('of a play: %s', (name, preset) => {
    expect(told(play(`  ${name}: ${JSON.stringify(preset)}\n`, ''))).toBe(told(bare));
  });

  test.each(ofTasks)('of a task: %s', (name, preset) => {
    const said = told(play('', `      ${name}: ${JSON.stringify(preset)}\n`));
    // A task's own time is laid over the one that every command has.
    expect(said.replace(`,"timeoutMs":${defaultTimeoutMs}`, '')).toBe(told(bare));
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
