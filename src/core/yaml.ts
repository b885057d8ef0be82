import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Scalar,
  visit,
} from 'yaml';
import type { ProblemCode } from './codes/problem-codes.ts';
import type { Json } from './json.ts';
import { ansibleTags, asJson, inexactNumber } from './yaml-ansible.ts';
import { readDocument } from './yaml-document.ts';
import { deepest } from './yaml-limits.ts';
import { type Respelled, respelledIn } from './yaml-respelled.ts';
import { unclosedAt } from './yaml-unclosed.ts';

/** What is wrong with a YAML text, by offsets into it. */
interface YamlFault {
  readonly code: ProblemCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
}

export type YamlPath = readonly (string | number)[];
export type Range = readonly [start: number, end: number];

/** A user's YAML: plain data, and where each part of it was written. */
export interface YamlText {
  /** null for an empty text, and when there are faults. */
  readonly value: Json;
  readonly faults: readonly YamlFault[];
  /** Values that are surely meant otherwise than they are read; only of the `strict` dialect. */
  readonly respelled: readonly Respelled[];
  /** Line and column, from 1. */
  place(offset: number): { readonly line: number; readonly column: number };
  /** The source line, from 1. */
  line(number: number): string;
  /** Where the value at this path stands, or its nearest parent that does; an alias leads to its anchor. */
  valueRange(path: YamlPath): Range;
  /** Where the last key of this path stands. */
  keyRange(path: YamlPath): Range;
  /** The text of a range, as written. */
  text(range: Range): string;
}

/** Nobody reads more; a text of another kind has one on each line. */
const mostFaults = 50;
const quoteTemplates = 'Quote the template: "{{ ... }}". Without quotes YAML reads {{ as the start of a map.';

const sameKey = 'the same key stands here twice';
const noMergeKeys = 'there are no merge keys ("<<") in YAML 1.2';
const unsafeBraces = '"!unsafe" does not keep {{ }} from being filled in';

interface YamlOptions {
  /** `strict` (default): YAML 1.2, keys are text. `ansible`: 1.1 as Ansible reads its own files, with merge keys. */
  readonly dialect?: 'strict' | 'ansible';
  readonly largest?: number;
}

const dialects = {
  strict: { version: '1.2', stringKeys: true, merge: false },
  ansible: { version: '1.1', customTags: ansibleTags },
} as const;

/**
 * Reads one YAML document that a person wrote, of at most `largest` characters (4 MiB). Never throws: everything that is
 * wrong with it, also hostile things such as alias bombs, keys named __proto__ and nesting that would exhaust the stack,
 * is in `faults`.
 */
export function readYaml(
  written: string,
  { dialect = 'strict', largest = 4 * 1024 * 1024 }: YamlOptions = {},
): YamlText {
  const text = withoutMark(written);
  const lines = text.split(/\r?\n/);
  const counter = new LineCounter();
  const { document, faults, value } = parse(text, counter, { dialect, largest });
  const found = (path: YamlPath) => follow(document, path);
  return {
    value,
    respelled: document === undefined || dialect === 'ansible' ? [] : respelledIn(document, text),
    faults: atMostOneALine(faults, counter)
      .slice(0, mostFaults)
      .map((fault) => withHint(fault, text)),
    place: (offset) => {
      const { line, col } = counter.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
    line: (number) => lines[number - 1] ?? '',
    valueRange: (path) => rangeOf(found(path).value),
    keyRange: (path) => rangeOf(found(path).key ?? found(path).value),
    text: ([start, end]) => text.slice(start, end),
  };
}

/** Without the mark of byte order that some editors put at the start: a list after it would count as indented. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

function parse(
  text: string,
  lineCounter: LineCounter,
  { dialect, largest }: Required<YamlOptions>,
): { document?: Document; faults: YamlFault[]; value: Json } {
  const fault = (code: ProblemCode, message: string, start = 0, end = start + 1) => ({ code, message, start, end });
  if (text.length > largest) {
    lineCounter.lineStarts = lineStarts(text);
    return { faults: [fault('too-large', `The file is larger than ${largest / 1024 / 1024} MiB`)], value: null };
  }
  const document = readDocument(text, {
    ...dialects[dialect],
    // Looked for below: the parser compares each key with all before it, which takes minutes for a large map.
    uniqueKeys: false,
    // No dates, sets or bytes: JSON has none.
    resolveKnownTags: false,
    prettyErrors: false,
    lineCounter,
  });
  if (typeof document === 'number') {
    lineCounter.lineStarts = lineStarts(text);
    return { faults: [fault('too-deep', `More than ${deepest} levels of nesting`, document)], value: null };
  }
  const faults = [...withoutFollowers(document.errors), ...document.warnings].map(({ code, message, pos }) => {
    const opened = /MISSING_CHAR|BAD_INDENT/.test(code) ? unclosedAt(document, text, pos[0]) : undefined;
    if (opened !== undefined) return fault('yaml', `This ${opened.sign} is not closed`, opened.start);
    return fault(code === 'NON_STRING_KEY' ? 'key-not-text' : 'yaml', inWords(code, message), pos[0], pos[1]);
  });
  if (faults.length === 0) faults.push(...notJson(document, dialect));
  if (faults.length > 0) return { document, faults, value: null };
  try {
    const json = dialect === 'ansible' && /^\s*[[{]/.test(text) ? asJson(text) : undefined;
    const inexact = inexactNumber(json ?? null);
    if (inexact !== undefined) {
      return { document, faults: [fault('bad-number', `${inexact} is too large to be kept exactly`)], value: null };
    }
    return { document, faults, value: json ?? ((document.toJS({ maxAliasCount: 100 }) ?? null) as Json) };
  } catch (thrown) {
    // An unknown alias or too many of them.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const alias = /^Unresolved alias .*: (.+)$/.exec(message)?.[1];
    const start = alias === undefined ? 0 : Math.max(0, text.indexOf(`*${alias}`));
    const shown = alias === undefined ? message : `there is no anchor &${alias} before this`;
    return { document, faults: [fault('yaml', shown, start, start + 1 + (alias?.length ?? 0))], value: null };
  }
}

/** Where the parser has lost the document, it complains of each line below. */
function withoutFollowers<T extends { readonly message: string }>(errors: readonly T[]): readonly T[] {
  const isAstray = ({ message }: T) => /^Unexpected (?!flow-).* token in YAML stream/.test(message);
  return errors.filter((error, i) => i === 0 || !isAstray(error));
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

/** Things YAML can say that data for a playbook must not. */
function notJson(document: Document, dialect: 'strict' | 'ansible'): YamlFault[] {
  const faults: YamlFault[] = [];
  const add = (node: unknown, code: ProblemCode, message: string) => {
    const [start, end] = rangeOf(node);
    faults.push({ code, message, start, end });
  };
  const badAnchors = new Set<string>();
  const { version } = document.directives?.yaml ?? {};
  if (dialect === 'strict' && version !== undefined && version !== '1.2') {
    add(undefined, 'yaml', `%YAML ${version}: only YAML 1.2 is read`);
  }
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (isCollection(key)) add(key, 'key-not-text', 'A key must be text');
        if (!isScalar(key)) continue;
        if (isMergeKey(key, dialect)) add(key, 'yaml', noMergeKeys);
        if (keys.has(key.value)) add(key, 'yaml', sameKey);
        keys.add(key.value);
        if (key.value === '__proto__') add(key, 'bad-key', '"__proto__" cannot be a key');
      }
    },
    Pair: (_, { key }) => {
      if (isAlias(key) && badAnchors.has(key.source)) add(key, 'bad-key', '"__proto__" cannot be a key');
    },
    Alias: (_, node, path) => {
      const isInside = path.some((above) => isCollection(above) && above.anchor === node.source);
      if (isInside) add(node, 'yaml', `*${node.source} stands inside of what it repeats`);
    },
    Scalar: (_, node) => {
      const { value } = node;
      if (node.tag === '!unsafe' && String(value).includes('{{')) add(node, 'yaml', unsafeBraces);
      if (value === '__proto__' && node.anchor !== undefined) badAnchors.add(node.anchor);
      if (typeof value === 'string' && value.includes('\0'))
        add(node, 'bad-text', 'The text has a NUL character in it');
      if (typeof value === 'string' && /[\ud800-\udfff]/u.test(value))
        add(node, 'bad-text', 'The text has half of a surrogate pair in it, which no encoding carries');
      if (typeof value !== 'number') return;
      if (!Number.isFinite(value)) add(node, 'bad-number', `${node.source} is not a number that JSON knows`);
      else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        add(node, 'bad-number', `${node.source} is too large to be kept exactly; quote it to have it as text`);
      }
    },
  });
  return faults;
}

/** Quoted, it is a key like any other. */
function isMergeKey({ value, type }: Scalar, dialect: 'strict' | 'ansible'): boolean {
  return dialect === 'strict' && value === '<<' && type === 'PLAIN';
}

function follow(document: Document | undefined, path: YamlPath): { key?: unknown; value: unknown } {
  let key: unknown;
  let value: unknown = document?.contents;
  for (const step of path) {
    const node = isAlias(value) && document !== undefined ? value.resolve(document) : value;
    const inside = childOf(node, step);
    if (inside === undefined) return { value };
    key = inside.key;
    value = inside.value ?? inside.key;
  }
  return { key, value };
}

function childOf(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { value };
  }
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step));
}

function rangeOf(node: unknown): Range {
  const range = (node as Node | null | undefined)?.range;
  return range ? [range[0], Math.max(range[1], range[0] + 1)] : [0, 1];
}

function inWords(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'The file holds more than one document ("---")';
  if (code === 'NON_STRING_KEY') return 'A key must be text';
  return message;
}

function withHint(fault: YamlFault, text: string): YamlFault {
  const line = text.slice(text.lastIndexOf('\n', fault.start - 1) + 1).split('\n', 1)[0] ?? '';
  const hint = hintFor(fault, line);
  const message = fault.message.charAt(0).toLowerCase() + fault.message.slice(1);
  return { ...fault, message, ...(hint === undefined ? {} : { hint }) };
}

function hintFor({ message }: YamlFault, line: string): string | undefined {
  if (message === noMergeKeys) return 'Write the keys out, or use an anchor for the whole value.';
  if (message === unsafeBraces) return 'Remove the tag, and write {{ "{{" }} for two braces.';
  if (/(^|[\s:[,{-])\{\{/.test(line) && !/["'][^"']*\{\{/.test(line)) return quoteTemplates;
  if (/Unresolved tag: !vault/.test(message))
    return 'Only in playbooks, inventories and files of variables values are decrypted.';
  if (/Unresolved tag/.test(message)) return 'Remove the tag, or quote the text if it is meant to begin with "!".';
  if (/Tabs are not allowed/.test(message)) return 'Indent with spaces.';
  if (message === sameKey) return 'Remove one of them. An entry of a list of its own begins with "- ".';
  if (/^there is no anchor/.test(message))
    return 'Write the & before the value that is meant, or quote a text that begins with *.';
  if (/more than one document/.test(message)) return 'Remove the "---" between them, or make two files of it.';
  if (/stands inside of what it repeats/.test(message)) return 'Write the value out there.';
  if (/Nested mappings/.test(message)) return 'Quote a value that holds ": ".';
  if (/between flow (?:sequence|map) items$|^Unexpected flow-(?:seq|map)-start at node end/i.test(message))
    return 'Quote a text with brackets, braces or commas in it.';
  if (/Plain value cannot start/.test(message)) return 'Quote the value.';
  return undefined;
}

/** One slip often makes several complaints; the first one on a line is the one that helps. */
function atMostOneALine(faults: readonly YamlFault[], counter: LineCounter): readonly YamlFault[] {
  const lines = new Set<number>();
  return faults.filter(({ start }) => {
    const { line } = counter.linePos(start);
    return !lines.has(line) && lines.add(line);
  });
}
