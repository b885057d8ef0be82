import { type Document, isPair, isScalar, isSeq, visit } from 'yaml';
import type { YamlPath } from './yaml-place.ts';

/** A value without quotes that means something else elsewhere, or is not read as it is written. */
export interface Respelled {
  readonly path: YamlPath;
  /** As it is written: `yes`, `0644`, `1.10`. */
  readonly written: string;
  readonly value: string | number;
}

const word = /^(?:yes|no|on|off)$/i;
const number = /^[-+]?(?:0[0-9]+|[0-9]+\.[0-9]*0)$/;
/** Most texts have none: they are not gone through. */
const anywhere = /[\s:[,{](?:yes|no|on|off|[-+]?0[0-9]+|[-+]?[0-9]+\.[0-9]*0)(?=[\s,\]}]|$)/i;
/** Nobody reads more. */
const most = 50;

/** Words that YAML 1.1 takes for booleans, numbers that look octal, and fractions that end in 0. */
export function respelledIn(document: Document, text: string): readonly Respelled[] {
  if (!anywhere.test(text)) return [];
  const found: Respelled[] = [];
  visit(document, {
    Scalar: (key, { type, value, source = '' }, above) => {
      if (key === 'key' || type !== 'PLAIN') return undefined;
      const isOne = typeof value === 'string' ? word.test(source) : typeof value === 'number' && number.test(source);
      if (isOne) found.push({ path: pathOf(above, key), written: source, value: value as string | number });
      return found.length < most ? undefined : visit.BREAK;
    },
  });
  return found;
}

function pathOf(above: readonly unknown[], last: unknown): YamlPath {
  const steps = above.map((parent, i): string | number | undefined => {
    if (isPair(parent)) return isScalar(parent.key) ? String(parent.key.value) : undefined;
    if (!isSeq(parent)) return undefined;
    return i + 1 < above.length ? parent.items.indexOf(above[i + 1]) : Number(last);
  });
  return steps.filter((step) => step !== undefined);
}
