/** Of some numbers: the middle one, the least and the greatest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws RangeError when there are no numbers. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  const high = sorted[Math.floor(sorted.length / 2)];
  if (min === undefined || max === undefined || low === undefined || high === undefined)
    throw new RangeError('no numbers');
  return { median: (low + high) / 2, min, max };
}

/** `ours` by `theirs`, round by round, so that what slows the machine for a while slows both. */
export function ratios(theirs: readonly number[], ours: readonly number[]): number[] {
  if (theirs.length !== ours.length)
    throw new RangeError(`${theirs.length} rounds of one, ${ours.length} of the other`);
  return theirs.map((number, round) => number / (ours[round] ?? Number.NaN));
}

/** The order of one round: each side is first in turn, so that none always follows the same one. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const first = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
