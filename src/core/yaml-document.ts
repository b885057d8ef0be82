import { Composer, type CST, type Document, Lexer, type LineCounter, Parser, YAMLParseError } from 'yaml';
import { deepest, offsetOfDeepBlocks } from './yaml-limits.ts';

/** Of the package's own options. `lineCounter` learns where lines begin. */
type ReadOptions = ConstructorParameters<typeof Composer>[0] & { readonly lineCounter: LineCounter };

/**
 * A text as the package's `parseDocument` reads it; or the offset where it nests deeper than `deepest`, found without recursion:
 * composing recurses, and a hundred thousand brackets, or a few thousand lines each indented by one more space, would end the whole process.
 */
export function readDocument(text: string, options: ReadOptions): Document | number {
  const tokens = offsetOfDeepBlocks(text) ?? tokensOf(text, options.lineCounter);
  if (typeof tokens === 'number') return tokens;
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (document === undefined) throw new Error('the composer makes a document of any text');
  if (second !== undefined) {
    const [start, end] = second.range;
    document.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', 'The text holds more than one document'));
  }
  return document;
}

/** Brackets are counted on the way: lexing the text for that alone would take a fifth of the time that reading it takes. */
function tokensOf(text: string, lineCounter: LineCounter): CST.Token[] | number {
  const tokens: CST.Token[] = [];
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  let offset = 0;
  let depth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '[' || lexeme === '{') depth++;
    else if (lexeme === ']' || lexeme === '}') depth--;
    if (depth > deepest) return offset;
    if (!marks.has(lexeme)) offset += lexeme.length;
    for (const token of parser.next(lexeme)) tokens.push(token);
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** What the lexer says of the lexemes around: it stands nowhere in the text. */
const marks: ReadonlySet<string> = new Set(['\x02', '\x18', '\x1f']);
