import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Module } from '../../src/core/module.ts';
import {
  act,
  check,
  final,
  one,
  other,
  play,
  program,
  rollback,
  run,
  SmallWorld,
  sets,
  sharedValue,
  task,
  value,
  way,
} from '../support/small-world.ts';

const hosts = ['a', 'b'] as const;
const two = () => new SmallWorld({ a: { x: 1, prog: 'up' }, b: { x: 1, prog: 'up' } });

describe('the way forward', () => {
  test('what is as wanted already is left alone', async () => {
    const world = two();
    const result = await run(world, [play(hosts, [task('tasks', value, { name: 'x', value: 1 })])]);
    expect(result).toMatchObject({ ending: 'unchanged', exit: 0, ok: true });
    expect(sets(world)).toEqual([]);
  });

  test('a change that verifies is kept', async () => {
    const world = two();
    const result = await run(world, [
      play(hosts, [task('tasks', value, { name: 'x', value: 2 }), task('verify', check, { name: 'x', value: 2 })]),
    ]);
    expect(result).toMatchObject({ ending: 'kept', exit: 0 });
    expect(world.snapshot()).toEqual({ a: { x: 2, prog: 'up' }, b: { x: 2, prog: 'up' } });
  });

  test('no host begins a task before every host has ended the one before', async () => {
    const world = two();
    await run(world, [
      play(hosts, [
        task('tasks', value, { name: 'x', value: 2 }),
        task('tasks', value, { name: 'prog', value: 'down' }),
      ]),
    ]);
    expect(sets(world).map((line) => line.slice(0, 8))).toEqual(['a: set x', 'b: set x', 'a: set p', 'b: set p']);
  });

  test('skip_if_verified: a second play asks and changes nothing', async () => {
    const world = two();
    const plays = () => [
      play(
        hosts,
        [
          task('tasks', program, { name: 'prog', value: 'down' }),
          task('tasks', program, { name: 'prog', value: 'up' }),
          task('tasks', value, { name: 'x', value: 2 }),
          task('verify', value, { name: 'x', value: 2 }),
        ],
        { skipIfVerified: true },
      ),
    ];
    expect(await run(world, plays())).toMatchObject({ ending: 'kept' });
    world.log.length = 0;
    expect(await run(world, plays())).toMatchObject({ ending: 'unchanged', exit: 0 });
    expect(sets(world)).toEqual([]);
  });

  test('run_once and delegation: one command, on the other machine', async () => {
    const world = new SmallWorld({ a: {}, b: {}, store: { k: 'old' } });
    const result = await run(world, [
      play(hosts, [task('tasks', sharedValue, { name: 'k', value: 'new' }, { runOnce: true, on: 'store' })]),
    ]);
    expect(result.ending).toBe('kept');
    expect(sets(world)).toEqual(['store: set k "new"']);
  });

  test('retries ask again until it holds', async () => {
    const world = two();
    let asked = 0;
    world.after = (host, { argv }) => {
      if (host === 'a' && argv[0] === 'ask' && ++asked === 3) world.values.get('a')?.set('late', 1);
    };
    const result = await run(world, [play(['a'], [task('verify', check, { name: 'late', value: 1 }, { retries: 5 })])]);
    expect(result).toMatchObject({ ending: 'unchanged', ok: true });
    expect(result.events.findLast((event) => event.type === 'step_ended')).toMatchObject({ status: 'ok', tries: 4 });
  });

  test('registered results reach later tasks, and the plan says that they are not known yet', async () => {
    const world = two();
    const later = task(
      'tasks',
      value,
      { name: 'x' },
      {
        reads: ['made'],
        resolve: (host, registered) => ({
          steps: [
            { host, on: host, args: { name: 'x', value: registered.get(host)?.made?.['changed' as never] ?? null } },
          ],
        }),
      },
    );
    const result = await run(world, [
      play(hosts, [task('tasks', value, { name: 'new', value: 1 }, { register: 'made' }), later]),
    ]);
    expect(world.snapshot().a).toEqual({ new: 1, prog: 'up', x: true });
    expect(
      result.events.find((event) => event.type === 'step_ended' && event.phase === 'plan' && event.task === later.id),
    ).toMatchObject({ status: 'depends' });
  });

  test('a host that cannot be reached at the start: rejected, nothing touched', async () => {
    const world = two();
    world.down.add('b');
    const result = await run(world, [play(hosts, [task('tasks', value, { name: 'x', value: 2 })])]);
    expect(result).toMatchObject({ exit: 2, ok: false, because: 'b: no route to host' });
    expect(world.log).toEqual([]);
  });

  test('require that does not hold: rejected, nothing touched', async () => {
    const world = two();
    const result = await run(world, [
      play(hosts, [task('require', check, { name: 'x', value: 9 }), task('tasks', value, { name: 'x', value: 2 })]),
    ]);
    expect(result.exit).toBe(2);
    expect(sets(world)).toEqual([]);
  });

  test('--require-reversible refuses what cannot be undone', async () => {
    const world = two();
    const result = await run(world, [play(hosts, [task('tasks', final, { name: 'x', value: 2 })])], {
      requireReversible: true,
    });
    expect(result).toMatchObject({ exit: 2, because: expect.stringContaining('gone is gone') });
    expect(sets(world)).toEqual([]);
  });
});

describe('the plan', () => {
  const statuses = (events: Awaited<ReturnType<typeof run>>['events']) =>
    events.flatMap((event) =>
      event.type === 'step_ended' && event.phase === 'plan' && event.host === 'a' ? [event.status] : [],
    );

  test('changes nothing, chains states of one thing, and never guesses what rests on a change', async () => {
    const world = two();
    const result = await run(
      world,
      [
        play(hosts, [
          task('tasks', program, { name: 'prog', value: 'down' }),
          task('tasks', value, { name: 'x', value: 2 }),
          task('tasks', program, { name: 'prog', value: 'up' }),
          task('tasks', check, { name: 'x', value: 2 }),
        ]),
      ],
      { mode: 'check' },
    );
    expect(statuses(result.events)).toEqual(['change', 'depends', 'change', 'depends']);
    expect(result).toMatchObject({ exit: 5, ending: 'unchanged' });
    expect(sets(world)).toEqual([]);
  });

  test('nothing to change: exit 0', async () => {
    expect(
      await run(two(), [play(hosts, [task('tasks', value, { name: 'x', value: 1 })])], { mode: 'check' }),
    ).toMatchObject({ exit: 0 });
  });

  test('an audit asks verify only: 0 in force, 5 drifted', async () => {
    const world = two();
    const asking = (wanted: number) => [
      play(hosts, [task('tasks', value, { name: 'x', value: 7 }), task('verify', value, { name: 'x', value: wanted })]),
    ];
    expect(await run(world, asking(1), { mode: 'audit' })).toMatchObject({ exit: 0, ok: true });
    expect(await run(world, asking(2), { mode: 'audit' })).toMatchObject({
      exit: 5,
      ok: false,
      because: expect.stringContaining('expected 2, found 1'),
    });
    expect(sets(world)).toEqual([]);
  });
});

describe('the way back', () => {
  const failing = () => [
    play(hosts, [
      task('tasks', program, { name: 'prog', value: 'down' }),
      task('tasks', value, { name: 'x', value: 2 }),
      task('tasks', value, { name: 'made', value: 1 }),
      task('verify', check, { name: 'x', value: 'never' }),
    ]),
  ];

  test('a failed verify brings everything back, newest first, and proves it', async () => {
    const world = two();
    const before = world.snapshot();
    const result = await run(world, failing());
    expect(result).toMatchObject({ ending: 'undone', exit: 3, doubts: [] });
    expect(world.snapshot()).toEqual(before);
    expect(
      sets(world)
        .slice(6)
        .map((line) => line.split(' ')[2]),
    ).toEqual(['made', 'made', 'x', 'x', 'prog', 'prog']);
    expect(
      result.events.filter((event) => event.type === 'step_ended' && event.phase === 'prove' && event.status === 'ok'),
    ).toHaveLength(6);
  });

  test('a failed task stops after the barrier and undoes also the hosts that went well', async () => {
    const world = two();
    const before = world.snapshot();
    world.fault = (host, { argv }) => (host === 'b' && argv[0] === 'set' && argv[2] === '2' ? 'fail' : undefined);
    const result = await run(world, failing());
    expect(result).toMatchObject({ ending: 'undone', exit: 3, because: expect.stringContaining('it broke') });
    expect(world.snapshot()).toEqual(before);
  });

  test('a move that reports an error and reached its aim is done', async () => {
    const world = two();
    const real = world.connect;
    const lying = Object.assign(world, {
      connect: (name: string) => {
        const host = real(name);
        return {
          ...host,
          run: async (command: Parameters<typeof host.run>[0], abort: AbortSignal) => ({
            ...(await host.run(command, abort)),
            ...(command.argv[0] === 'set' ? { exit: 2 } : {}),
          }),
        };
      },
    });
    expect(await run(lying, [play(hosts, [task('tasks', value, { name: 'x', value: 2 })])])).toMatchObject({
      ending: 'kept',
    });
  });

  test('nothing changed yet: failed, nothing to undo', async () => {
    const world = two();
    const result = await run(world, [play(hosts, [task('tasks', check, { name: 'x', value: 9 })])]);
    expect(result).toMatchObject({ exit: 2 });
    const act1 = await run(two(), [
      play(hosts, [task('tasks', value, { name: 'x', value: 1 }), task('verify', check, { name: 'x', value: 9 })]),
    ]);
    expect(act1).toMatchObject({ ending: 'unchanged', exit: 1, ok: false });
  });

  test('what the run itself did not change but protects comes back too', async () => {
    const world = two();
    const before = world.snapshot();
    world.after = (host, { argv }) => {
      if (argv[0] === 'set' && argv[1] === 'prog' && argv[2] === '"down"')
        world.values.get(host)?.set('x', 'side effect');
    };
    const result = await run(world, [
      play(hosts, [
        task('tasks', value, { name: 'x' }, { protect: true }),
        task('tasks', program, { name: 'prog', value: 'down' }),
        task('verify', check, { name: 'x', value: 1 }),
      ]),
    ]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3 });
    expect(world.snapshot()).toEqual(before);
  });

  test('a shared value that somebody else has changed since is left, and the ending is unsure', async () => {
    const world = two();
    world.after = (host, { argv }) => {
      if (host === 'a' && argv[0] === 'ask') world.values.get('a')?.set('k', 'theirs');
    };
    const result = await run(world, [
      play(
        ['a'],
        [task('tasks', sharedValue, { name: 'k', value: 'ours' }), task('verify', check, { name: 'x', value: 9 })],
      ),
    ]);
    expect(result).toMatchObject({
      ending: 'unsure',
      exit: 4,
      doubts: [{ host: 'a', what: 'shared k', expected: 'absent', found: expect.stringContaining('theirs') }],
    });
    expect(world.snapshot().a?.k).toBe('theirs');
  });

  test('a lost host: the others are restored, it is named, and a rollback completes it when it is back', async () => {
    const world = two();
    const before = world.snapshot();
    world.after = (host, { argv }) => {
      if (host === 'b' && argv[0] === 'set' && argv[1] === 'prog') world.down.add('b');
    };
    const result = await run(world, failing());
    expect(result).toMatchObject({ ending: 'unsure', exit: 4 });
    expect(result.doubts.map(({ host, what }) => `${host} ${what}`)).toEqual(['b program prog']);
    expect(world.snapshot().a).toEqual(before.a);
    world.down.clear();
    world.after = () => undefined;
    expect(await rollback(world, result.events)).toMatchObject({ ending: 'undone', exit: 0, ok: true });
    expect(world.snapshot()).toEqual(before);
  });

  test('a command whose outcome was lost is judged by reading after reconnecting', async () => {
    const world = two();
    const before = world.snapshot();
    world.fault = (host, { argv }) =>
      host === 'a' && argv[0] === 'set' && argv[1] === 'x' && argv[2] === '2' ? 'lost-after' : undefined;
    const result = await run(world, failing());
    expect(result).toMatchObject({ ending: 'undone', exit: 3, because: expect.stringContaining('connection lost') });
    expect(world.snapshot()).toEqual(before);
  });

  test('a way that others may still use is not removed while a host is not restored', async () => {
    const world = two();
    world.after = (host, { argv }) => {
      if (host === 'b' && argv[0] === 'set' && argv[1] === 'x') world.down.add('b');
    };
    const result = await run(world, [
      play(hosts, [task('tasks', way, { name: 'w', value: 1 }), task('tasks', value, { name: 'x', value: 2 })]),
    ]);
    expect(result.ending).toBe('unsure');
    expect(world.snapshot().a).toEqual({ prog: 'up', w: 1, x: 1 });
  });

  test('rollback: never leaves everything and says so', async () => {
    const world = two();
    const [only] = failing();
    const result = await run(world, [{ ...(only as NonNullable<typeof only>), rollback: 'never' }]);
    expect(result).toMatchObject({ ending: 'unsure', exit: 4 });
    expect(world.snapshot().a?.x).toBe(2);
  });

  test('a journal that cannot be written any more (a full disk): no further change, and everything comes back', async () => {
    const world = two();
    const before = world.snapshot();
    const full = () => sets(world).length >= 3;
    const sink = async () => {
      if (full()) throw new Failure('unwritable', 'no space left on device');
    };
    const result = await run(world, failing(), { sink });
    expect(result).toMatchObject({ ending: 'undone', exit: 3, because: 'no space left on device' });
    expect(sets(world).filter((line) => line.includes(' made '))).toEqual([]);
    expect(world.snapshot()).toEqual(before);
  });

  test('a journal that cannot be written once the change stands: it is not told as kept, since its end is on no disk', async () => {
    const world = two();
    const told: Event[] = [];
    const sink = async (event: Event) => {
      told.push(event);
      if (world.log.some((line) => line.includes('lock-release'))) throw new Failure('unwritable', 'no space left');
    };
    const result = await run(world, [play(['a'], [task('tasks', value, { name: 'x', value: 2 })])], { sink });
    const doubts = [expect.objectContaining({ host: 'controller', found: 'no space left' })];
    expect(result).toMatchObject({ ending: 'unsure', exit: 4, doubts });
    expect(result.because).toBe('the change is proven and stands, but no space left');
    expect(told.at(-1)).toMatchObject({ type: 'run_ended', ending: 'unsure' });
  });

  test('two modules that own one thing: what the first of them found is what has to come back', async () => {
    const world = two();
    const before = world.snapshot();
    const result = await run(world, [
      play(
        ['a'],
        [
          task('tasks', one, { name: 'x', value: 2 }),
          task('tasks', other, { name: 'x', value: 3 }),
          task('verify', check, { name: 'x', value: 9 }),
        ],
      ),
    ]);
    expect(result).toMatchObject({ ending: 'undone', exit: 3, doubts: [] });
    expect(world.snapshot()).toEqual(before);
  });

  test('an irreversible change is named, and the rest still comes back', async () => {
    const world = two();
    const result = await run(world, [
      play(
        ['a'],
        [
          task('tasks', value, { name: 'x', value: 2 }),
          task('tasks', final, { name: 'f', value: 1 }),
          task('verify', check, { name: 'x', value: 0 }),
        ],
      ),
    ]);
    expect(result).toMatchObject({ ending: 'undone' });
    expect(result.events.find((event) => event.type === 'undo_ended' && event.module === 'final')).toMatchObject({
      status: 'irreversible',
    });
    expect(world.snapshot().a).toEqual({ f: 1, prog: 'up', x: 1 });
  });

  test('Ctrl-C after a change undoes it; the undo itself is not interrupted', async () => {
    const world = two();
    const before = world.snapshot();
    const stop = new AbortController();
    world.after = (_, { argv }) => {
      if (argv[0] === 'set' && argv[1] === 'x') stop.abort('SIGINT');
    };
    const result = await run(world, failing(), { interrupt: stop.signal });
    expect(result).toMatchObject({ ending: 'undone', exit: 3, because: 'interrupted (SIGINT)' });
    expect(result.events.some((event) => event.type === 'interrupted' && event.signal === 'SIGINT')).toBe(true);
    expect(world.snapshot()).toEqual(before);
  });

  test('a second play that fails undoes the first one too', async () => {
    const world = two();
    const before = world.snapshot();
    const first = play(hosts, [task('tasks', value, { name: 'x', value: 2 })]);
    const result = await run(world, [first, ...failing()]);
    expect(result.ending).toBe('undone');
    expect(world.snapshot()).toEqual(before);
  });

  test('undo is idempotent: a rollback after an undone run touches nothing', async () => {
    const world = two();
    const { events } = await run(world, failing());
    world.log.length = 0;
    expect(await rollback(world, events)).toMatchObject({ ending: 'undone' });
    expect(sets(world)).toEqual([]);
  });

  test('killed at any moment: a rollback from what the journal has by then restores the world', async () => {
    const whole = await run(two(), failing());
    const commands = whole.events.filter(
      (event) => event.type === 'command_started' && (event.purpose === 'change' || event.purpose === 'undo'),
    ).length;
    expect(commands).toBe(12);
    for (let kill = 1; kill <= commands; kill += 1) {
      for (const when of ['before', 'after'] as const) {
        const world = two();
        const before = world.snapshot();
        const events = await runKilled(world, kill, when);
        expect(await rollback(world, events)).toMatchObject({ ending: 'undone' });
        expect(world.snapshot()).toEqual(before);
      }
    }
  });

  /** Runs `failing` up to its nth changing command, as a controller that is killed right before or after it. */
  async function runKilled(world: SmallWorld, nth: number, when: 'before' | 'after') {
    const journal: Parameters<typeof rollback>[1][number][] = [];
    let seen = 0;
    let dead = false;
    world.fault = (_, { argv }) => {
      if (argv[0] === 'set' && ++seen === nth && when === 'before') dead = true;
      return dead ? 'lost' : undefined;
    };
    world.after = (_, { argv }) => {
      if (argv[0] === 'set' && seen === nth) dead = true;
    };
    await run(world, failing(), {
      sink: async (event) => {
        if (!dead) journal.push(event);
      },
    });
    world.fault = () => undefined;
    world.after = () => undefined;
    return journal;
  }

  test('a command that cannot be read has its own exit code and its own undo', async () => {
    const world = two();
    world.fault = (_, { argv }) => (argv[1] === 'bad' ? 'fail' : undefined);
    const result = await run(world, [
      play(['a'], [task('tasks', act, { name: 'good', value: 1 }), task('tasks', act, { name: 'bad', value: 1 })]),
    ]);
    expect(result).toMatchObject({ because: expect.stringContaining('it broke') });
    expect(world.snapshot().a).toEqual({ prog: 'up', x: 1 });
  });
});

test('secrets are masked in every event', async () => {
  const world = two();
  const { events } = await run(world, [play(['a'], [task('tasks', value, { name: 'x', value: 'hunter2 and more' })])], {
    secrets: ['hunter2'],
  });
  expect(world.snapshot().a?.x).toBe('hunter2 and more');
  expect(JSON.stringify(events)).not.toContain('hunter2');
});

test("a command's secrets are secrets of the whole run from its plan on: states, reasons and notes are masked too", async () => {
  const world = two();
  const resource = value as Extract<Module, { kind: 'resource' }>;
  const secretive: Module = {
    ...resource,
    move: (from, to, args) =>
      resource.move(from, to, args).map((command) => ({ ...command, secrets: ['pass phrase'] })),
  };
  const { events } = await run(world, [
    play(['a'], [task('tasks', secretive, { name: 'x', value: 'my pass phrase' })]),
    play(['a'], [task('verify', check, { name: 'x', value: 'another' })]),
  ]);
  expect(JSON.stringify(events)).not.toMatch(/pass phrase|pass%20phrase/);
  expect(events.find(({ type }) => type === 'undo_noted')).toMatchObject({ masked: true, before: 1 });
  expect(events.at(-1)).toMatchObject({ ending: 'undone' });
  expect(world.snapshot().a?.x).toBe(1);
});

test('a secret that is a word of ours or the name of a host leaves the journal readable', async () => {
  const { events } = await run(two(), [play(['a'], [task('tasks', value, { name: 'x', value: 'changed' })])], {
    secrets: ['changed', 'a'],
  });
  expect(events.some((event) => event.type === 'step_ended' && event.status === 'changed' && event.host === 'a')).toBe(
    true,
  );
  expect(JSON.stringify(events.filter(({ type }) => type === 'undo_noted'))).not.toContain('"changed"');
});

test('events are numbered without gaps', async () => {
  const { events } = await run(two(), [play(hosts, [task('tasks', value, { name: 'x', value: 2 })])]);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
});
