import type { JsonSchema } from '../../core/module.ts';

/**
 * A schema as it is published for editors: it accepts the same, and helps more. What a language server passes over - a default, a
 * choice of types, a choice of keys - is written in the way that it shows. `$id` is the file's name, so that it means the
 * same wherever the files are.
 */
export function editorSchema(file: string, { $schema, ...schema }: JsonSchema): JsonSchema {
  return { $schema, $id: file, ...(shaped(schema) as JsonSchema) };
}

function shaped(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(shaped);
  if (!isSchema(node)) return node;
  const inner = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, isData(key) ? value : shaped(value)]),
  );
  return [withTypesApart, withDefaultTold, withChoiceNamed, withoutSuggestion].reduce(
    (made, change) => change(made),
    inner,
  );
}

/** These hold values, not schemas. */
function isData(key: string): boolean {
  return ['default', 'examples', 'enum', 'const', 'required'].includes(key);
}

/**
 * Shown on hover and in completion, where `default` itself is not. As a choice of one, since else completion of the map around
 * it writes every default out.
 */
function withDefaultTold(schema: JsonSchema): JsonSchema {
  const { title, description, default: preset, examples, anyOf, ...rest } = schema;
  if (preset === undefined || typeof description !== 'string') return schema;
  const text = typeof preset === 'string' ? preset : JSON.stringify(preset);
  const told = clean({ title, description: `${description} Default: ${text}`, default: preset, examples });
  return anyOf === undefined ? { ...told, anyOf: [rest] } : { ...told, anyOf, ...rest };
}

/** A list among other types: else completion always begins a list. */
function withTypesApart(schema: JsonSchema): JsonSchema {
  const { type, items, minItems, title, description, default: preset, examples, ...rest } = schema;
  if (!Array.isArray(type) || !type.includes('array') || type.includes('object') || rest.anyOf !== undefined)
    return schema;
  const list = clean({ type: 'array', items, minItems });
  const anyOf = type.map((one) => (one === 'array' ? list : { ...rest, type: one }));
  return { ...clean({ title, description, default: preset, examples }), anyOf };
}

/** Exactly one of several keys: else the first of them is called missing. `$comment` may say it better. */
function withChoiceNamed(schema: JsonSchema): JsonSchema {
  const { oneOf, $comment } = schema;
  if (!Array.isArray(oneOf) || !oneOf.every((one) => isSchema(one) && Array.isArray(one.required))) return schema;
  const keys = (oneOf as { required: string[] }[]).map(({ required }) => required.join(' with '));
  const errorMessage = $comment ?? `One of these is needed: ${keys.join(', ')}.`;
  return { ...schema, oneOf: oneOf.map((one: JsonSchema) => ({ ...one, errorMessage })) };
}

/** What is only still understood is not offered. */
function withoutSuggestion(schema: JsonSchema): JsonSchema {
  return schema.deprecated === true ? { ...schema, doNotSuggest: true } : schema;
}

function clean(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
