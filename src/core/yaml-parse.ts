import { type Document, LineCounter } from 'yaml';
import type { Json } from './json.ts';
import { ansibleTags, asJson, inexactNumber } from './yaml-ansible.ts';
import { readDocument } from './yaml-document.ts';
import { sameKey, type YamlFault, yamlFault } from './yaml-fault.ts';
import { deepest } from './yaml-limits.ts';
import { type Dialect, notJson, withoutSecondKeys } from './yaml-not-json.ts';
import type { Range } from './yaml-place.ts';
import { canBeHidden, hideTemplates, revealTemplates, unquotedTemplates } from './yaml-templates.ts';
import { unclosedAt } from './yaml-unclosed.ts';

interface Options {
  readonly dialect: Dialect;
  readonly largest: number;
}

interface Parsed {
  readonly document?: Document;
  readonly faults: readonly YamlFault[];
  readonly value: Json;
  readonly mended: Json;
}

const dialects = {
  strict: { version: '1.2', stringKeys: true, merge: false },
  ansible: { version: '1.1', customTags: ansibleTags },
} as const;

/** A text as data; `lineCounter` learns where its lines begin. */
export function parseYaml(text: string, lineCounter: LineCounter, { dialect, largest }: Options): Parsed {
  const unread = (fault: YamlFault): Parsed => {
    lineCounter.lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    return { faults: [fault], value: null, mended: null };
  };
  if (text.length > largest) {
    return unread(yamlFault('too-large', `The file is larger than ${largest / 1024 / 1024} MiB`));
  }
  const document = compose(text, lineCounter, dialect);
  if (typeof document === 'number') {
    return unread(yamlFault('too-deep', `More than ${deepest} levels of nesting`, document));
  }
  const parsed = judged(document, text, dialect);
  return parsed.faults.length === 0 ? parsed : (withTemplatesAsText(document, text, dialect) ?? parsed);
}

function compose(text: string, lineCounter: LineCounter, dialect: Dialect): Document | number {
  return readDocument(text, {
    ...dialects[dialect],
    // Looked for below: the parser compares each key with all before it, which takes minutes for a large map.
    uniqueKeys: false,
    // No dates, sets or bytes: JSON has none.
    resolveKnownTags: false,
    prettyErrors: false,
    lineCounter,
  });
}

/** Reads the text as if each template had its quotes, so that what else is wrong shows itself; undefined: all have. */
function withTemplatesAsText(found: Document, text: string, dialect: Dialect): Parsed | undefined {
  if (!canBeHidden(text)) return undefined;
  const templates: Range[] = [];
  let document = found;
  let read = text;
  // Behind a template the parser may have been astray: each reading can find more of them.
  for (let rounds = 0; rounds < mostRounds; rounds++) {
    const more = unquotedTemplates(document, read);
    if (more.length === 0) break;
    templates.push(...more);
    read = hideTemplates(read, more);
    const next = compose(read, new LineCounter(), dialect);
    if (typeof next === 'number') break;
    document = next;
  }
  if (templates.length === 0) return undefined;
  revealTemplates(document);
  const { faults, value, mended } = judged(document, text, dialect);
  const unquoted = templates.map(([start, end]) =>
    yamlFault('unquoted-template', 'The template stands without quotes', start, end),
  );
  const all = [...unquoted, ...faults].sort((a, b) => a.start - b.start);
  return { document, faults: all, value: null, mended: value ?? mended };
}

const mostRounds = 5;

function judged(document: Document, text: string, dialect: Dialect): Parsed {
  const refused = (faults: readonly YamlFault[], mended: Json = null) => ({ document, faults, value: null, mended });
  const notYaml = complaints(document, text);
  if (notYaml.length > 0) return refused(notYaml);
  const faults = notJson(document, dialect);
  if (faults.some(({ message }) => message !== sameKey)) return refused(faults);
  if (faults.length > 0) withoutSecondKeys(document);
  const json = dialect === 'ansible' && /^\s*[[{]/.test(text) ? asJson(text) : undefined;
  const inexact = inexactNumber(json ?? null);
  if (inexact !== undefined) {
    return refused([yamlFault('bad-number', `${inexact} is too large to be kept exactly`)]);
  }
  try {
    const value = json ?? ((document.toJS({ maxAliasCount: 100 }) ?? null) as Json);
    return faults.length > 0 ? refused(faults, value) : { document, faults, value, mended: null };
  } catch (thrown) {
    return refused([...faults, badAlias(thrown, text)]);
  }
}

function complaints(document: Document, text: string): readonly YamlFault[] {
  return [...withoutFollowers(document.errors), ...document.warnings].map(({ code, message, pos: [start, end] }) => {
    const opened = /MISSING_CHAR|BAD_INDENT/.test(code) ? unclosedAt(document, text, start) : undefined;
    if (opened !== undefined) return yamlFault('yaml', `This ${opened.sign} is not closed`, opened.start);
    if (code === 'NON_STRING_KEY') return yamlFault('key-not-text', 'A key must be text', start, end);
    if (code === 'MULTIPLE_DOCS') return yamlFault('yaml', 'The file holds more than one document ("---")', start, end);
    return yamlFault('yaml', message, start, end);
  });
}

/** Where the parser has lost the document, it complains of each line below. */
function withoutFollowers<T extends { readonly message: string }>(errors: readonly T[]): readonly T[] {
  const isAstray = ({ message }: T) => /^Unexpected (?!flow-).* token in YAML stream/.test(message);
  return errors.filter((error, i) => i === 0 || !isAstray(error));
}

/** There is none of that name, or there are too many. */
function badAlias(thrown: unknown, text: string): YamlFault {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const alias = /^Unresolved alias .*: (.+)$/.exec(message)?.[1];
  if (alias === undefined) return yamlFault('yaml', message);
  const start = Math.max(0, text.indexOf(`*${alias}`));
  return yamlFault('yaml', `there is no anchor &${alias} before this`, start, start + 1 + alias.length);
}
