import { describe, expect, test } from 'vitest';
import { re2Fault } from '../../src/core/re2-fault.ts';

describe('what is wrong with a pattern is said in words, with its place', () => {
  test.each<[string, string, RegExp, RegExp]>([
    ['a(?=b)', '(?=', /a lookahead, \(\?=, is not supported/, /with a group/],
    ['[(?=]x(?!b)', '(?!', /a lookahead/, /with a group/],
    ['\\(?=a(?<=b)', '(?<=', /a lookbehind/, /with a group/],
    ['(?<!a)b', '(?<!', /a lookbehind/, /with a group/],
    ['(a)\\1', '\\1', /a back reference, \\1, is not supported/, /compare them/],
    ['(?P<n>a)(?P=n)', '(?P=n)', /a back reference/, /compare them/],
    ['(?<n>a)\\k<n>', '\\k<n>', /a back reference/, /compare them/],
    ['(?>a)', '(?>', /an atomic group/, /\(\?:/],
    ['a++', '++', /a possessive repetition/, /second \+/],
    ['(a)(?(1)b|c)', '(?(', /a condition/, /one\|other/],
    ['a(?#x)', '(?#x)', /a comment/, /Leave it out/],
    ['(?x) a', '(?x)', /blanks and comments/, /without x/],
    ['a\\Z', '\\Z', /\\Z is not known/, /\\z/],
    ['\\u00e9', '\\u00e9', /\\u00e9 is not known/, /\\x\{00e9\}/],
    ['\\h', '\\h', /\\h is not known/, /\[ \\t\]/],
    ['\\y', '\\y', /\\y is not known/, /without the backslash/],
    ['a(b', '(', /this \( is not closed/, /\[\(\]/],
    ['(a))', ')', /this \) closes nothing/, /\[\)\]/],
    ['x[a', '[', /this \[ is not closed/, /\\\[/],
    ['a|*', '*', /nothing stands before \* that could be repeated/, /\.\*/],
    ['a**', '**', /\*\* repeats twice/, /Leave one out/],
    ['a{1001}', '{1001}', /\{1001\} cannot be repeated so/, /at most 1000/],
    ['[z-a]', 'z-a', /z-a is no class/, /\[a-z\]/],
    ['a\\', '\\', /nothing stands behind the last/, /\\\\/],
    ['(?P<n', '(?P<n', /name of a group/, /\(\?P<name>/],
    ['(?P<n>a)(?P<n>b)', 'n', /two groups "n"/, /another name/],
    ['(?z)', '(?z', /\(\?z is not supported/, /grep -E/],
  ])('%s', (pattern, part, message, hint) => {
    const fault = re2Fault(pattern);
    expect(fault?.message).toMatch(message);
    expect(fault?.hint).toMatch(hint);
    expect(pattern.slice(fault?.offset, (fault?.offset ?? 0) + (fault?.width ?? 0))).toBe(part);
  });

  test.each(['a', '(?i)a(?:b|c)+?', '(?<n>x)', '[(?=]', '\\\\1', '\\(?=', '[[:alpha:]]\\pL$'])(
    '%s is one',
    (pattern) => {
      expect(re2Fault(pattern)).toBeUndefined();
    },
  );
});
