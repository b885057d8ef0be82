import { type Document, isScalar, Scalar, visit } from 'yaml';
import { escapeHidden, hasHidden } from '../core/printable.ts';

/** A document as a person would have written it: no line is folded, and what cannot be seen is written out. */
export function documentText(document: Document): string {
  visit(document, {
    Scalar: (_, node) => {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      const { value } = node;
      if (hasHidden(value) || /[\u0000-\u0008\u000b-\u001f]/.test(value)) node.type = Scalar.QUOTE_DOUBLE;
      else if (value.includes('{{') && !value.includes('\n'))
        node.type = value.includes('"') ? Scalar.QUOTE_SINGLE : Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: 1_000_000_000 });
  return escapeHidden(text, (code) =>
    code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`,
  );
}
