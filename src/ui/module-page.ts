import { Document, isCollection, visit } from 'yaml';
import type { Json, JsonObject } from '../core/json.ts';
import type { JsonSchema, Module } from '../core/module.ts';
import { andList } from '../core/word-list.ts';
import { moduleFacts } from './module-facts.ts';

/** The reference page of a module, in Markdown: the same text for `runbook modules NAME` and for docs/reference. */
export function modulePage(module: Module): string {
  const kind =
    module.kind === 'check'
      ? 'A check: it asks, and never changes anything.'
      : 'A resource: it can be asserted, changed, protected and undone.';
  return [
    `# ${module.name}`,
    '',
    `${module.summary.replace(/\.$/, '')}. ${kind}`,
    '',
    // The examples below say it again, as whole tasks that a test validates.
    withoutCode(module.about),
    '',
    '## Arguments',
    '',
    ...argumentTable(module.schema),
    '',
    '## Facts',
    '',
    ...moduleFacts(module),
    '',
    '## Examples',
    ...module.examples.flatMap(({ title, args }) => ['', `${title}:`, '', ...exampleLines(module, title, args)]),
    '',
  ].join('\n');
}

/** A table of an object's properties, and what a schema says of several of them together. Markdown, a line each. */
export function argumentTable(schema: JsonSchema): string[] {
  const rules = together(schema);
  return [
    '| name | value | | meaning |',
    '| --- | --- | --- | --- |',
    ...rows(schema, ''),
    ...(rules.length === 0 ? [] : ['', ...rules]),
  ];
}

function exampleLines(module: Module, title: string, args: Json): string[] {
  const given = args as JsonObject;
  const isRead = module.kind === 'resource' && module.asks?.(given) === false;
  const name = title.replace(/ \(.*\)$/, '');
  const task = { name, ...(isRead ? { protect: true } : {}), [module.name]: args };
  const reversible = module.kind === 'check' ? true : module.reversible(given);
  return [
    '```yaml task',
    yamlText([task]),
    '```',
    ...(reversible === true ? [] : ['', `Not brought back by an undo: ${reversible.never}.`]),
  ];
}

/** As a person would write it: what is short and stands under a key is written on one line. */
function yamlText(value: readonly Json[]): string {
  const document = new Document(value);
  visit(document, {
    Pair: (_, { value: node }) => {
      if (isCollection(node)) node.flow = JSON.stringify(node).length <= 80;
    },
  });
  return document.toString({ lineWidth: 110, flowCollectionPadding: true }).trimEnd();
}

function rows(schema: JsonSchema, prefix: string): string[] {
  const required = namesIn(schema.required);
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties).flatMap(([name, property]) => {
    const note = required.includes(name)
      ? 'required'
      : 'default' in property
        ? `default ${code(property.default)}`
        : '';
    const meaning = cell(String(property.description ?? ''));
    return [
      `| \`${prefix}${name}\` | ${valueText(property)} | ${note} | ${meaning} |`,
      ...rows(property, `${prefix}${name}.`),
    ];
  });
}

/** "Exactly one of these", "not both": what belongs to no single row. */
function together(schema: JsonSchema): string[] {
  const choices = Array.isArray(schema.oneOf) ? (schema.oneOf as JsonSchema[]).map((one) => namesIn(one.required)) : [];
  const excluded = namesIn((schema.not as JsonSchema | undefined)?.required);
  return [
    ...(choices.some((names) => names.length > 0) ? [`Exactly one of ${list(choices.flat())} is given.`] : []),
    ...(excluded.length > 0 ? [`${list(excluded)} do not go together.`] : []),
  ];
}

function valueText(property: JsonSchema): string {
  if (typeof property.$ref === 'string') return property.$ref.replace(/.*\//, '');
  if (Array.isArray(property.enum)) return property.enum.map((value) => `\`${String(value)}\``).join(', ');
  const variants = property.oneOf ?? property.anyOf;
  if (Array.isArray(variants)) return [...new Set((variants as JsonSchema[]).map(valueText))].join(' or ');
  if (property.type === 'array') return `list of ${valueText((property.items ?? {}) as JsonSchema)}`;
  if (Array.isArray(property.type)) return property.type.map(typeText).join(' or ');
  return typeText(property.type);
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'map',
  array: 'list',
  string: 'text',
  boolean: '`true`, `false`',
  integer: 'whole number',
};

function typeText(type: unknown): string {
  return typeWords[String(type)] ?? String(type ?? 'anything');
}

function namesIn(required: unknown): readonly string[] {
  return Array.isArray(required) ? (required as string[]) : [];
}

function list(names: readonly string[]): string {
  return andList(names.map((name) => `\`${name}\``));
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function withoutCode(markdown: string): string {
  return markdown
    .replace(/^```[^\n]*\n[\s\S]*?^```\s*$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
