import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../src/core/mask.ts';
import { firstMatch } from '../../src/modules/shared/patterns.ts';
import { toldApart } from '../../src/playbook/tasks/entered.ts';
import { itemText } from '../../src/playbook/tasks/loop.ts';

describe('of a secret that is cut in two nothing is left', () => {
  const secret = 'S3cretPassword-xyz-0123456789';

  test.each([
    ['by the label of a turn', (before: string) => itemText({ before, of: [secret], rest: 'more'.repeat(20) })],
    ['by what an answer is searched for', (before: string) => firstMatch(`${before}${before}${secret}`, '.*') ?? ''],
  ])('%s', (_, shortened) => {
    const lengths = Array.from({ length: 120 }, (_, i) => i);
    const texts = lengths.map((length) => shortened('-'.repeat(length)));
    expect(texts.some((text) => text.includes('S3cret') && !text.includes(secret))).toBe(true);
    for (const text of texts) expect(maskSecrets(text, [secret])).not.toContain('S3cr');
  });
});

test.each([
  [
    ['x', 'y', 'x'],
    ['x', 'y', 'x (2)'],
  ],
  [
    ['x', 'x', 'x (2)'],
    ['x', 'x (3)', 'x (2)'],
  ],
  [
    ['x (2)', 'x (2)', 'x', 'x', 'x'],
    ['x (2)', 'x (2) (2)', 'x', 'x (3)', 'x (4)'],
  ],
])('turns that are shown as %j are told apart as %j', (items, apart) => {
  const steps = items.map((item) => ({ host: 'a', on: 'a', args: {}, item }));
  expect(toldApart(steps).map(({ item }) => item)).toEqual(apart);
});
