import { expect, test } from 'vitest';
import type { PlannedStep, SavedPlan } from '../../src/core/planned.ts';
import type { Play } from '../../src/core/play.ts';
import { Contract } from '../../src/run/contract.ts';
import type { RunInput } from '../../src/run/run-input.ts';
import { savedPlan } from '../support/saved-plan.ts';
import { act, check, play, program, type Ran, run, SmallWorld, sets, task, value } from '../support/small-world.ts';

async function planOf(world: SmallWorld, plays: readonly Play[], secrets: readonly string[] = []): Promise<SavedPlan> {
  const planned = await run(world, plays, { mode: 'check', secrets });
  world.log.length = 0;
  return savedPlan(planned.events);
}

function apply(world: SmallWorld, plays: readonly Play[], plan: SavedPlan, more: Partial<RunInput> = {}): Promise<Ran> {
  return run(world, plays, { contract: new Contract(plan, more.secrets ?? []), ...more });
}

const differences = (ran: Ran) => ran.events.filter((event) => event.type === 'plan_differed');
const two = () => new SmallWorld({ a: { x: 1, y: 'same' }, b: { x: 1, y: 'same' } });
const setX = task('tasks', value, { name: 'x', value: 2 });
const keepY = task('tasks', value, { name: 'y', value: 'same' });
const simple = [play(['a', 'b'], [setX, keepY])];

test('what was planned is done, and the run names the plan', async () => {
  const world = two();
  const plan = await planOf(world, simple);
  const ran = await apply(world, simple, plan);
  expect(ran).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toEqual(['a: set x 2', 'b: set x 2']);
  expect(ran.events[0]).toMatchObject({ type: 'run_started', plan: plan.digest });
});

test('a state that has moved since: each is named with then and now, and nothing is touched', async () => {
  const world = two();
  const plan = await planOf(world, simple);
  world.values.get('b')?.set('x', 7).set('y', 'other');
  const ran = await apply(world, simple, plan);
  expect(ran).toMatchObject({ ending: 'unchanged', ok: false, exit: 2 });
  expect(ran.because).toContain('2 differences');
  expect(differences(ran)).toMatchObject([
    { step: { on: 'b', task: setX.id }, because: 'value x: what it found has changed', planned: 1, found: 7 },
    { step: { on: 'b', task: keepY.id }, planned: 'same', found: 'other' },
  ]);
  expect(sets(world)).toEqual([]);
});

test('what the module takes for the same is no difference', async () => {
  const loose = {
    ...value,
    same: (a: unknown, b: unknown) => `${a}`.split('#')[0] === `${b}`.split('#')[0],
  } as typeof value;
  const plays = [play(['a'], [task('tasks', loose, { name: 'p', value: 'new' })])];
  const world = new SmallWorld({ a: { p: 'old#1' } });
  const plan = await planOf(world, plays);
  world.values.get('a')?.set('p', 'old#2');
  expect(await apply(world, plays, plan)).toMatchObject({ ending: 'kept', exit: 0 });
});

test('a machine that has restarted, and one that the plan does not know', async () => {
  const world = two();
  const plan = await planOf(world, simple);
  const other = { ...plan, bootIds: new Map([['a', 'boot-before']]) };
  const ran = await apply(world, simple, other);
  expect(ran.exit).toBe(2);
  expect(differences(ran)).toMatchObject([
    { host: 'a', planned: 'boot-before', found: 'boot-a' },
    { host: 'b', because: 'this machine is not in the plan' },
  ]);
  expect(sets(world)).toEqual([]);
});

test('a step that appeared, one that vanished, and one with another command', async () => {
  const world = two();
  const plan = await planOf(world, simple);
  const more = task('tasks', value, { name: 'z', value: 3 });
  const added = await apply(world, [play(['a', 'b'], [setX, keepY, more])], plan);
  expect(differences(added).map(({ step, because }) => `${step?.on}: ${because}`)).toEqual([
    'a: value z: this step is not in the plan',
    'b: value z: this step is not in the plan',
  ]);
  const gone = await apply(world, [play(['a', 'b'], [setX])], plan);
  expect(differences(gone)).toMatchObject([
    { step: { on: 'a', task: keepY.id }, because: expect.stringContaining('now there is none') },
    { step: { on: 'b' } },
  ]);
  const move = value.kind === 'resource' ? value.move : undefined;
  const slower = {
    ...value,
    move: (...args: Parameters<NonNullable<typeof move>>) => [{ argv: ['sync'] }, ...(move?.(...args) ?? [])],
  };
  const otherwise = await apply(world, [play(['a', 'b'], [{ ...setX, module: slower as typeof value }, keepY])], plan);
  expect(differences(otherwise)).toMatchObject([
    {
      because: 'value x: its commands are others',
      planned: [{ argv: ['set', 'x', '2'] }],
      found: [{ argv: ['sync'] }, {}],
    },
    {},
  ]);
  expect(sets(world)).toEqual([]);
});

test.each<[string, (step: PlannedStep) => PlannedStep]>([
  ['another name', (step) => ({ ...step, name: 'nothing special' })],
  ['another result', (step) => ({ ...step, after: 'harmless' })],
  ['other commands', (step) => ({ ...step, commands: [{ argv: ['true'] }] })],
  ['no change at all', (step) => ({ ...step, status: 'ok' })],
])('a plan that tells %s than the playbook makes is refused', async (_, forge) => {
  const world = two();
  const plan = await planOf(world, simple);
  const plays = plan.plays.map((each) => ({
    ...each,
    steps: each.steps.map((step) => (step.task === setX.id ? forge(step) : step)),
  }));
  const ran = await apply(world, simple, { ...plan, plays });
  expect(ran.exit).toBe(2);
  expect(differences(ran)).toHaveLength(2);
  expect(sets(world)).toEqual([]);
});

test('what moves between the reading and the step fails it, and what was done is put back', async () => {
  const second = task('tasks', value, { name: 'y', value: 'new' });
  const plays = [play(['a', 'b'], [setX, second])];
  const world = two();
  const plan = await planOf(world, plays);
  const before = world.snapshot();
  world.after = (host, { argv }) => {
    if (host === 'b' && argv[0] === 'set' && argv[1] === 'x' && argv[2] === '2')
      world.values.get('b')?.set('y', 'meddled');
  };
  const ran = await apply(world, plays, plan);
  expect(ran).toMatchObject({ ending: 'undone', exit: 3 });
  expect(ran.because).toContain('not as planned: the plan found "same", now there is "meddled"');
  expect(world.snapshot()).toEqual({ ...before, b: { x: 1, y: 'meddled' } });
});

test('what was as wanted and no longer is when its turn comes is not changed', async () => {
  const world = two();
  const plan = await planOf(world, simple);
  world.after = (host, { argv }) => {
    if (argv[0] === 'set' && argv[2] === '2') world.values.get(host)?.set('y', 'meddled');
  };
  const ran = await apply(world, simple, plan);
  expect(ran).toMatchObject({ ending: 'undone', exit: 3 });
  expect(ran.because).toContain('the plan has it as "ok"');
  expect(sets(world).filter((line) => line.includes('set y'))).toEqual([]);
});

test('what rests on an earlier change is decided by its rule when its turn comes', async () => {
  const plays = [
    play(
      ['a'],
      [
        task('tasks', program, { name: 'daemon', value: 'on' }),
        task('tasks', value, { name: 'x', value: 2 }),
        task('tasks', check, { name: 'x', value: 2 }),
      ],
    ),
  ];
  const world = two();
  const plan = await planOf(world, plays);
  expect(plan.plays[0]?.steps.map(({ status }) => status)).toEqual(['change', 'depends', 'depends']);
  expect(plan.plays[0]?.steps[1]).toMatchObject({
    module: 'value',
    args: { name: 'x', value: 2 },
    because: 'rests on "program daemon"',
  });
  world.after = (_, { argv }) => {
    if (argv[0] === 'set' && argv[1] === 'daemon' && argv[2] === '"on"') world.values.get('a')?.set('x', 5);
  };
  expect(await apply(world, plays, plan)).toMatchObject({ ending: 'kept', exit: 0 });
  expect(world.snapshot().a).toMatchObject({ x: 2, daemon: 'on' });
});

test('a step whose arguments are not known yet stands for all that its task comes to', async () => {
  const reading = task('tasks', act, { name: 'say', value: 1 }, { register: 'said' });
  const items = ['p', 'q'].map((name) => ({ host: 'a', on: 'b', item: name, args: { name, value: 1 } }));
  const late = task('tasks', value, { name: 'p' }, { reads: ['said'], resolve: () => ({ steps: items }) });
  const plays = [play(['a'], [reading, late])];
  const world = two();
  const plan = await planOf(world, plays);
  expect(plan.plays[0]?.steps.map(({ status }) => status)).toEqual(['change', 'depends']);
  expect(await apply(world, plays, plan)).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toEqual(['a: set say 1', 'b: set p 1', 'b: set q 1']);
});

test('a step that is tried again may be found done', async () => {
  const plays = [play(['a'], [task('tasks', value, { name: 'x', value: 2 }, { retries: 2 })])];
  const world = two();
  const plan = await planOf(world, plays);
  let late = true;
  world.after = (_, { argv }) => {
    if (argv[0] === 'set' && late) world.values.get('a')?.set('x', 1);
    if (argv[0] === 'get' && late && sets(world).length > 0) {
      late = false;
      world.values.get('a')?.set('x', 2);
    }
  };
  expect(await apply(world, plays, plan)).toMatchObject({ ending: 'kept', exit: 0 });
  expect(sets(world)).toHaveLength(1);
});

const inRow = [
  play(['a'], [task('tasks', value, { name: 'x', value: 2 })]),
  play(['a'], [task('tasks', value, { name: 'x', value: 3 })], { name: 'then' }),
];

test('several plays are planned as one chain, and done so', async () => {
  const world = two();
  const plan = await planOf(world, inRow);
  expect(plan.plays.map(({ steps }) => steps[0])).toMatchObject([
    { before: 1, after: 2 },
    { before: 2, after: 3 },
  ]);
  expect(await apply(world, inRow, plan)).toMatchObject({ ending: 'kept', exit: 0 });
});

test("the last play's difference is met before the first one's change", async () => {
  const plays = [inRow[0] as Play, play(['b'], [task('tasks', value, { name: 'y', value: 'new' })], { name: 'then' })];
  const world = two();
  const plan = await planOf(world, plays);
  world.values.get('b')?.set('y', 'other');
  const ran = await apply(world, plays, plan);
  expect(ran).toMatchObject({ ending: 'unchanged', exit: 2 });
  expect(differences(ran)).toMatchObject([{ step: { on: 'b' }, planned: 'same', found: 'other' }]);
  expect(sets(world)).toEqual([]);
});

test('a later play that held already is planned all the same when an earlier one changes something', async () => {
  const back = [task('tasks', value, { name: 'x', value: 1 }), task('verify', value, { name: 'x', value: 1 })];
  const plays = [inRow[0] as Play, play(['a'], back, { name: 'back', skipIfVerified: true })];
  const world = two();
  const plan = await planOf(world, plays);
  expect(plan.plays[1]).toMatchObject({ verified: false, steps: [{ before: 2, after: 1 }] });
  expect(await apply(world, plays, plan)).toMatchObject({ ending: 'kept', exit: 0 });
});

test('verified when it was planned: nothing to do, unless it no longer is', async () => {
  const tasks = [task('tasks', value, { name: 'x', value: 1 }), task('verify', value, { name: 'x', value: 1 })];
  const plays = [play(['a'], tasks, { skipIfVerified: true })];
  const world = two();
  const plan = await planOf(world, plays);
  expect(await apply(world, plays, plan)).toMatchObject({ ending: 'unchanged', exit: 0 });
  world.values.get('a')?.set('x', 9);
  const ran = await apply(world, plays, plan);
  expect(ran.exit).toBe(2);
  expect(differences(ran)).toMatchObject([{ because: expect.stringContaining('no longer does') }]);
  expect(sets(world)).toEqual([]);
});

test('secrets are masked in the plan, and compared so', async () => {
  const plays = [play(['a'], [task('tasks', value, { name: 'x', value: 'pw hunter2!' })])];
  const world = new SmallWorld({ a: { x: 'was hunter2!' } });
  const plan = await planOf(world, plays, ['hunter2!']);
  expect(JSON.stringify(plan.plays)).not.toContain('hunter2');
  expect(await apply(world, plays, plan, { secrets: ['hunter2!'] })).toMatchObject({ ending: 'kept', exit: 0 });
});

test('a plan of other plays is refused', async () => {
  const world = two();
  const plan = await planOf(world, simple);
  expect(await apply(world, [...simple, ...simple], plan)).toMatchObject({
    exit: 2,
    because: 'the plan has 1 plays, the playbook 2. Make the plan anew with `runbook plan`',
  });
  expect(await apply(world, [play(['a', 'b'], [setX, keepY], { name: 'b' })], plan)).toMatchObject({ exit: 2 });
});

test('a state out of a plan that its module cannot compare is another, not a crash', async () => {
  const picky = { ...value, same: (a: unknown) => (a as { deep: { er: number } }).deep.er === 1 } as typeof value;
  const plays = [play(['a'], [{ ...setX, module: picky }])];
  const world = new SmallWorld({ a: { x: { deep: { er: 2 } } } });
  const plan = await planOf(world, plays);
  const forged = {
    ...plan,
    plays: plan.plays.map((each) => ({ ...each, steps: each.steps.map((step) => ({ ...step, before: 'x' })) })),
  };
  expect((await apply(world, plays, forged)).exit).toBe(2);
});
