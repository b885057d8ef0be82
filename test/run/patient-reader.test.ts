import { expect, test } from 'vitest';
import { check, play, run, SmallWorld, sets, sharedValue, task } from '../support/small-world.ts';

const config = { name: 'config', value: 2 };
const change = play(
  ['a'],
  [task('tasks', sharedValue, config), task('verify', check, { name: 'config', value: 'other than it is' })],
);

/** The store answers as if it were starting, so many times after it was written. */
function starting(times: number): { readonly it: SmallWorld; readonly asked: () => number } {
  const it = new SmallWorld({ a: { config: 1 } });
  let asked = 0;
  let left = times;
  it.fault = (_, { argv }) => {
    if (argv[0] !== 'get' || !it.log.includes('a: ask config')) return undefined;
    asked += 1;
    left -= 1;
    return left >= 0 ? 'fail' : undefined;
  };
  return { it, asked: () => asked };
}

test('what cannot tell its state just then is asked again, and put back when it can', async () => {
  const { it } = starting(2);
  const result = await run(it, [change]);
  expect(result.ending).toBe('undone');
  expect(it.snapshot()).toEqual({ a: { config: 1 } });
  const warned = result.events.flatMap((event) => (event.type === 'warned' ? [event.message] : []));
  expect(warned).toContain(
    'a: shared cannot tell its state just now; it is asked again for 4 s: shared could not be read: it broke',
  );
});

test('what never answers is in doubt, and is waited for only once', async () => {
  const { it, asked } = starting(Number.POSITIVE_INFINITY);
  const twice = play(['a'], [task('tasks', sharedValue, { name: 'first', value: 2 }), ...change.tasks]);
  const result = await run(it, [twice]);
  expect(result).toMatchObject({ ending: 'unsure', exit: 4 });
  expect(sets(it)).toEqual(['a: set first 2', 'a: set config 2']);
  expect(asked()).toBe(4);
});

test('another Ctrl-C ends the waiting', async () => {
  const { it, asked } = starting(Number.POSITIVE_INFINITY);
  const result = await run(it, [change], { hurry: AbortSignal.abort() });
  expect(result.ending).toBe('unsure');
  expect(asked()).toBe(1);
});
