import type { BadPlaybook } from './row.ts';

/** Expressions: how they are written, and what they come to. */
export const expressions: readonly BadPlaybook[] = [
  {
    name: 'an unknown function',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ cidrr(pod_cidr).host(1) }}" }\n',
    error: {
      at: '3:34',
      width: 15,
      code: 'unknown-function',
      message: 'there is no function "cidrr"',
      hint: 'Did you mean "cidr"?',
    },
  },
  {
    name: 'and for &&',
    text: '- hosts: flannel\n  tasks:\n    - when: number > 1 and number < 3\n      verify_ping: { target: a }\n',
    error: {
      at: '3:24',
      width: 3,
      code: 'expression',
      message: "unexpected character: 'd'",
      hint: 'In CEL: number > 1 && number < 3',
    },
  },
  {
    name: 'a filter',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip | default(1) }}" }\n',
    error: {
      at: '3:41',
      width: 1,
      code: 'expression',
      message: 'unexpected character: |',
      hint: 'In CEL: host.?pod_ip.orValue(1)',
    },
  },
  {
    name: 'is defined',
    text: '- hosts: flannel\n  tasks:\n    - when: pod_ip is defined\n      verify_ping: { target: a }\n',
    error: {
      at: '3:20',
      width: 2,
      code: 'expression',
      message: "unexpected character: 's'",
      hint: 'In CEL: has(host.pod_ip)',
    },
  },
  {
    name: 'a dash in a name',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ hostvars.hdss7-12.ansible_host }}" }\n',
    error: {
      at: '3:52',
      width: 12,
      code: 'wrong-type',
      message: "cannot index type 'int'",
      hint: 'With a dash in it, write hostvars["hdss7-12"].',
    },
  },
  {
    name: 'matches()',
    text: '- hosts: flannel\n  tasks:\n    - when: pod_ip.matches("(a+)+")\n      verify_ping: { target: a }\n',
    error: {
      at: '3:20',
      width: 7,
      code: 'unsafe-function',
      message: 'matches() is not offered: some patterns never end',
      hint: 'Use re_match(): text.re_match("^flannel[.]") finds an RE2 pattern anywhere in the text.',
    },
  },
  {
    name: 'braces in when',
    text: '- hosts: flannel\n  tasks:\n    - when: "{{ number > 1 }}"\n      verify_ping: { target: a }\n',
    error: {
      at: '3:14',
      width: 16,
      code: 'braces',
      message: '"when" is an expression already',
      hint: 'Write it without braces: number > 1',
    },
  },
  {
    name: 'when that is no condition',
    text: '- hosts: flannel\n  tasks:\n    - when: \'"yes" + "no"\'\n      verify_ping: { target: a }\n',
    error: { at: '3:13', width: 14, code: 'wrong-type', message: 'this must be true or false, and is of type string' },
  },
  {
    name: 'when that comes to a number',
    text: '- hosts: flannel\n  tasks:\n    - when: number\n      verify_ping: { target: a }\n',
    error: { at: '3:13', width: 6, code: 'wrong-type', message: 'this must be true or false, and is 21' },
  },
  {
    name: 'a wrong address in a function',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ cidr(pod_ip).host(1) }}" }\n',
    error: {
      at: '3:34',
      width: 12,
      code: 'expression-failed',
      message: '"172.7.21.2" is not a network: the prefix length is missing, as in /24',
    },
  },
  {
    name: 'adding text to a number',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip + number }}" }\n',
    error: {
      at: '3:34',
      width: 15,
      code: 'expression-failed',
      message: 'string + int is not possible',
      hint: 'To join text, convert the other value with string(...).',
    },
  },
  {
    name: 'an environment variable that is not set',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ env(\'TARGET\') }}" }\n',
    error: { at: '3:34', width: 13, code: 'expression-failed', message: 'the environment variable TARGET is not set' },
  },
  {
    name: 'too many macros in each other',
    text: '- hosts: flannel\n  tasks:\n    - when: "[1].all(a, [1].all(b, [1].all(c, a == c)))"\n      verify_ping: { target: a }\n',
    error: {
      at: '3:14',
      width: 1,
      code: 'too-deep',
      message: 'map, filter, all and exists may stand in each other only twice',
      hint: 'Split it over variables.',
    },
  },
  {
    name: 'one = for two',
    text: '- hosts: flannel\n  tasks:\n    - when: \'pod_ip = "a"\'\n      verify_ping: { target: a }\n',
    error: {
      at: '3:21',
      width: 1,
      code: 'expression',
      message: 'unexpected character: =',
      hint: 'Write == to compare.',
    },
  },
  {
    name: 'not for !',
    text: "- hosts: flannel\n  tasks:\n    - when: 'not (number > 1)'\n      verify_ping: { target: a }\n",
    error: {
      at: '3:14',
      width: 16,
      code: 'unknown-function',
      message: 'there is no function "not"',
      hint: 'In CEL: !(number > 1)',
    },
  },
  {
    name: 'a bracket of an expression that is not closed',
    text: "- hosts: flannel\n  tasks:\n    - when: 'number in [1, 2'\n      verify_ping: { target: a }\n",
    error: { at: '3:28', width: 1, code: 'expression', message: 'expected RBRACKET, got EOF' },
  },
  {
    name: 'a quote of an expression that is not closed',
    text: "- hosts: flannel\n  tasks:\n    - when: 'pod_ip == \"a'\n      verify_ping: { target: a }\n",
    error: { at: '3:24', width: 2, code: 'expression', message: 'unterminated string' },
  },
  {
    name: 'an expression that ends too early',
    text: "- hosts: flannel\n  tasks:\n    - when: 'number >'\n      verify_ping: { target: a }\n",
    error: { at: '3:21', width: 1, code: 'expression', message: 'unexpected end of the expression' },
  },
  {
    name: 'an expression that is empty',
    text: "- hosts: flannel\n  tasks:\n    - when: ''\n      verify_ping: { target: a }\n",
    error: { at: '3:13', width: 2, code: 'expression', message: 'unexpected end of the expression' },
  },
  {
    name: 'a number that is compared with text',
    text: '- hosts: flannel\n  tasks:\n    - when: \'number > "3"\'\n      verify_ping: { target: a }\n',
    error: { at: '3:14', width: 12, code: 'expression-failed', message: 'int > string is not possible' },
  },
  {
    name: 'a condition that is a sum',
    text: "- hosts: flannel\n  tasks:\n    - when: 'number + 1'\n      verify_ping: { target: a }\n",
    error: { at: '3:13', width: 12, code: 'wrong-type', message: 'this must be true or false, and is of type int' },
  },
  {
    name: 'the size of a number',
    text: "- hosts: flannel\n  tasks:\n    - when: 'size(number) > 0'\n      verify_ping: { target: a }\n",
    error: { at: '3:14', width: 12, code: 'wrong-type', message: '"size" does not take (int)' },
  },
  {
    name: 'a misspelt method',
    text: '- hosts: flannel\n  tasks:\n    - when: \'pod_ip.startWith("172")\'\n      verify_ping: { target: a }\n',
    error: {
      at: '3:14',
      width: 23,
      code: 'unknown-function',
      message: 'there is no function "startWith"',
      hint: 'Did you mean "startsWith"?',
    },
  },
  {
    name: 'a condition that is yes',
    text: "- hosts: flannel\n  tasks:\n    - when: 'yes'\n      verify_ping: { target: a }\n",
    error: {
      at: '3:14',
      width: 3,
      code: 'unknown-name',
      message: '"yes" is not known here',
      hint: 'Write true: in YAML 1.2 "yes" is text.',
    },
  },
  {
    name: 'a condition that is no',
    text: "- hosts: flannel\n  tasks:\n    - when: 'no'\n      verify_ping: { target: a }\n",
    error: {
      at: '3:14',
      width: 2,
      code: 'unknown-name',
      message: '"no" is not known here',
      hint: 'Write false: in YAML 1.2 "no" is text.',
    },
  },
  {
    name: 'in for a part of text',
    text: '- hosts: flannel\n  tasks:\n    - when: \'"a" in pod_ip\'\n      verify_ping: { target: a }\n',
    error: {
      at: '3:14',
      width: 13,
      code: 'expression-failed',
      message: 'string in string is not possible',
      hint: 'Is it part of a text: text.contains("part").',
    },
  },
  {
    name: 'a choice that comes to text',
    text: '- hosts: flannel\n  tasks:\n    - when: \'number == 21 ? true : "no"\'\n      verify_ping: { target: a }\n',
    error: {
      at: '3:14',
      width: 26,
      code: 'wrong-type',
      message: "ternary branches must have the same type, got 'bool' and 'string'",
    },
  },
  {
    name: 'braces inside of a condition',
    text: "- hosts: flannel\n  tasks:\n    - when: 'host.number > {{ number }}'\n      verify_ping: { target: a }\n",
    error: {
      at: '3:28',
      width: 12,
      code: 'braces',
      message: '"when" is an expression already',
      hint: 'Write it without braces: host.number > number',
    },
  },
  {
    name: 'a filter in a condition',
    text: "- hosts: flannel\n  tasks:\n    - when: 'number | int > 3'\n      verify_ping: { target: a }\n",
    error: {
      at: '3:21',
      width: 1,
      code: 'expression',
      message: 'unexpected character: |',
      hint: 'In CEL: int(number) > 3',
    },
  },
  {
    name: 'a test of Jinja',
    text: '- hosts: flannel\n  tasks:\n    - when: \'pod_ip is match("172")\'\n      verify_ping: { target: a }\n',
    error: {
      at: '3:21',
      width: 2,
      code: 'expression',
      message: "unexpected character: 's'",
      hint: 'In CEL: pod_ip.re_match("^172")',
    },
  },
  {
    name: 'True for true',
    text: "- hosts: flannel\n  tasks:\n    - when: 'number == True'\n      verify_ping: { target: a }\n",
    error: {
      at: '3:24',
      width: 4,
      code: 'unknown-name',
      message: '"True" is not known here',
      hint: 'In CEL: number == true',
    },
  },
  {
    name: 'a division by nothing',
    text: "- hosts: flannel\n  tasks:\n    - when: 'number / 0 > 1'\n      verify_ping: { target: a }\n",
    error: { at: '3:14', width: 10, code: 'expression-failed', message: 'division by zero' },
  },
  {
    name: 'a list of conditions, the second with braces',
    text: '- hosts: flannel\n  tasks:\n    - when:\n        - number > 1\n        - "{{ number > 1 }}"\n      verify_ping: { target: a }\n',
    error: {
      at: '5:12',
      width: 16,
      code: 'braces',
      message: '"when" is an expression already',
      hint: 'Write it without braces: number > 1',
    },
  },
  {
    name: 'a fraction and a whole number',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ string(number * 1.5) }}" }\n',
    error: {
      at: '3:41',
      width: 12,
      code: 'expression-failed',
      message: 'int * double is not possible',
      hint: 'Whole numbers and fractions do not mix: convert one with double(...) or int(...).',
    },
  },
  {
    name: 'a part of text behind its end',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip.substring(99) }}" }\n',
    error: {
      at: '3:34',
      width: 20,
      code: 'expression-failed',
      message: 'string.substring(start, end): start index out of range',
    },
  },
  {
    name: 'text that is no number',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: a, count: "{{ int(pod_ip) }}" }\n',
    error: { at: '3:44', width: 11, code: 'expression-failed', message: 'int() type error: cannot convert to int' },
  },
  {
    name: 'text that is no JSON',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ json(pod_ip).a }}" }\n',
    error: { at: '3:34', width: 12, code: 'expression-failed', message: 'json() was given text that is not JSON' },
  },
  {
    name: 'a pattern of an expression that is none',
    text: "- hosts: flannel\n  tasks:\n    - verify_ping: { target: \"{{ pod_ip.re_replace('(', '') }}\" }\n",
    error: { at: '3:34', width: 26, code: 'expression-failed', message: '"(" is not an RE2 pattern' },
  },
  {
    name: 'an address outside of its network',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ string(cidr(pod_cidr).host(300)) }}" }\n',
    error: { at: '3:41', width: 24, code: 'expression-failed', message: '172.7.21.0/24 has no address number 300' },
  },
  {
    name: 'a function with too few arguments',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ cidr() }}" }\n',
    error: { at: '3:34', width: 6, code: 'wrong-type', message: '"cidr" does not take ()' },
  },
  {
    name: 'the first item of nothing',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ [].first() }}" }\n',
    error: { at: '3:34', width: 10, code: 'expression-failed', message: 'first() was asked of an empty list' },
  },
  {
    name: 'a method that is a function',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip.json() }}" }\n',
    error: {
      at: '3:41',
      width: 4,
      code: 'unsafe-function',
      message: 'json() is not called on a value',
      hint: 'Write json(text).',
    },
  },
  {
    name: 'names given in each other too deeply',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ cel.bind(a, 1, cel.bind(b, 2, cel.bind(c, 3, cel.bind(d, 4, string(a + b + c + d))))) }}" }\n',
    error: {
      at: '3:34',
      width: 1,
      code: 'too-deep',
      message: 'cel.bind may stand in each other only three times',
      hint: 'Split it over variables.',
    },
  },
  {
    name: 'a filter that nothing stands for',
    text: '- hosts: flannel\n  tasks:\n    - verify_ping: { target: "{{ pod_ip | password_hash }}" }\n',
    error: {
      at: '3:41',
      width: 1,
      code: 'expression',
      message: 'unexpected character: |',
      hint: 'There are no filters, and no function does what "password_hash" does.',
    },
  },
];
