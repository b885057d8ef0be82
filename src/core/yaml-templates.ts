import { type Document, isCollection, visit } from 'yaml';
import { type Range, rangeOf } from './yaml-place.ts';

// Private characters, one for each of ASCII: offsets stay, and no sign of YAML's is among them.
const first = 0xe000;
const hidden = /[\ue000-\ue07f]/g;

/** Without quotes YAML reads `{{ x }}` as a map whose key is a map, which no data has. In the order of the text. */
export function unquotedTemplates(document: Document, text: string): readonly Range[] {
  const found: Range[] = [];
  visit(document, {
    Map: (_, map) => {
      const [start] = rangeOf(map);
      const key = map.items[0]?.key;
      if (!text.startsWith('{{', start) || !isCollection(key) || rangeOf(key)[0] !== start + 1) return undefined;
      const end = endOfTemplate(text, start);
      if (end === undefined) return undefined;
      found.push([start, end]);
      return visit.SKIP;
    },
  });
  return found;
}

/** Not by the map, which ends early where the template has signs that YAML does not expect. */
function endOfTemplate(text: string, start: number): number | undefined {
  const length = text.slice(start, start + longest).search(/\}\}(?!\})/);
  return length === -1 ? undefined : start + length + 2;
}

const longest = 2_000;

/** Not in a text that has such characters of its own. */
export function canBeHidden(text: string): boolean {
  return text.search(hidden) === -1;
}

/** The text with these templates as plain words to YAML; each sign keeps its place. */
export function hideTemplates(text: string, templates: readonly Range[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [start, end] of templates) {
    const asWord = text.slice(start, end).replace(/[!-~]/g, (sign) => String.fromCharCode(first + sign.charCodeAt(0)));
    parts.push(text.slice(at, start), asWord);
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}

/** Puts back the templates that were hidden. */
export function revealTemplates(document: Document): void {
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string') node.value = revealed(node.value);
      if (node.source !== undefined) node.source = revealed(node.source);
    },
  });
}

function revealed(text: string): string {
  return text.replace(hidden, (sign) => String.fromCharCode(sign.charCodeAt(0) - first));
}
