import type { JsonSchema, Module } from '../../core/module.ts';
import { blockSchema } from './block-keywords.ts';
import { includeKeys, includeSchema } from './include-keywords.ts';
import { handlerKeywords, metaSchema, taskKeywords } from './keywords.ts';
import { importShape, playSchema } from './play-keywords.ts';

/** What may stand wherever a template can: the editor cannot know what it will come to. */
const template: JsonSchema = { title: 'template', type: 'string', pattern: '\\{\\{' };

/**
 * The JSON Schema (draft 2020-12) of a whole playbook, for editors. Pure; made of the same pieces that `validate` uses,
 * except that here a template may stand for any value.
 */
export function playbookSchema(modules: readonly Module[]): JsonSchema {
  const named = Object.fromEntries(
    modules.map(({ name, summary, schema }) => [name, { ...withTemplates(schema), title: name, description: summary }]),
  );
  const oneOf = (keys: readonly string[]) => ({
    $comment: 'A task names one module.',
    additionalProperties: false,
    oneOf: keys.map((key) => ({ required: [key] })),
  });
  const names = modules.map(({ name }) => name);
  const includes = Object.fromEntries(includeKeys.map((key) => [key, includeSchema]));
  const task: JsonSchema = {
    title: 'Task',
    type: 'object',
    properties: { ...taskKeywords, ...includes, ...named },
    ...oneOf([...names, ...includeKeys]),
  };
  const handler: JsonSchema = {
    title: 'Handler',
    type: 'object',
    properties: { ...taskKeywords, ...handlerKeywords, ...named },
    ...oneOf(names),
    required: ['name'],
  };
  const entry = whereKey('block', ref('block'), whereKey('meta', ref('meta'), ref('task')));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Playbook',
    description: 'A list of plays.',
    type: 'array',
    minItems: 1,
    items: whereKey('import_playbook', ref('import'), ref('play')),
    $defs: {
      play: { title: 'Play', ...playSchema(ref('entry'), ref('handler')) },
      import: { title: 'Import', ...importShape },
      entry,
      task,
      block: blockSchema(ref('entry')),
      meta: metaSchema,
      handler,
    },
  };
}

/**
 * The same of a file of tasks: a list as in a section of a play, or a map of the inputs that it needs and its tasks. Made of the
 * schema of a playbook.
 */
export function tasksSchema(modules: readonly Module[]): JsonSchema {
  const { $schema, $defs } = playbookSchema(modules);
  const { play } = $defs as { play: { properties: Readonly<Record<'inputs' | 'tasks', JsonSchema>> } };
  const { inputs, tasks } = play.properties;
  return {
    $schema,
    title: 'Tasks',
    description: 'A list of tasks, or a map of the inputs that they need and the tasks.',
    type: ['array', 'object'],
    minItems: 1,
    items: tasks.items,
    properties: { inputs, tasks },
    required: ['tasks'],
    additionalProperties: false,
    $defs,
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

/** The schema with every property also allowing a template, and without our own formats, which no editor knows. */
function withTemplates({ format: _, ...schema }: JsonSchema): JsonSchema {
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
  if (schema.type === 'string' && schema.enum === undefined && schema.pattern === undefined) {
    return schema;
  }
  const { description, default: preset, examples, ...rest } = schema;
  const told = Object.entries({ description, default: preset, examples }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(told), anyOf: [rest, template] };
}

function mapped(schema: JsonSchema, change: (key: string, value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, change(key, value)]));
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
