const byItself = 'Variables and inputs are names by themselves: cidr, not vars.cidr.';

/** Of names that are known in some places only, in which; of those that other languages have, what is meant here. */
export const elsewhere: Readonly<Record<string, string>> = {
  vars: byItself,
  inputs: byItself,
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
export function typeHint(said: string, text: string): string | undefined {
  const message = said.replace(/dyn<(\w+)>/g, '$1');
  if (/no such overload: .*(\bint\b.*\bdouble\b|\bdouble\b.*\bint\b)/.test(message)) {
    return 'Whole numbers and fractions do not mix: convert one with double(...) or int(...).';
  }
  if (/no such overload: .*string>? in .*string/.test(message)) {
    const [, part, whole] = /^\s*("[^"]*"|'[^']*'|[\w.]+) in ([\w.]+)\s*$/.exec(text) ?? [];
    return `Is it part of a text: ${whole ?? 'text'}.contains(${part ?? '"part"'}).`;
  }
  if (/^Ternary branches/i.test(message)) return 'Convert one of them: string(...), int(...).';
  if (/^int\(\) /.test(message)) return 'Ask first whether it is a number: text.re_match("^-?[0-9]+$").';
  if (/^bool\(\) /.test(message)) return 'Compare it with the word that means true: text == "yes".';
  const variable = /^the environment variable (\w+) is not set$/.exec(message)?.[1];
  if (variable !== undefined)
    return `Set it where runbook is started, or say what stands for it: env("${variable}", "...").`;
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

const tokens: Readonly<Record<string, string>> = {
  ...{ LPAREN: '"("', RPAREN: '")"', LBRACKET: '"["', RBRACKET: '"]"', LBRACE: '"{"', RBRACE: '"}"' },
  ...{ COMMA: '","', COLON: '":"', DOT: '"."', IDENTIFIER: 'a name', NUMBER: 'a number', STRING: 'a text' },
  EOF: 'the end of the expression',
};

/** What the library cannot read, in words. `part`: the part of the expression that it stopped at. */
export function unread(message: string, text: string, part: string): string {
  if (text.trim() === '') return 'the expression is empty';
  const [, wanted, found] = /^Expected (\w+), got (\w+)$/.exec(message) ?? [];
  if (wanted !== undefined && found !== undefined)
    return `${tokens[wanted] ?? wanted} is expected here, not ${found === 'EOF' ? tokens.EOF : `"${part}"`}`;
  if (/^Unexpected (?:character|token): /.test(message) && part.trim() !== '') return `"${part}" is not expected here`;
  return inWords(message);
}

/** Of a name that is not known, where names come from. */
export function whereFrom(names: ReadonlySet<string>): string {
  if (names.has('host'))
    return 'Names come from "vars", "inputs", the inventory, -e, and the "register" of earlier tasks.';
  if (names.has('inventory_hostname'))
    return 'Known here are the other variables of the host, "inventory_hostname" and "groups".';
  return 'Before the hosts are known there are only the inputs of the play, and what -e gives.';
}

/** The message of the library, as a part of a sentence. */
export function inWords(message: string): string {
  const plain = message
    .replace(/dyn<(\w+)>/g, '$1')
    .replace(/^no such overload: (.*)$/, '$1 is not possible')
    .replace(/^Reserved identifier: (.*)$/i, '"$1" is a word that CEL keeps for itself')
    .replace(
      /^Ternary branches must have the same type, got '(.*)' and '(.*)'$/i,
      'both sides of the : must be of one type, and are $1 and $2',
    );
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
