import { Document, isScalar, Scalar, visit } from 'yaml';

/** Characters that a terminal obeys or that change how text reads; in YAML they are only written as escapes. */
const hidden = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * A document as YAML 1.2 text: no line is folded, no anchors, and characters that cannot be seen are escaped, so that
 * what a person reads is what a parser gets.
 */
export function yamlText(document: Document): string {
  visit(document, {
    Scalar(_, node) {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      if (needsEscapes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
      else if (/^\{\{ .*\}\}$/.test(node.value)) node.type = Scalar.QUOTE_SINGLE; // else each backslash is doubled
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: 1_000_000_000 });
  return text.replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A new document without aliases: equal values are written out each time. */
export function yamlDocument(value: unknown): Document {
  return new Document(value, { aliasDuplicateObjects: false });
}

function needsEscapes(text: string): boolean {
  return /[\u0000-\u0008\u000b-\u001f]/.test(text) || text.search(hidden) !== -1;
}
