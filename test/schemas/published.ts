import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../../src/core/json.ts';
import type { JsonSchema } from '../../src/core/module.ts';
import { checkout } from '../support/cli.ts';

export const published = ['playbook', 'tasks', 'inventory', 'runbook'] as const;
export type Published = (typeof published)[number];

export function publishedSchema(name: Published): JsonSchema {
  return JSON.parse(readFileSync(join(checkout, `schemas/${name}.schema.json`), 'utf8')) as JsonSchema;
}

/** What a schema has against a value, in Ajv's words. Knows the words that only editors read. */
export function objections(schema: JsonSchema): (value: Json) => readonly string[] {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, strictTypes: false });
  ajv.addVocabulary(['errorMessage', 'doNotSuggest']);
  const validate = ajv.compile(schema);
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
