import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { ProblemCode } from '../core/codes/problem-codes.ts';
import type { Position } from '../core/play.ts';
import { readYaml, withoutMark } from '../core/yaml.ts';
import { ansibleTags } from '../core/yaml-ansible.ts';
import { vaultTags, withoutVaultTags } from './vault.ts';

/** A place in the text that is imported. */
export interface Spot {
  readonly at: Position;
  /** The whole line. */
  readonly source: string;
  /** How many characters from `at.column` on are meant; at least 1. */
  readonly width: number;
}

/** What is wrong with the YAML itself. */
export interface SourceFault {
  readonly code: ProblemCode;
  readonly spot: Spot;
  readonly message: string;
  readonly hint?: string;
}

/** A text of Ansible's as nodes that know their comments. Aliases and merge keys are written out. */
export interface Source {
  readonly file: string;
  /** null: the text is empty, or it has faults. */
  readonly root: Node | null;
  readonly faults: readonly SourceFault[];
  readonly document: Document;
  spot(node: unknown): Spot;
  /** The first and the last line of a node. */
  extent(node: unknown): { readonly start: number; readonly end: number };
  /** What is written from the line of a node's beginning on, its lines without what they are indented by with it. */
  lines(node: unknown): readonly string[];
}

/** Reads within the same bounds as every YAML of the user's. Never throws. */
export function parseSource(written: string, file: string): Source {
  const text = withoutMark(written);
  // A value with a tag of Ansible's stays as it is, tag and all: to the bounds it is text. The stand-in is as long.
  const yaml = readYaml(withoutVaultTags(text).replace(/!unsafe(?=\s)/g, '!!str  '), { dialect: 'ansible' });
  const place = (start: number, end: number): Spot => {
    const at = yaml.place(start);
    const source = yaml.line(at.line);
    const width = Math.max(1, Math.min(end - start, source.length - at.column + 1));
    return { at: { file, ...at }, source, width };
  };
  const faults = yaml.faults.map(({ code, start, end, message, hint }) => ({
    code,
    spot: place(start, end),
    message,
    ...(hint === undefined ? {} : { hint }),
  }));
  const document = faults.length > 0 ? parseDocument('') : parsed(text);
  return {
    file,
    root: document.contents as Node | null,
    faults,
    document,
    spot: (node) => place(...rangeOf(node)),
    extent: (node) => {
      const [start, end] = rangeOf(node);
      const last = start + text.slice(start, end).trimEnd().length;
      return { start: yaml.place(start).line, end: yaml.place(last).line };
    },
    lines: (node) => {
      const [start, end] = rangeOf(node);
      const { column } = yaml.place(start);
      const all = text
        .slice(start, end)
        .trimEnd()
        .split(/\r\n|\r|\n/);
      return all.map((line, i) => (i === 0 ? line : line.replace(new RegExp(`^ {0,${column - 1}}`), '')));
    },
  };
}

function parsed(text: string): Document {
  const document = parseDocument(text, {
    version: '1.1',
    customTags: (tags) => [
      ...ansibleTags(tags),
      ...vaultTags.map((tag) => ({ tag, resolve: (value: string) => value })),
    ],
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
  });
  visit(document, {
    Alias: (_, alias) => {
      const copy = alias.resolve(document)?.clone() as Node | undefined;
      return copy ?? visit.REMOVE;
    },
  });
  visit(document, {
    Node: (_, node) => {
      if ('anchor' in node) delete node.anchor;
    },
    Map: (_, map) => {
      map.items = map.items.flatMap((pair) => (isMerge(pair) ? merged(pair, map) : [pair]));
    },
  });
  return document;
}

function isMerge({ key }: Pair): boolean {
  if (!isScalar(key)) return false;
  return key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<');
}

/** The pairs that a merge key brings: those that the map does not have, of several maps the first's. */
function merged({ value }: Pair, into: YAMLMap): Pair[] {
  const maps = (isSeq(value) ? value.items : [value]).filter((one) => isMap(one));
  const known = new Set(into.items.map(({ key }) => String(key)));
  return maps.flatMap((map) =>
    map.items.filter((pair) => {
      const name = String(pair.key);
      return isPair(pair) && !isMerge(pair) && !known.has(name) && known.add(name);
    }),
  );
}

function rangeOf(node: unknown): [number, number] {
  const range = (node as Node | null | undefined)?.range;
  return range ? [range[0], Math.max(range[1], range[0] + 1)] : [0, 1];
}
