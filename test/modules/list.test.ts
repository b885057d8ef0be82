import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { isAssertion, type Module } from '../../src/core/module.ts';
import { moduleNamed, modules } from '../../src/modules/list.ts';
import { complaints, outcomeOf } from '../support/laws.ts';

const alphabetically = (a: string, b: string): number => (a < b ? -1 : 1);

const files = (folder: string, ending: string): readonly string[] =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort(alphabetically);

describe('the list of modules', () => {
  test('is sorted, without a name twice', () => {
    const names = modules.map((module) => module.name);
    expect(names).toEqual([...new Set(names)].sort(alphabetically));
  });

  test('has a source file and a test file for each, named as in YAML', () => {
    const sources = files('../../src/modules/', '.ts');
    const tests = files('./', '.test.ts');
    for (const { name } of modules) {
      expect(sources).toContain(name);
      expect(tests).toContain(name);
    }
  });

  test('finds a module by name', () => {
    expect(moduleNamed('process')?.summary).toContain('TERM');
    expect(moduleNamed('proces')).toBeUndefined();
  });
});

describe.each(modules.map((module) => [module.name, module] as const))('module %s', (name, module) => {
  test('has a name that YAML can carry, a one-line summary and something to read', () => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(module.summary).toMatch(/^[A-Z][^\n]{10,100}$/);
    expect(module.about.trim().length).toBeGreaterThan(80);
  });

  test('has a strict schema that describes each of its properties', () => {
    expect(module.schema.type).toBe('object');
    expect(module.schema.additionalProperties).toBe(false);
    expect(undescribed(module.schema as JsonObject)).toEqual([]);
  });

  test('has examples that its schema accepts', () => {
    expect(module.examples.length).toBeGreaterThan(0);
    for (const { args } of module.examples) {
      expect(complaints(module.schema, args)).toEqual([]);
      expect(module.faults?.(args as JsonObject) ?? []).toEqual([]);
    }
  });

  test('means by leaving an argument out what its default says', () => {
    for (const { args } of module.examples) {
      const given = args as JsonObject;
      for (const [argument, preset] of defaultsOf(module)) {
        if (argument in given) continue;
        const said = { ...given, [argument]: preset };
        if (complaints(module.schema, said).length === 0) expect(asked(module, said)).toEqual(asked(module, given));
      }
    }
  });

  test('reads no answer out of an exit code that its page does not name', () => {
    if (module.kind === 'check' || module.exits?.other !== undefined) return;
    const answers = ['', 'absent\n', ...recorded(name)];
    const known = Object.keys(module.exits ?? { 0: '' }).map(Number);
    for (const exit of [1, 2, 3, 4, 5, 124, 126, 127, 255].filter((code) => !known.includes(code)))
      for (const { args } of module.examples)
        for (const stdout of answers)
          expect(() => module.read(outcomeOf(name, { exit, stdout }), args as JsonObject)).toThrow(Failure);
  });

  test('says on what an undo rests, where it rests on the arguments', () => {
    if (module.kind === 'check') return;
    const answers = new Set(module.examples.map(({ args }) => module.reversible(args as JsonObject) === true));
    if (answers.has(false)) expect(module.undone).toMatch(/^[A-Z].*\.$/);
  });

  test('rejects an argument that it does not know', () => {
    const args = { ...(module.examples[0]?.args as JsonObject), nonsense: 1 };
    expect(complaints(module.schema, args).join()).toContain('additional properties');
  });

  test('answers for each example with a key, a probe and whether it can be undone', () => {
    for (const { args } of module.examples) expectUsable(module, args as JsonObject);
  });
});

/** What hosts have answered with exit code 0. */
function recorded(module: string): readonly string[] {
  const folder = new URL(`../recordings/${module}/`, import.meta.url);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => outcomeOf(module, file.slice(0, -'.json'.length)))
    .flatMap(({ exit, stdout }) => (exit === 0 ? [stdout] : []));
}

function defaultsOf({ schema }: Module): readonly (readonly [string, Json])[] {
  const properties = Object.entries(schema.properties as Readonly<Record<string, { readonly default?: Json }>>);
  return properties.flatMap(([name, { default: preset }]) => (preset === undefined ? [] : [[name, preset] as const]));
}

/** All that can be told of a module's arguments without a host. */
function asked(module: Module, args: JsonObject): JsonObject {
  if (isAssertion(module)) return {};
  const probe = module.probe(args) as JsonObject | null;
  if (module.kind === 'check') return { probe };
  return {
    probe,
    key: module.key(args),
    reversible: module.reversible(args) as Json,
    asks: module.asks?.(args) ?? true,
  };
}

function expectUsable(module: Module, args: JsonObject): void {
  if (isAssertion(module)) return;
  const probe = module.probe(args);
  if (probe !== null) expect(probe.argv.every((word) => typeof word === 'string')).toBe(true);
  if (module.kind === 'check') return;
  expect(module.key(args)).not.toBe('');
  const reversible = module.reversible(args);
  if (reversible !== true) expect(reversible.never.length).toBeGreaterThan(10);
  for (const prefix of module.affects?.(args) ?? []) expect(prefix).toMatch(/^$|^[a-z][a-z0-9_]*:/);
}

/** Paths of properties without a description, at any depth. */
function undescribed(schema: Json, path = ''): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((item) => undescribed(item as Json, path));
  if (!isJsonObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword !== 'properties' || !isJsonObject(value)) {
      return ['examples', 'default', 'const', 'enum'].includes(keyword) ? [] : undescribed(value, path);
    }
    return Object.entries(value).flatMap(([property, inner]) => {
      const here = `${path}.${property}`;
      const bare = isJsonObject(inner) && typeof inner.description !== 'string' ? [here] : [];
      return [...bare, ...undescribed(inner, here)];
    });
  });
}
