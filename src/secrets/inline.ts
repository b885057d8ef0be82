import { type Document, isMap, isScalar, LineCounter, visit } from 'yaml';
import { readDocument } from '../core/yaml-document.ts';
import { ageBegin, ageEnd, vaultBegin } from './seal.ts';

/** A value of a YAML or JSON text that is encrypted by itself. */
export interface Sealed {
  readonly seal: 'age' | 'vault';
  /** What is encrypted, as the library or Ansible writes it. */
  readonly text: string;
  /** Offsets of the value with its tag. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
}

const largest = 4 * 1024 * 1024;
/** Ansible's two names for the same. */
const tags = ['!vault', '!vault-encrypted'];
const tagBefore = /!vault(?:-encrypted)?\s+(?:&\S+\s+)?$/;

/**
 * The encrypted values in a text: `!vault`, as Ansible has them, also as JSON's `{"__ansible_vault": ...}`; and any text that is an armored
 * one of age. None in a text that is no YAML: what is wrong with it is told by who reads it.
 */
export function sealedIn(text: string): readonly Sealed[] {
  if (!text.includes(vaultBegin) && !text.includes(ageBegin)) return [];
  if (text.length > largest) return [];
  const counter = new LineCounter();
  const document = parsed(text, counter);
  const found: Sealed[] = [];
  if (document === undefined) return found;
  const add = (seal: Sealed['seal'], value: string, start: number, end: number) =>
    found.push({ seal, text: value, start, end, line: counter.linePos(start).line });
  visit(document, {
    Map: (_, node) => {
      const inner = jsonVault(node);
      if (inner === undefined || !node.range) return undefined;
      add('vault', inner, node.range[0], node.range[1]);
      return visit.SKIP;
    },
    Scalar: (key, { tag, value, range }) => {
      if (key === 'key' || typeof value !== 'string' || !range) return;
      const [start, end] = range;
      const before = tagBefore.exec(text.slice(Math.max(0, start - 200), start))?.[0].length ?? 0;
      if (tags.includes(tag ?? '') && value.startsWith(vaultBegin)) add('vault', value, start - before, end);
      else if (value.startsWith(ageBegin) && value.trimEnd().endsWith(ageEnd)) add('age', value, start, end);
    },
  });
  return found.toSorted((a, b) => a.start - b.start);
}

/** The text with each of these values as `written` has it; every other line keeps its number. */
export function withValues(text: string, sealed: readonly Sealed[], written: (value: Sealed) => string): string {
  const parts = sealed.map((value, i) => {
    const source = text.slice(value.start, value.end);
    const anchor = /^!\S+\s+(&\S+\s+)/.exec(source)?.[1] ?? '';
    const now = `${anchor}${written(value)}`;
    const gone = source.split('\n').length - now.split('\n').length;
    return `${text.slice(sealed[i - 1]?.end ?? 0, value.start)}${now}${'\n'.repeat(Math.max(0, gone))}`;
  });
  return `${parts.join('')}${text.slice(sealed.at(-1)?.end ?? 0)}`;
}

function jsonVault(node: unknown): string | undefined {
  if (!isMap(node) || node.items.length !== 1) return undefined;
  const [pair] = node.items;
  if (!isScalar(pair?.key) || pair.key.value !== '__ansible_vault' || !isScalar(pair.value)) return undefined;
  return typeof pair.value.value === 'string' ? pair.value.value : undefined;
}

function parsed(text: string, lineCounter: LineCounter): Document | undefined {
  const document = readDocument(text, {
    customTags: tags.map((tag) => ({ tag, resolve: (value: string) => value })),
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    lineCounter,
  });
  return typeof document === 'number' || document.errors.length > 0 ? undefined : document;
}
