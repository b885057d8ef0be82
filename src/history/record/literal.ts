import type { Json } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';

/**
 * A value as a playbook must write it so that it means itself: a string that would be taken for a template becomes one
 * expression, a CEL string literal in which no such mark appears.
 */
export function literal(value: Json): Json {
  if (typeof value === 'string') return /\{[{%#]/.test(value) ? expression(value) : value;
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}

/** A name is no template and is shown as written; braces that would look like one are drawn apart. */
export function literalName(name: string): string {
  return printable(name, 300).replace(/\{(?=[{%#])|\}(?=\})/g, (brace) => `${brace} `);
}

function expression(text: string): string {
  // A brace that makes a mark with what is right behind it is escaped: so none is left, and single braces stay readable.
  const inside = text.replace(/[\\']|[\u0000-\u001f\u007f]|\{(?=[{%#])|\}(?=\})/g, (character) => {
    if (character === '\\' || character === "'") return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `{{ '${inside}' }}`;
}
