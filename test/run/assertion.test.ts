import { describe, expect, test } from 'vitest';
import type { Asserted } from '../../src/core/module.ts';
import type { Section, Task } from '../../src/core/play.ts';
import { assert } from '../../src/modules/assert.ts';
import { play, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

const hosts = ['a', 'b'] as const;
const world = () => new SmallWorld({ a: { x: 1 }, b: { x: 1 } });
const change = (more: Partial<Task> = {}) => task('tasks', value, { name: 'x', value: 2 }, more);

/** Holds where `holds` says so of a host and of what is registered there as `r`. */
function asserting(section: Section, holds: (host: string, r: unknown) => boolean, more: Partial<Task> = {}): Task {
  return {
    ...task(section, assert, { name: 'x' }, more),
    resolve: (host, registered) => {
      const r = registered.get(host)?.r as { changed: boolean } | undefined;
      const values = [['r.changed', r?.changed]] as const;
      const asserted: Asserted = {
        conditions: 1,
        ...(holds(host, r) ? {} : { unmet: { text: 'r.changed', values } }),
      };
      return { steps: [{ host, on: host, args: { that: 'r.changed' }, asserted }] };
    },
  };
}

const ends = ({ events }: Awaited<ReturnType<typeof run>>, phase: string) =>
  events.flatMap((event) => (event.type === 'step_ended' && event.phase === phase ? [event] : []));

describe('an assertion', () => {
  test('runs no command', async () => {
    const small = world();
    const result = await run(small, [play(hosts, [asserting('verify', () => true)])], { mode: 'audit' });
    expect(result).toMatchObject({ exit: 0 });
    expect(small.log).toEqual([]);
    expect(ends(result, 'verify')).toMatchObject([
      { status: 'ok', because: 'it holds' },
      { status: 'ok', because: 'it holds' },
    ]);
  });

  test('refuses a play that requires it, before anything is touched', async () => {
    const small = world();
    const result = await run(small, [play(hosts, [asserting('require', (host) => host === 'a'), change()])]);
    expect(result).toMatchObject({ exit: 2, because: expect.stringContaining('r.changed does not hold') });
    expect(sets(small)).toEqual([]);
  });

  test('undoes a change after which it does not hold', async () => {
    const small = world();
    const after = asserting('verify', (host) => host === 'a');
    expect(await run(small, [play(hosts, [change(), after])])).toMatchObject({ ending: 'undone', exit: 3 });
    expect(small.snapshot()).toEqual({ a: { x: 1 }, b: { x: 1 } });
  });

  test('gates what comes after it in "tasks", by what was registered', async () => {
    const small = world();
    const gate = asserting('tasks', (_, r) => (r as { changed: boolean } | undefined)?.changed === false, {
      reads: ['r'],
    });
    const later = task('tasks', value, { name: 'y', value: 1 });
    const result = await run(small, [play(hosts, [change({ register: 'r' }), gate, later])]);
    expect(result).toMatchObject({
      ending: 'undone',
      because: expect.stringContaining('r.changed does not hold: r.changed is true'),
    });
    expect(sets(small).filter((line) => line.includes('set y'))).toEqual([]);
  });
});

describe('in a plan', () => {
  test('it is asked also after what would change: no host is looked at', async () => {
    const result = await run(world(), [play(hosts, [change(), asserting('tasks', () => true)])], { mode: 'check' });
    expect(ends(result, 'plan').map(({ status }) => status)).toEqual(['change', 'change', 'ok', 'ok']);
  });

  test('it depends on the result of what has not been done', async () => {
    const gate = asserting('tasks', () => false, { reads: ['r'] });
    const result = await run(world(), [play(hosts, [change({ register: 'r' }), gate])], { mode: 'check' });
    expect(ends(result, 'plan').map(({ status }) => status)).toEqual(['change', 'change', 'depends', 'depends']);
    expect(result.exit).toBe(5);
  });

  test('one that cannot hold refuses the play', async () => {
    const small = world();
    const result = await run(small, [play(hosts, [change(), asserting('tasks', () => false)])]);
    expect(result).toMatchObject({ exit: 2, because: expect.stringContaining('r.changed does not hold') });
    expect(sets(small)).toEqual([]);
  });
});

test('secrets are masked in what it tells, also one that was cut', async () => {
  const secret = 'correct horse battery staple';
  const told = { text: 'name != "x"', values: [['name', `${'y'.repeat(108)}${secret}`]] as const };
  const telling: Task = {
    ...task('verify', assert, { name: 'x' }),
    resolve: (host) => ({ steps: [{ host, on: host, args: {}, asserted: { conditions: 1, unmet: told } }] }),
  };
  const result = await run(world(), [play(['a'], [telling])], { mode: 'audit', secrets: [secret] });
  expect(JSON.stringify(result.events)).toContain('name is ');
  expect(JSON.stringify(result.events)).not.toContain('corr');
});
