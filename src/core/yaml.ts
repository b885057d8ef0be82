import { LineCounter } from 'yaml';
import type { Json } from './json.ts';
import type { YamlFault } from './yaml-fault.ts';
import { hinted } from './yaml-hints.ts';
import type { Dialect } from './yaml-not-json.ts';
import { parseYaml } from './yaml-parse.ts';
import { follow, type Range, rangeOf, type YamlPath } from './yaml-place.ts';
import { type Respelled, respelledIn } from './yaml-respelled.ts';

/** A user's YAML: plain data, and where each part of it was written. */
export interface YamlText {
  /** null for an empty text, and when there are faults. */
  readonly value: Json;
  /** With faults: what the text would say without them, so that the rest of it can be looked at; null where nobody can know. */
  readonly mended: Json;
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

interface YamlOptions {
  /** `strict` by default. */
  readonly dialect?: Dialect;
  readonly largest?: number;
}

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
  const { document, faults, value, mended } = parseYaml(text, counter, { dialect, largest });
  const found = (path: YamlPath) => follow(document, path);
  return {
    value,
    mended,
    respelled: document === undefined || dialect === 'ansible' ? [] : respelledIn(document, text),
    faults: atMostOneALine(faults, counter)
      .slice(0, mostFaults)
      .map((fault) => hinted(fault, text)),
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

/** One slip often makes several complaints; the first one on a line is the one that helps. */
function atMostOneALine(faults: readonly YamlFault[], counter: LineCounter): readonly YamlFault[] {
  const lines = new Set<number>();
  return faults.filter(({ start }) => {
    const { line } = counter.linePos(start);
    return !lines.has(line) && lines.add(line);
  });
}
