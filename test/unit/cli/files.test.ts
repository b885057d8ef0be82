import { expect, test } from 'vitest';
import { type Files, noted, noting, notingEnv } from '../../../src/cli/files.ts';

test('what was read is enough to read it again: texts, folders, and what was not there', () => {
  const files: Files = {
    read: (path: string) => (path === 'a' ? 'text' : undefined),
    list: (folder: string) => (folder === 'd' ? ['x'] : undefined),
    run: (path: string, args: readonly string[]) => (path === 's' ? args.join() : undefined),
  };
  const { files: watched, texts, folders } = noting(files);
  const asked = (from: Files) => [
    from.read('a'),
    from.read('b'),
    from.list('d'),
    from.list('e'),
    from.run('s', ['-l']),
  ];
  const first = asked(watched);
  expect(asked(noted(texts, folders))).toEqual(first);
  expect(texts).toEqual({ a: 'text', b: null, 's -l': '-l' });
  expect(noted(texts, folders).read('never asked')).toBeUndefined();
});

test('of the environment only what was asked for is noted', () => {
  const { env, asked } = notingEnv({ WANTED: 'yes', OTHER: 'no' });
  expect([env.WANTED, env.MISSING]).toEqual(['yes', undefined]);
  expect(asked).toEqual({ WANTED: 'yes' });
});
