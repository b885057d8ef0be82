import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { projectSchema } from '../../src/cli/project-settings.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { modules } from '../../src/modules/list.ts';
import { formats } from '../../src/modules/shared/formats.ts';
import { ajvOptions } from '../../src/playbook/schema/schema-errors.ts';
import { checkout } from '../support/cli.ts';

const folder = join(checkout, 'dist/program/validators');
const load = createRequire(import.meta.url);
const prepared = (name: string) =>
  (load(join(folder, `${name}.cjs`)) as (of: typeof formats) => ValidateFunction)(formats);
const ajv = new Ajv2020(ajvOptions);

/** What a validator says of a value. */
function said(validate: ValidateFunction, value: unknown): [boolean, string[]] {
  const is = validate(value) as boolean;
  return [is, (validate.errors ?? []).map(({ instancePath, keyword }: ErrorObject) => `${instancePath} ${keyword}`)];
}

describe('what the build makes of a schema says the same as the schema', () => {
  test.each(modules.map((module) => [module.name, module] as const))('%s', (name, module) => {
    const [made, meant] = [prepared(name), ajv.compile(module.schema)];
    const right = module.examples.map(({ args }) => args as JsonObject);
    const wrong = right.flatMap((args) => [
      { ...args, nothing: 1 },
      ...Object.keys(args).flatMap((key) => [
        { ...args, [key]: [] },
        { ...args, [key]: '§' },
      ]),
    ]);
    for (const args of [...right, ...wrong, {}, null]) expect(said(made, args)).toEqual(said(meant, args));
    expect(made({ nothing: 1 })).toBe(false);
  });

  test('runbook.yml', () => {
    const [made, meant] = [prepared('projectSettings'), ajv.compile(projectSchema())];
    for (const settings of [{}, { forks: 5 }, { forks: 0, ssh: 'putty', secrets: { recipient: [] } }, { nothing: 1 }])
      expect(said(made, settings)).toEqual(said(meant, settings));
    expect(made({ nothing: 1 })).toBe(false);
  });
});
