import { expect, test } from 'vitest';
import { readExtraVars } from '../../../src/cli/extra-vars.ts';
import { limitPatterns } from '../../../src/cli/limit.ts';

const files: Readonly<Record<string, string>> = {
  '/w/v.yml': 'a: on\nb:\n  c: [1, x]\n',
  '/w/v.json': '{"a": 1e3}',
  '/w/bad.yml': 'a: 1\nb: 2\na: 3\n',
  '/w/list.yml': '- a\n',
  '/w/hosts': 'w1\n# no\n\n  !w2\n',
};
const read = (path: string) => files[path];
const vars = (...options: string[]) => readExtraVars(options, { read }, '/w');

test('-e takes name=value as text, and maps with types; the last one wins', () => {
  expect(vars('a=1', 'b=x=y', '{"c": {"d": 2}}', '{c: 3, e: [1]}', 'a=two').values).toEqual({
    ...{ a: 'two', b: 'x=y', c: 3, e: [1] },
  });
});

test('several in one, quotes, and a text with spaces', () => {
  expect(vars('a=1 b="x y" c=\'z\'').values).toEqual({ a: '1', b: 'x y', c: 'z' });
  expect(vars('a=hello to the world').values).toEqual({ a: 'hello to the world' });
  expect(vars('a=1 2').values).toEqual({ a: '1 2' });
  expect(vars('q="a \\"b\\""').values).toEqual({ q: 'a "b"' });
});

test('files, YAML as Ansible types it and JSON', () => {
  expect(vars('@v.yml', 'z=1').values).toEqual({ a: true, b: { c: [1, 'x'] }, z: '1' });
  expect(vars('@/w/v.json').values).toEqual({ a: 1000 });
});

test('where each is written', () => {
  const { spot, texts } = vars('x=1 y=2', '@v.yml');
  expect(spot('y', [])).toEqual({ file: '-e', line: 1, column: 7, source: 'x=1 y=2', width: 1 });
  expect(spot('b', ['c', 1])).toEqual({ file: '/w/v.yml', line: 3, column: 10, source: '  c: [1, x]', width: 1 });
  expect([...texts]).toEqual(['x', 'y']);
});

test.each([
  ['noequals', 'not understood'],
  ['1x=2', 'not understood'],
  ['[1]', 'not understood'],
  ['{a: &x 1, b: *y}', 'no anchor'],
  ['{a: 1, a: 2}', '-e:1:8: error yaml: the same key'],
  ['@nothing.yml', 'there is no file /w/nothing.yml'],
  ['@bad.yml', '/w/bad.yml:3:1: error yaml: the same key'],
  ['@list.yml', 'must be a map'],
  ['{"__proto__": 1}', '__proto__'],
])('-e %s', (option, says) => {
  expect(() => vars(option)).toThrow(says);
});

test('--limit takes patterns from files', () => {
  const patterns = (limit: string) => limitPatterns(limit, { read }, '/w').filter((part) => !/^[,:]?$/.test(part));
  expect(patterns('@hosts')).toEqual(['w1', '!w2']);
  expect(patterns('web:@hosts,db')).toEqual(['web', 'w1', '!w2', ',db']);
  expect(patterns('web:!db')).toEqual(['web:!db']);
  expect(() => patterns('@none')).toThrow('--limit @none: there is no file /w/none');
});
