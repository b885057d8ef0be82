import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { ExpressionFault } from '../../src/playbook/expressions/expression-fault.ts';
import { Language } from '../../src/playbook/expressions/expressions.ts';

const values: JsonObject = {
  host: { name: 'web1', net: '172.7.21.0/24', list: [1, 2, 3] },
  loop: { index: 2 },
  text: 'flannel.1',
  n: 4,
  part: 1.5,
};
const language = Language.create({ HOME: '/root' }).with(Object.keys(values));

function evaluate(text: string): Json {
  return language.compile(text).evaluate((name) => values[name] ?? null);
}

function fault(text: string): ExpressionFault {
  try {
    evaluate(text);
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) return thrown;
    throw thrown;
  }
  throw new Error(`${text} is not wrong`);
}

describe('values cross the border unchanged', () => {
  test.each<[string, Json]>([
    ['n + 1', 5],
    ['part * 2.0', 3],
    ['n / 3', 1],
    ['[n, part, text, null, true, {"a": n}]', [4, 1.5, 'flannel.1', null, true, { a: 4 }]],
    ['host', values.host as Json],
    ['host.list.map(i, i * 10)', [10, 20, 30]],
    ['json("{\\"a\\": [1, 2.5]}").a', [1, 2.5]],
    ['to_json(host.list)', '[1,2,3]'],
    ['duration("90s")', '90s'],
    ['"loop " + string(loop.index)', 'loop 2'],
    ['text.re_match("^flannel[.]\\\\d$")', true],
    ['text.re_match("vxlan")', false],
    ['env("HOME") + env("NOT_SET", "-")', '/root-'],
    ['cidr("fd00::/64").host(-1)', 'fd00::ffff:ffff:ffff:ffff'],
    ['[cidr(host.net).network(), string(cidr("172.7.21.9/24"))]', ['172.7.21.0', '172.7.21.0/24']],
    ['cidr(host.net).prefix() + 1', 25],
    ['cidr(host.net).contains(cidr("172.7.21.128/25"))', true],
    ['host.?missing.orValue("none")', 'none'],
  ])('%s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  test.each(['9007199254740993', 'optional.none()', 'b"abc"', 'type(n)', '1.0 / 0.0'])('%s is refused', (text) => {
    expect(fault(text).code).toBe('expression-failed');
  });
});

describe('functions', () => {
  const net = 'cidr("172.7.21.9/24")';
  test.each<[string, Json]>([
    [
      `[${net}.netmask(), ${net}.broadcast(), ${net}.host(1), ${net}.host(-2)]`,
      ['255.255.255.0', '172.7.21.255', '172.7.21.1', '172.7.21.254'],
    ],
    ['[cidr("0.0.0.0/0").netmask(), cidr("10.0.0.1/32").netmask()]', ['0.0.0.0', '255.255.255.255']],
    [`${net}.subnets(26)`, ['172.7.21.0/26', '172.7.21.64/26', '172.7.21.128/26', '172.7.21.192/26']],
    [
      `[${net}.subnet(26, 1), ${net}.subnet(26, -1), ${net}.next()]`,
      ['172.7.21.64/26', '172.7.21.192/26', '172.7.22.0/24'],
    ],
    ['cidr("fd00::/48").subnet(64, 65535)', 'fd00:0:0:ffff::/64'],
    [
      `[${net}.overlaps("172.7.0.0/16"), ${net}.overlaps(cidr("172.7.22.0/24")), ${net}.contains("172.7.21.200")]`,
      [true, false, true],
    ],
    [
      `[${net} == cidr("172.7.21.0/24"), ip("fd00::1") == ip("fd00:0::1"), ${net} != ${net}.next()]`,
      [true, true, true],
    ],
    ['[ip("10.0.0.255").plus(1), ip("10.0.0.1").plus(-1)]', ['10.0.1.0', '10.0.0.0']],
    ['[ip("fd00::1").version(), cidr("10.0.0.0/8").version()]', [6, 4]],
    [
      '[is_ip("10.0.0.1"), is_ip("010.0.0.1"), is_ip("10.0.0.0/8"), is_ip("fd00::1", 4), is_cidr("10.0.0.0/8"), is_cidr("x/8")]',
      [true, false, false, false, true, false],
    ],
    ['json("{\\"id\\": 14841639068965178418}").id == json("14841639068965178418")', true],
    ['string(json("[\\"n1\\", 14841639068965178418, 9007199254740993e0]")[1])', '14841639068965178418'],
    [
      'json("{\\"__proto__\\": {\\"a\\": 1}, \\"n1\\": \\"9007199254740993\\"}")',
      JSON.parse('{"__proto__": {"a": 1}, "n1": "9007199254740993"}') as Json,
    ],
    ['to_json({"a": [1]}, 2)', '{\n  "a": [\n    1\n  ]\n}'],
    ['"a.b.c".replace(".", "-")', 'a-b-c'],
    ['"1\\n2\\r\\n3\\n".lines()', ['1', '2', '3']],
    ['["7".pad_left(3, "0"), "7".pad_right(3, " "), "long".pad_left(2, "0")]', ['007', '7  ', 'long']],
    ['"mtu 1450 mtu 1500".re_find("mtu ([0-9]+)").orValue("")', '1450'],
    ['"mtu 1450".re_find("x").orValue("none")', 'none'],
    ['"mtu 1450 mtu 1500".re_find_all("[0-9]+")', ['1450', '1500']],
    ['"eth0".re_replace("^eth([0-9])$", "ens$1")', 'ens0'],
    ['[bytes("ab").base64(), base64_decode("YWI=")]', ['YWI=', 'ab']],
    ['sha256("")', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['[range(3), range(2, 4), range(0)]', [[0, 1, 2], [2, 3], []]],
    ['[host.list.first(), host.list.last(), host.list.slice(1, 3)]', [1, 3, [2, 3]]],
    [
      '[[3, 1, 2].sort(), [1, 2].reverse(), ["b", "a"].sort()]',
      [
        [1, 2, 3],
        [2, 1],
        ['a', 'b'],
      ],
    ],
    ['[1, 1.0, "1", {"a": [1]}, {"a": [1]}].distinct()', [1, '1', { a: [1] }]],
    ['[[1], [2, 3]].flatten().sum()', 6],
    ['[[1.5, 2.0].sum(), [2, 1].min(), [2, 1].max()]', [3.5, 1, 2]],
    [
      '[["a", "b"].zip([1, 2]), ["a", "b"].index_of("b"), [1].index_of(2)]',
      [
        [
          ['a', 1],
          ['b', 2],
        ],
        1,
        -1,
      ],
    ],
    ['[{"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items()]', [['a'], [1], [{ key: 'a', value: 1 }]]],
    ['host.merge({"name": "web2"}).select(["name"])', { name: 'web2' }],
    ['{"a": 1, "b": 2}.without(["a", "z"])', { b: 2 }],
    ['host.?none.?deeper.orValue("other")', 'other'],
    ['host[?"none"].or(host.?name).orValue("")', 'web1'],
  ])('%s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });

  test.each<[string, RegExp]>([
    ['[].first()', /empty/],
    ['[].max()', /empty/],
    ['[1, "a"].sort()', /order/],
    ['[1, 1.5].sum()', /fractions/],
    ['[1].slice(0, 2)', /slice\(0, 2\) of a list of 1/],
    ['[1].zip([])', /lists of 1 and of 0/],
    ['range(1000000000)', /10000/],
    ['cidr("fd00::/8").subnets(64)', /10000/],
    ['cidr("10.0.0.0/24").subnets(8)', /prefix length 8/],
    ['cidr("10.0.0.0/24").host(256)', /no address number 256/],
    ['cidr("10.0.0.0/31").broadcast()', /no broadcast/],
    ['cidr("fd00::/64").netmask()', /IPv6/],
    ['cidr("255.255.255.0/24").next()', /no network/],
    ['ip("255.255.255.255").plus(1)', /no address/],
    ['is_ip("10.0.0.1", 5)', /version 5/],
    ['"a".pad_left(1000000000, "b")', /10000/],
    ['"a".replace("", "b")', /nothing to look for/],
    ['base64_decode("?")', /not base64/],
    ['base64_decode("/w==")', /not text/],
    ['"a".re_match(string("("))', /RE2 pattern: this \( is not closed/],
    ['"a".re_replace("a", "$1")', /"\$1" names a group that there is not: the pattern has no groups/],
    ['json("{")', /not JSON/],
    [`json("${'['.repeat(300)}${']'.repeat(300)}")`, /levels/],
    ['host.select(["none"])', /"none", which is not there/],
    ['env("NOT_SET")', /NOT_SET is not set/],
  ])('%s is an error at its place, never null', (text, message) => {
    const found = fault(`"" == "x" || to_json(${text}) != ""`);
    expect(found).toMatchObject({ code: 'expression-failed', offset: 21, width: text.length });
    expect(found.message).toMatch(message);
  });
});

describe('traps of CEL in JavaScript', () => {
  test.each<[string, string, Json]>([
    ['a whole number adds up', 'n + 1', 5],
    ['a negative one too', '-n - 1', -5],
    ['a fraction of YAML that is whole is a whole number', 'whole + 1', 2],
    ['division of whole numbers is whole', '7 / 2', 3],
    ['and of negative ones goes to zero', '-7 / 2', -3],
    ['the largest safe number passes', '9007199254740991', 9007199254740991],
    ['a name with a dash is a subtraction unless it is quoted', 'host["a-b"]', 1],
  ])('%s', (_, text, expected) => {
    const known: JsonObject = { n: 4, whole: 1.0, host: { 'a-b': 1 } };
    const own = Language.create({}).with(Object.keys(known));
    expect(own.compile(text).evaluate((name) => known[name] ?? null)).toEqual(expected);
  });

  test('an input that is a number is a fraction, also where it is whole', () => {
    const own = Language.create({}).withTypes(new Map([['part', 'double']]));
    expect(own.compile('part * 1.5').evaluate(() => 2)).toBe(3);
    expect(() => own.compile('part + 1')).toThrow(/double/);
  });

  test.each<[string, string, RegExp]>([
    ['what cannot be kept exactly is refused', '9007199254740991 + 2', /too large/],
    ['so is what overflows', '9223372036854775807 + 1', /overflow/],
    ['so is division by zero', '1 / 0', /zero/],
    [
      'binding names in each other does not grow without end',
      'cel.bind(a, [1], cel.bind(b, a, cel.bind(c, b, cel.bind(d, c, d))))',
      /three times/,
    ],
    [
      'a result that shares its parts does not grow on its way out',
      'cel.bind(a, range(1000), a.map(x, a.map(y, a)))',
      /parts/,
    ],
    ['bytes.json() is not offered', 'bytes("{}").json()', /json\(\)/],
    ['text in text is asked with contains()', '"a" in text', /not possible/],
    ['an item that is not there', 'host.list[3]', /no item 3/],
  ])('%s', (_, text, message) => {
    expect(fault(text).message).toMatch(message);
  });

  test('only the first thing that is wrong is said', () => {
    expect(fault('nope1 + nope2')).toMatchObject({ code: 'unknown-name', offset: 0 });
  });
});

test('no text makes anything but a fault, and none takes long', () => {
  const bits = [
    ...[
      'host',
      '.',
      'list',
      '[',
      ']',
      '(',
      ')',
      'n',
      '"a"',
      "'",
      '+',
      '-',
      '&&',
      '?',
      ':',
      ',',
      '{',
      '}',
      '|',
      '!',
      '1',
      '1.5',
    ],
    ...[
      '.map(a, ',
      '.filter(a, ',
      'cel.bind(a, ',
      '.flatten()',
      '.sort()',
      'range(9999)',
      '.join(",")',
      '.re_match("(a+)+$")',
      ' and ',
    ],
    ...[
      ' is defined',
      ' | default(',
      ' if ',
      ' else ',
      '~',
      '{%',
      '{#',
      'json(',
      'cidr(',
      '.?',
      '.orValue(',
      'loop.index',
      'duration("1s")',
    ],
    ...[
      'timestamp("2024-01-01T00:00:00Z").getHours("No")',
      'b"\\xff"',
      '.lines()',
      '.zip(',
      '.items()',
      '.pad_left(9, "a")',
      '\0',
      'é',
    ],
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 4 })), { maxLength: 25 });
  fc.assert(
    fc.property(text, (parts) => {
      const started = performance.now();
      try {
        evaluate(parts.join(''));
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(ExpressionFault);
        const { code, offset, width, message } = thrown as ExpressionFault;
        expect(codes).toContain(code);
        expect([offset >= 0, width >= 1, message !== '']).toEqual([true, true, true]);
      }
      expect(performance.now() - started).toBeLessThan(3_000);
    }),
    { numRuns: 1_500 },
  );
});

const codes = [
  ...['expression', 'expression-failed', 'unknown-name', 'unknown-function', 'wrong-type', 'no-such-key'],
  ...['unsafe-function', 'too-deep'],
];

describe('what is wrong is said with its place', () => {
  test.each<[string, string, number, RegExp]>([
    ['1 + hots.name', 'unknown-name', 4, /"host"/],
    ['host.nam', 'no-such-key', 5, /"name"/],
    ['loop.indx', 'no-such-key', 5, /"index"/],
    ['sise(text)', 'unknown-function', 0, /"size"/],
    ['cidr(host.net).host(1).foo()', 'unknown-function', 0, /./],
    ['n + part', 'expression-failed', 0, /double\(\.\.\.\)/],
    ['text.matches("(a+)+$")', 'unsafe-function', 5, /re_match/],
    ['[1].map(a, [1].map(b, [1].map(c, c)))', 'too-deep', 0, /variables/],
    ['n == 1 and n == 2', 'expression', 7, /&&/],
    ['n == 1 or n == 2', 'expression', 7, /\|\|/],
    ['not n', 'expression', 4, /!/],
    ['text is defined', 'expression', 5, /Always there: "text"\. In CEL: true/],
    ['text | default("x")', 'expression', 5, /In CEL: text$/],
    ['1 if n else 2', 'expression', 2, /n \? 1 : 2/],
    ['True', 'unknown-name', 0, /In CEL: true/],
    ['.Names', 'expression', 0, /two braces/],
    ['', 'expression', 0, /./],
  ])('%s', (text, code, offset, hint) => {
    const found = fault(text);
    expect(found).toMatchObject({ code, offset });
    expect(found.hint ?? found.message).toMatch(hint);
  });

  test('a hostile pattern or a hostile depth ends quickly', () => {
    const started = performance.now();
    expect(evaluate(`"${'a'.repeat(5_000)}!".re_match("^(a+)+$")`)).toBe(false);
    expect(fault('('.repeat(50_000)).code).toBe('expression');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('no name reaches into the controller', () => {
    for (const text of ['host.constructor', 'host.__proto__', 'text.constructor', 'constructor', 'process', 'this']) {
      expect(fault(text).code).toMatch(/^(no-such-key|unknown-name|expression.*|wrong-type)$/);
    }
  });
});

test('the names that an expression reads leave out those that it binds itself', () => {
  const { names, paths } = language.compile('host.list.exists(n, n == loop.index) && cel.bind(text, 1, text > 0)');
  expect(new Set(names.keys())).toEqual(new Set(['host', 'loop']));
  expect(paths).toContainEqual({ name: 'loop', steps: [{ key: 'index', offset: 30, width: 5 }] });
});
