import type { JsonSchema, Module } from '../core/module.ts';
import { blockSchema, handlerKeywords, metaSchema, playSchema, taskKeywords } from './keywords.ts';

/** What may stand wherever a template can: the editor cannot know what it will come to. */
const template: JsonSchema = { type: 'string', pattern: '\\{\\{' };

/**
 * The JSON Schema (draft 2020-12) of a whole playbook, for editors. Pure; made of the same pieces that `validate` uses,
 * except that here a template may stand for any value.
 */
export function playbookSchema(modules: readonly Module[]): JsonSchema {
  const named = Object.fromEntries(
    modules.map(({ name, summary, schema }) => [name, { description: summary, ...withTemplates(schema) }]),
  );
  const oneModule = { additionalProperties: false, oneOf: modules.map(({ name }) => ({ required: [name] })) };
  const task: JsonSchema = { type: 'object', properties: { ...taskKeywords, ...named }, ...oneModule };
  const handler: JsonSchema = {
    type: 'object',
    properties: { ...taskKeywords, ...handlerKeywords, ...named },
    ...oneModule,
    required: ['name'],
  };
  const entry = whereKey('block', ref('block'), whereKey('meta', ref('meta'), ref('task')));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Playbook',
    type: 'array',
    minItems: 1,
    items: playSchema(ref('entry'), ref('handler')),
    $defs: { entry, task, block: blockSchema(ref('entry')), meta: metaSchema, handler },
  };
}

function ref(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

/** A choice by a key: what is wrong is then told of the one that is meant, not of each. */
function whereKey(key: string, has: JsonSchema, not: JsonSchema): JsonSchema {
  return Object.fromEntries([
    ['if', { required: [key] }],
    ['then', has],
    ['else', not],
  ]);
}

/** The schema with every property also allowing a template. */
function withTemplates(schema: JsonSchema): JsonSchema {
  return mapped(schema, (key, value) => {
    if (key === 'properties')
      return mapped(value as JsonSchema, (_, property) => orTemplate(withTemplates(property as JsonSchema)));
    if (key === 'items' && isSchema(value)) return orTemplate(withTemplates(value));
    if (Array.isArray(value)) return value.map((item) => (isSchema(item) ? withTemplates(item) : item));
    return isSchema(value) ? withTemplates(value) : value;
  });
}

function orTemplate(schema: JsonSchema): JsonSchema {
  if (Object.keys(schema).every((key) => key === 'description')) return schema;
  if (
    schema.type === 'string' &&
    schema.enum === undefined &&
    schema.pattern === undefined &&
    schema.format === undefined
  ) {
    return schema;
  }
  const { description, ...rest } = schema;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, template] };
}

function mapped(schema: JsonSchema, change: (key: string, value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, change(key, value)]));
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
