import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/core/nearest.ts';

const known = ['supervisor', 'process', 'route', 'verify_ping', 'when'];

test.each([
  ['supervisr', 'supervisor'],
  ['Route', 'route'],
  ['prcoess', 'process'],
  ['verfy_png', 'verify_ping'],
  ['wen', 'when'],
  ['iptables', undefined],
  ['', undefined],
])('%s is nearest to %s', (word, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test('a hint, or none', () => {
  expect(didYouMean('rout', known)).toBe('Did you mean "route"?');
  expect(didYouMean('x'.repeat(10_000), known)).toBeUndefined();
});
