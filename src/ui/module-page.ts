import { stringify } from 'yaml';
import type { JsonSchema, Module } from '../core/module.ts';

/** The reference page of a module, in Markdown: the same text for `runbook modules NAME` and for docs/reference. */
export function modulePage(module: Module): string {
  const kind =
    module.kind === 'check'
      ? 'A check: it asks, and never changes anything.'
      : 'A resource: it can be asserted, changed, protected and undone.';
  return [
    `# ${module.name}`,
    '',
    `${module.summary} ${kind}`,
    '',
    module.about.trim(),
    '',
    '## Arguments',
    '',
    '| argument | type | | meaning |',
    '| --- | --- | --- | --- |',
    ...argumentRows(module.schema),
    '',
    '## Examples',
    ...module.examples.flatMap(({ title, args }) => [
      '',
      `${title}:`,
      '',
      '```yaml task',
      stringify([{ name: title, [module.name]: args }], { lineWidth: 110, flowCollectionPadding: true }).trimEnd(),
      '```',
    ]),
    '',
  ].join('\n');
}

function argumentRows(schema: JsonSchema): string[] {
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties).map(([name, property]) => {
    const note = required.includes(name)
      ? 'required'
      : 'default' in property
        ? `default \`${JSON.stringify(property.default)}\``
        : '';
    return `| \`${name}\` | ${typeText(property)} | ${note} | ${cell(String(property.description ?? ''))} |`;
  });
}

function typeText(property: JsonSchema): string {
  if (Array.isArray(property.enum)) return property.enum.map((value) => `\`${String(value)}\``).join(', ');
  const variants = property.oneOf ?? property.anyOf;
  if (Array.isArray(variants)) return [...new Set((variants as JsonSchema[]).map(typeText))].join(' or ');
  if (property.type === 'array') return `list of ${typeText((property.items ?? {}) as JsonSchema)}`;
  if (Array.isArray(property.type)) return property.type.join(' or ');
  return property.type === 'object' ? 'map' : String(property.type ?? 'anything');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
