import { expect, test } from 'vitest';
import type { Section, Task } from '../../src/core/play.ts';
import { earlierOf } from '../../src/history/earlier.ts';
import { Contract } from '../../src/run/contract.ts';
import { block } from '../support/blocks.ts';
import { savedPlan } from '../support/saved-plan.ts';
import { check, play, type Ran, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

const hosts = ['a', 'b'] as const;
const two = () => new SmallWorld({ a: { x: 1, y: 1 }, b: { x: 2, y: 1 } });
const set = (name: string, to: number, more: Partial<Task> = {}, section: Section = 'tasks') =>
  task(section, value, { name, value: to }, more);
const handler = (name: string, more: Partial<Task> = {}, section: Section = 'tasks') =>
  set(name, 1, { handler: name, ...more }, section);

test('a handler is done once at the end, on the hosts where something was changed, in the order of the handlers', async () => {
  const world = two();
  const tasks = [
    set('x', 2, { notifies: ['second'] }),
    set('y', 2, { notifies: ['second', 'first'] }),
    handler('first'),
    handler('second'),
  ];
  expect(await run(world, [play(hosts, tasks)])).toMatchObject({ ending: 'kept' });
  expect(sets(world)).toEqual([
    ...['a: set x 2', 'a: set y 2', 'b: set y 2'],
    ...['a: set first 1', 'b: set first 1', 'a: set second 1', 'b: set second 1'],
  ]);
});

test('what nobody notified leaves no trace, and counts as skipped', async () => {
  const world = two();
  const ran = await run(world, [play(['b'], [set('x', 2, { notifies: ['h'] }), handler('h', { register: 'done' })])]);
  expect(ran).toMatchObject({ ending: 'unchanged' });
  expect(ran.events.filter(({ type }) => type === 'task_started')).toHaveLength(2);
});

test('a handler that changes something notifies those after it', async () => {
  const world = two();
  const tasks = [set('x', 3, { notifies: ['h'] }), handler('h', { notifies: ['next'] }), handler('next')];
  await run(world, [play(['a'], tasks)]);
  expect(sets(world)).toEqual(['a: set x 3', 'a: set h 1', 'a: set next 1']);
});

test('flushed in between, it is done there, and again only if it is notified again', async () => {
  const world = two();
  const tasks = [
    set('x', 3, { notifies: ['h'] }),
    handler('h'),
    set('y', 2),
    handler('h'),
    set('z', 1, { notifies: ['h'] }),
    set('h', 2),
    handler('h'),
    set('h', 3),
    handler('h'),
  ];
  await run(world, [play(['a'], tasks)]);
  const all = ['x 3', 'h 1', 'y 2', 'z 1', 'h 2', 'h 1', 'h 3'];
  expect(sets(world)).toEqual(all.map((line) => `a: set ${line}`));
});

test('before verify; and notified by the cleanup, at its end', async () => {
  const world = two();
  const tasks = [
    set('x', 3, { notifies: ['h'] }),
    handler('h'),
    task('verify', check, { name: 'h', value: 1 }, { ignoreErrors: true }),
    set('h', 0, { notifies: ['h'] }, 'cleanup'),
    handler('h', {}, 'cleanup'),
  ];
  expect(await run(world, [play(['a'], tasks)])).toMatchObject({ ending: 'kept' });
  expect(world.log.filter((line) => / (set|ask) h/.test(line))).toEqual([
    ...['a: set h 1', 'a: ask h', 'a: set h 0', 'a: set h 1', 'a: ask h'],
  ]);
});

test('what a failed block had notified before is done all the same once it is rescued', async () => {
  const world = two();
  world.fault = (_, { argv }) => (argv.join(' ') === 'set y 2' ? 'fail' : undefined);
  const own = block('it', { block: [set('x', 3, { notifies: ['h'] }), set('y', 2)], rescue: [set('y', 3)] });
  expect(await run(world, [play(['a'], [...own, handler('h')])])).toMatchObject({ ending: 'kept' });
  expect(world.snapshot().a).toEqual({ x: 3, y: 3, h: 1 });
});

/** In no order: hosts come as they come. */
const told = ({ events }: Ran) =>
  events
    .flatMap((event) => (event.type === 'step_ended' && event.phase === 'plan' ? [event] : []))
    .map(({ host, key = '-', status, because = '' }) => `${host} ${key} ${status} ${because}`.trim())
    .toSorted();

test('in a plan: where a change notifies it, as any task; where one that depends does, it depends', async () => {
  const resting: Task = { ...set('y', 2, { notifies: ['later'] }), reads: ['made'] };
  const tasks = [
    set('x', 2, { notifies: ['h'], register: 'made' }),
    resting,
    handler('h', { id: '0.tasks.handlers.0' }),
    handler('later', { id: '0.tasks.handlers.1' }),
  ];
  const ran = await run(two(), [play(hosts, tasks)], { mode: 'check' });
  expect(told(ran)).toEqual([
    'a - depends its arguments rest on the result of "value x"',
    'a value:h depends rests on "value y"',
    'a value:later depends only where "value y" changes something',
    'a value:x change',
    'b - depends its arguments rest on the result of "value x"',
    'b value:later depends only where "value y" changes something',
    'b value:x ok',
  ]);
  expect(
    told(await run(two(), [play(hosts, [set('x', 2, { notifies: ['h'] }), handler('h')])], { mode: 'check' })),
  ).toEqual(['a value:h change', 'a value:x change', 'b value:x ok']);
});

test('a saved plan is kept to, handlers and all', async () => {
  const plays = [play(hosts, [set('x', 2, { notifies: ['h'] }), handler('h')])];
  const plan = savedPlan((await run(two(), plays, { mode: 'check' })).events);
  const world = two();
  expect(await run(world, plays, { contract: new Contract(plan, []) })).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toEqual(['a: set x 2', 'a: set h 1']);
});

test('a run that is gone on with knows what the one before had notified', async () => {
  const plays = [play(['a'], [set('x', 3, { notifies: ['h'] }), set('y', 2), handler('h')])];
  const world = two();
  const { events } = await run(world, plays);
  const died = events.slice(0, events.findIndex((event) => event.type === 'undo_noted' && event.key === 'y') + 1);
  world.values.set('a', new Map([...Object.entries({ x: 3, y: 1 })]));
  expect(await run(world, plays, { run: '02TEST', resume: earlierOf(['01TEST'], [died]) })).toMatchObject({
    ending: 'kept',
  });
  expect(world.snapshot().a).toEqual({ x: 3, y: 2, h: 1 });
});

const flushed = (more: Partial<Task> = {}) => handler('h', { id: '0.tasks.1.handlers.0', ...more });

test.each<[string, true | undefined, string[]]>([
  ['a block around the flush leaves it for the next one', true, ['a: set x 3', 'a: set h 1']],
  ['a condition of its own is that it is dealt with', undefined, ['a: set x 3']],
])('a handler that is skipped: %s', async (_, around, done) => {
  const skipped = flushed({ resolve: () => ({ skip: 'when: false', ...(around && { around }) }) });
  const plays = [play(['a'], [set('x', 3, { notifies: ['h'] }), skipped, handler('h')])];
  const plan = savedPlan((await run(two(), plays, { mode: 'check' })).events);
  const world = two();
  expect(await run(world, plays, { contract: new Contract(plan, []) })).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toEqual(done);
});

test.each([
  ['in a rescue that is not needed: it is done at the end', false],
  ['in a rescue that may be needed, and is not: it is done at the end', true],
])('a flush %s, as planned', async (_, changes) => {
  const own = block('it', {
    block: [set('x', 3, { notifies: ['h'] }), ...(changes ? [set('y', 2)] : [set('y', 1)])],
    rescue: [flushed()],
  });
  const before = changes ? [] : [set('z', 1, { notifies: ['h'] })];
  const plays = [play(['a'], [...before, ...own, handler('h')])];
  const plan = savedPlan((await run(two(), plays, { mode: 'check' })).events);
  const world = two();
  expect(await run(world, plays, { contract: new Contract(plan, []) })).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world).at(-1)).toBe('a: set h 1');
});

test('a flush in a block that fails before it: the handler is done at the end, as planned', async () => {
  const own = block('it', { block: [set('y', 2), flushed()], rescue: [set('y', 3)] });
  const plays = [play(['a'], [set('x', 3, { notifies: ['h'] }), ...own, handler('h')])];
  const plan = savedPlan((await run(two(), plays, { mode: 'check' })).events);
  const world = two();
  world.fault = (_, { argv }) => (argv.join(' ') === 'set y 2' ? 'fail' : undefined);
  expect(await run(world, plays, { contract: new Contract(plan, []) })).toMatchObject({ ending: 'kept', exit: 0 });
  expect(world.snapshot().a).toEqual({ x: 3, y: 3, h: 1 });
});
