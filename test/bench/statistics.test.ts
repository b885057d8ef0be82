import { describe, expect, it } from 'vitest';
import { ratios, rotated, spread } from '../../bench/statistics.ts';

describe('spread', () => {
  it.each([
    { name: 'an odd number of them', numbers: [3, 1, 2], want: { median: 2, min: 1, max: 3 } },
    { name: 'an even number of them', numbers: [4, 1, 2, 10], want: { median: 3, min: 1, max: 10 } },
    { name: 'one', numbers: [7], want: { median: 7, min: 7, max: 7 } },
    { name: 'not sorted as text', numbers: [10, 9, 100], want: { median: 10, min: 9, max: 100 } },
  ])('of $name', ({ numbers, want }) => {
    expect(spread(numbers)).toEqual(want);
  });

  it('of nothing is an error, not a zero', () => {
    expect(() => spread([])).toThrow(RangeError);
  });
});

describe('ratios', () => {
  it('are taken round by round', () => {
    expect(ratios([6, 8], [2, 1])).toEqual([3, 8]);
  });

  it('need as many rounds of both', () => {
    expect(() => ratios([6, 8], [2])).toThrow(RangeError);
  });
});

it('each side is first in turn, and none is left out', () => {
  const rounds = [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''));
  expect(rounds).toEqual(['abc', 'bca', 'cab', 'abc']);
});
