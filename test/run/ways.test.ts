import { beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { Module, Resource } from '../../src/core/module.ts';
import type { Way } from '../../src/core/way.ts';
import { play, program, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

/** Leads over a device: a way over it is cut when it goes. */
const road: Module = {
  ...(value as Resource),
  name: 'road',
  cuts: ({ device, purpose }: Way, from: Json, to: Json) =>
    to === `no ${device}` || (from === to && to === 'others') ? `${device} goes, ${purpose}` : undefined,
};
const store: Module = { ...(value as Resource), name: 'store', reaches: () => ['127.0.0.1', '10.0.0.9'] };
const moduleNamed = (name: string): Module | undefined => [road, store, program, value].find((m) => m.name === name);

const hosts = ['a', 'b'];
let world: SmallWorld;
beforeEach(() => {
  world = new SmallWorld({ a: { r: 'eth0', s: 1 }, b: { r: 'eth0', s: 1 } });
  world.ssh = { peer: '10.0.0.1', own: '10.0.0.21' };
  world.waysAnswer = (host) => `=== 10.0.0.1
get unicast 10.0.0.1 from 10.0.0.21 via 10.0.0.254 dev ${host === 'a' ? 'eth0' : 'eth1'} table main uid 0
match unicast default via 10.0.0.254 dev eth0 table main
=== 10.0.0.9
get unicast 10.0.0.9 dev eth9 table main src 10.0.0.21 uid 0
`;
});

const asked = () => world.log.filter((line) => line.includes(': ways '));
const takes = (to: string, more = {}) => task('tasks', road, { name: 'r', value: to }, more);
const guarded = { guardSeconds: 8 };

describe('a step that would cut a way', () => {
  test('is refused at plan time on its host, and nothing is touched', async () => {
    const result = await run(world, [play(hosts, [task('tasks', value, { name: 's', value: 2 }), takes('no eth0')])]);
    expect(result).toMatchObject({ exit: 2, ending: 'unchanged' });
    expect(result.because).toMatch(
      /a: road r: it would cut the way to 10\.0\.0\.1 \(the SSH session of this run\): eth0 goes/,
    );
    expect(result.because).toContain('--allow-cutoff');
    expect(result.because).not.toContain('b: ');
    expect(sets(world)).toEqual([]);
    expect(asked()).toEqual(['a: ways 10.0.0.1 10.0.0.21', 'b: ways 10.0.0.1 10.0.0.21']);
  });

  test('is shown by --check, with what it would do', async () => {
    const { events, exit } = await run(world, [play(hosts, [takes('no eth1')])], { mode: 'check' });
    expect(exit).toBe(2);
    const planned = events.filter((event) => event.type === 'step_ended');
    expect(planned.map(({ status }) => status)).toEqual(['change', 'failed']);
    expect(planned[1]).toMatchObject({
      before: 'eth0',
      after: 'no eth1',
      commands: [{ argv: ['set', 'r', '"no eth1"'] }],
    });
  });

  test('is refused as well when it only protects what others change', async () => {
    world.values.get('a')?.set('r', 'others');
    const { exit, because } = await run(world, [play(hosts, [takes('', { protect: true })])]);
    expect(exit).toBe(2);
    expect(because).toMatch(/^the plan is not complete: a: road r: it would cut/);
  });

  test('is refused when its turn has come, where its state could not be known before, and all is undone', async () => {
    world.after = (host, { argv }) => {
      if (argv[0] === 'set' && argv[1] === 'p') world.values.get(host)?.set('r', 'eth5');
    };
    const upsets: Module = { ...(program as Resource), affects: () => ['road:'] };
    const before = world.snapshot();
    const result = await run(world, [play(['a'], [task('tasks', upsets, { name: 'p', value: 1 }), takes('no eth0')])], {
      moduleNamed,
    });
    expect(result.exit).toBe(3);
    expect(result.because).toMatch(/would cut the way/);
    expect(sets(world).filter((line) => line.includes(' r '))).toEqual([]);
    expect(world.snapshot().a).toEqual({ ...before.a, r: 'eth5' });
  });

  test('is found when the way has been turned since the plan', async () => {
    world.after = (_, { argv }) => {
      if (argv[0] === 'set') world.waysAnswer = () => '=== 10.0.0.1\nget 10.0.0.1 dev eth7 src 10.0.0.21\n';
    };
    const tasks = [task('tasks', value, { name: 's', value: 2 }), takes('no eth7')];
    const result = await run(world, [play(['a'], tasks)], { moduleNamed });
    expect(result).toMatchObject({ exit: 3, ending: 'undone' });
  });

  test('is only warned of with --allow-cutoff', async () => {
    const { exit, events } = await run(world, [play(hosts, [takes('no eth0')], guarded)], {
      mode: 'check',
      allowCutoff: true,
    });
    expect(exit).toBe(5);
    const warned = events.filter((event) => event.type === 'warned');
    expect(warned).toMatchObject([{ host: 'a', message: expect.stringContaining('would cut the way') }]);
  });

  test.each([{}, { ...guarded, rollback: 'never' as const }])('is not allowed without a guard: %j', async (more) => {
    const { exit, because } = await run(world, [play(hosts, [takes('eth3')], more)], { allowCutoff: true });
    expect(exit).toBe(2);
    expect(because).toMatch(/--allow-cutoff needs guards, and the play "a play" says "(guard: off|rollback: never)"/);
    expect(world.log).toEqual([]);
  });
});

test('the way to what a play talks to must stay as well: its own address stands for what runs on a host', async () => {
  const keeps = task('tasks', store, { name: 's', value: 2 }, { on: 'b', runOnce: true });
  const result = await run(world, [play(hosts, [keeps, takes('no eth9')])]);
  expect(result.exit).toBe(2);
  expect(result.because).toMatch(/a: road r: it would cut the way to 10\.0\.0\.9 \(store of "store s"\)/);
  expect(asked()[0]).toBe('a: ways 10.0.0.1 10.0.0.21 10.0.0.21  10.0.0.9 ');
});

test('nothing is asked where no step could cut a way, nor on this machine itself', async () => {
  await run(world, [play(hosts, [task('tasks', value, { name: 's', value: 2 })])]);
  world.ssh = undefined;
  expect((await run(world, [play(hosts, [takes('no eth0')])], { moduleNamed })).exit).toBe(0);
  expect(asked()).toEqual([]);
});

test('a host that cannot say its ways is told of', async () => {
  world.waysAnswer = () => '';
  const { exit, events } = await run(world, [play(['a'], [takes('no eth0')])], { moduleNamed });
  expect(exit).toBe(0);
  const warned = events.filter((event) => event.type === 'warned');
  expect(warned[0]).toMatchObject({ host: 'a', message: expect.stringContaining('cannot be read') });
});
