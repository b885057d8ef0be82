/** Of names that are known in some places only: in which. */
export const elsewhere: Readonly<Record<string, string>> = {
  item: 'Give the task a "loop".',
  loop: 'Give the task a "loop".',
  failed_task: 'It is known under "rescue" and "always" of a block.',
  failed_result: 'It is known under "rescue" and "always" of a block.',
};

/** A name with a dash in it, which reads as a difference. */
export function dashed(text: string): string | undefined {
  const [, map, name] = /\b([a-z]\w*)\.([a-z]\w*(?:-\w+)+)/i.exec(text) ?? [];
  return name === undefined ? undefined : `With a dash in it, write ${map}["${name}"].`;
}

/** What to do about operands that do not fit. */
export function typeHint(message: string, text: string): string | undefined {
  if (/no such overload: .*(\bint\b.*\bdouble\b|\bdouble\b.*\bint\b)/.test(message)) {
    return 'Whole numbers and fractions do not mix: convert one with double(...) or int(...).';
  }
  if (/no such overload: .*string>? in .*string/.test(message)) {
    const [, part, whole] = /^\s*("[^"]*"|'[^']*'|[\w.]+) in ([\w.]+)\s*$/.exec(text) ?? [];
    return `Is it part of a text: ${whole ?? 'text'}.contains(${part ?? '"part"'}).`;
  }
  if (/no such overload: .* \+ /.test(message)) return 'To join text, convert the other value with string(...).';
  return conditionHint(/bool(?: operands)?, got '([^']+)'/.exec(message)?.[1] ?? '');
}

/** What is neither true nor false is compared. */
export function conditionHint(type: string): string | undefined {
  if (type === 'string') return 'Text is neither true nor false: compare it, as in name != "".';
  if (type === 'int' || type === 'double') return 'A number is neither true nor false: compare it, as in number != 0.';
  return type.startsWith('list')
    ? 'A list is neither true nor false: ask how long it is, as in size(items) > 0.'
    : undefined;
}

/** The message of the library, as a part of a sentence. */
export function inWords(message: string): string {
  const plain = message.replace(/dyn<(\w+)>/g, '$1').replace(/^no such overload: (.*)$/, '$1 is not possible');
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
