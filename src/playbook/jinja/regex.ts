import { re2Fault } from '../../core/re2-fault.ts';
import { type Argument, binding, call, type Node, NoForm, receiver, textNode, within } from './node.ts';
import { listOf } from './operators.ts';

const group = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\((?!\?)|\(\?P?<(?=\w)\w+>/g;

/** `regex_search`: all that matched, or the groups that are asked for, of which one alone is a list of one. Throws NoForm. */
export function searched(node: Node, [expression, ...args]: readonly Argument[]): Node {
  const asked = args.filter(({ named }) => named === undefined).map(({ text }) => numberOf(text));
  const found = (n: number): Node =>
    call(`${receiver(node)}.re_find(${patternOf(expression, args, n).cel}).orValue("")`, 'text');
  if (asked.length === 0) return found(0);
  return listOf(asked.map(found));
}

/** `regex_findall`: all that matched, or the only group. Throws NoForm. */
export function foundAll(node: Node, [expression, ...args]: readonly Argument[]): Node {
  if (args.some(({ named }) => named === undefined)) throw new NoForm('of its flags the names are needed');
  if (groupsOf(expression?.text ?? '') > 1)
    throw new NoForm('re_find_all() gives the first group of each: ask for one group at a time.', true);
  return call(`${receiver(node)}.re_find_all(${patternOf(expression, args, 'as it is').cel})`, 'list');
}

/** `regex_replace`. Throws NoForm. */
export function replacedBy(node: Node, [expression, ...args]: readonly Argument[]): Node {
  const [by = textNode(''), ignorecase, multiline] = args.filter(({ named }) => named === undefined);
  const flags = Object.entries({ ignorecase, multiline }).flatMap(([named, one]) => (one ? [{ ...one, named }] : []));
  const pattern = patternOf(expression, [...args, ...flags], 'as it is');
  const made = by.text === undefined ? by : textNode(replacementOf(by.text));
  return call(`${receiver(node)}.re_replace(${pattern.cel}, ${made.cel})`, 'text');
}

/** `is match`: from the beginning; `is search`: anywhere. Throws NoForm. */
export function matched(node: Node, [expression, ...args]: readonly Argument[], isWhole: boolean): Node {
  const pattern = patternOf(expression, args, 'as it is');
  if (!isWhole) return call(`${receiver(node)}.re_match(${pattern.cel})`);
  if (pattern.text === undefined)
    return call(`${receiver(node)}.re_match("^(?:" + ${within(pattern, binding.product)} + ")")`);
  const [, flags = '', rest = ''] = /^(\(\?[a-z]+\))?([\s\S]*)$/.exec(pattern.text) ?? [];
  const grouped = rest.includes('|') ? `(?:${rest})` : rest;
  return call(`${receiver(node)}.re_match(${JSON.stringify(`${flags}^${grouped}`)})`);
}

/**
 * The pattern with its flags. re_find gives the first group: where another one is `wanted`, or with 0 all that matched, it has no other groups.
 * Throws NoForm for what RE2 has not.
 */
function patternOf(expression: Argument | undefined, args: readonly Argument[], wanted: number | 'as it is'): Node {
  if (expression === undefined) throw new NoForm('a pattern is missing');
  const isOn = (name: string) => args.some(({ named, cel }) => named === name && cel === 'true');
  const flags = `${isOn('ignorecase') ? 'i' : ''}${isOn('multiline') ? 'm' : ''}`;
  const front = flags === '' ? '' : `(?${flags})`;
  if (expression.text === undefined) {
    if (front === '') return expression;
    return { cel: `"${front}" + ${within(expression, binding.product)}`, binds: binding.sum };
  }
  const fault = re2Fault(expression.text);
  if (fault !== undefined) throw new NoForm(`In the pattern ${fault.message}. ${fault.hint}`, true);
  return textNode(`${front}${wanted === 'as it is' ? expression.text : only(expression.text, wanted)}`);
}

/** The pattern with this group alone; of number 0 there is none. */
function only(pattern: string, wanted: number): string {
  let n = 0;
  return pattern.replace(group, (found) => {
    if (!found.startsWith('(')) return found;
    n += 1;
    return n === wanted ? found : '(?:';
  });
}

function groupsOf(pattern: string): number {
  return [...pattern.matchAll(group)].filter(([found]) => found.startsWith('(')).length;
}

function numberOf(text: string | undefined): number {
  const number = /^\\(?:g<)?(\d+)>?$/.exec(text ?? '')?.[1];
  if (number === undefined) throw new NoForm('Of groups the number is known: re_find() gives the first.', true);
  return Number(number);
}

/** Python's replacement as RE2 writes it: \1 and \g<1> are $1, \g<name> is ${name}, and a dollar is \$. */
function replacementOf(text: string): string {
  return text.replace(/\$|\\g<(\d+)>|\\g<(\w+)>|\\(\d)/g, (found, number?: string, name?: string, digit?: string) => {
    if (found === '$') return '\\$';
    return name === undefined ? `$${number ?? digit}` : `\${${name}}`;
  });
}
