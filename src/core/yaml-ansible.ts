import { Scalar, type ScalarTag, type Tags } from 'yaml';
import type { Json } from './json.ts';

/**
 * Plain words as Ansible's reader of YAML 1.1 types them, for its own files: inventories and files of variables. There
 * `yes` is true, `0755` is 493 and `1:30` is 90; `1e3` and `y` are text.
 */
export function ansibleTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => typeof tag !== 'string' && keptTags.includes(tag.tag));
  return [...kept, ...scalars];
}

const yaml = 'tag:yaml.org,2002:';
const keptTags = ['map', 'seq', 'str', 'merge'].map((name) => yaml + name);

const scalars: readonly ScalarTag[] = [
  scalar('null', /^(?:~|null|Null|NULL|)$/, () => null),
  scalar('bool', /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/, () => true),
  scalar('bool', /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/, () => false),
  scalar('int', /^[-+]?0b[01_]+$/, (text) => integer(text, 2, '0b')),
  scalar('int', /^[-+]?0x[\da-fA-F_]+$/, (text) => integer(text, 16, '0x')),
  scalar('int', /^[-+]?0[0-7_]+$/, (text) => integer(text, 8, '0')),
  scalar('int', /^[-+]?(?:0|[1-9][\d_]*)$/, (text) => integer(text, 10, '')),
  scalar('int', /^[-+]?[1-9][\d_]*(?::[0-5]?\d)+$/, sixties),
  scalar('float', /^[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][-+]\d+)?$/, (text) => Number(text.replaceAll('_', ''))),
  scalar('float', /^[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*$/, sixties),
  scalar('float', /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/, (text) =>
    /n$/i.test(text) ? Number.NaN : Number.POSITIVE_INFINITY,
  ),
  { tag: `${yaml}float`, resolve: (text: string) => Number(text.replaceAll('_', '')) },
  // Text that no template is looked for in: with braces in it, it is refused.
  { tag: '!unsafe', resolve: (text: string) => text },
];

function scalar(name: string, test: RegExp, value: (text: string) => unknown): ScalarTag {
  const resolve = (text: string) => {
    const node = new Scalar(value(text));
    node.source = text;
    return node;
  };
  return { default: true, tag: yaml + name, test, resolve };
}

function integer(text: string, radix: number, prefix: string): number {
  const digits = text.replace(/^[-+]/, '').slice(prefix.length).replaceAll('_', '');
  return (text.startsWith('-') ? -1 : 1) * (digits === '' ? 0 : Number.parseInt(digits, radix)) || 0;
}

/** `1:30:05` counts in sixties. */
function sixties(text: string): number {
  const parts = text.replace(/^[-+]/, '').replaceAll('_', '').split(':');
  const total = parts.reduce((sum, part) => sum * 60 + Number(part), 0);
  return text.startsWith('-') ? -total : total;
}

/** As JSON, if it is: there 1e3 is a number, which YAML 1.1 has as text. The text nests no deeper than a stack bears. */
export function asJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The first number that JSON has read as another one than is written; undefined: there is none. */
export function inexactNumber(value: Json): number | undefined {
  if (typeof value === 'number') {
    const isExact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
    return isExact ? undefined : value;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const inner of Object.values(value) as Json[]) {
    const found = inexactNumber(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
