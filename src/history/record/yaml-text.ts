import { Document, isScalar, Scalar, visit } from 'yaml';
import { escapeHidden, hasHidden } from '../../core/printable.ts';

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
  return escapeHidden(text, escaped);
}

/** A new document without aliases: equal values are written out each time. */
export function yamlDocument(value: unknown): Document {
  return new Document(value, { aliasDuplicateObjects: false });
}

function escaped(code: number): string {
  const hex = code.toString(16);
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function needsEscapes(text: string): boolean {
  return /[\u0000-\u0008\u000b-\u001f]/.test(text) || hasHidden(text);
}
