import { describe, expect, test } from 'vitest';
import type { Event, EventBody } from '../../src/core/event.ts';
import { maskText } from '../../src/core/mask.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { recordedConnect } from '../../src/hosts/recorded.ts';

const never = new AbortController().signal;
const ok: Outcome = { exit: 0, stdout: '', stderr: '', startedAt: '2026-01-01T00:00:00.000Z', ms: 5 };

function journal(...bodies: EventBody[]): Event[] {
  return bodies.map((body, i) => ({ ...body, seq: i + 1, at: '2026-01-01T00:00:00.000Z' }));
}

const opened = (host = 'a', bootId = 'boot'): EventBody => ({
  type: 'host_opened',
  host,
  bootId,
  address: `op@${host}:22`,
  fresh: false,
});
const lost = (because: string): EventBody => ({ type: 'host_lost', host: 'a', because });

let ids = 0;
/** A command and its outcome. */
function ran(
  argv: string[],
  outcome: Partial<Outcome> = {},
  more: Partial<Extract<EventBody, { type: 'command_started' }>> = {},
): EventBody[] {
  ids += 1;
  const ref = { id: ids, on: more.on ?? 'a' };
  return [
    { type: 'command_started', purpose: 'probe', task: '0.tasks.0', host: 'a', argv, ...more, ...ref },
    { type: 'command_ended', ...ref, ...ok, ...outcome },
  ];
}

describe('answers', () => {
  test('come as recorded, in order, for each host', async () => {
    const connect = recordedConnect(
      journal(
        opened('a'),
        opened('b', 'other'),
        ...ran(['one'], { stdout: '1' }),
        ...ran(['one'], { exit: 3 }, { on: 'b' }),
        ...ran(['one'], { stdout: '2' }),
      ),
    );
    const [a, b] = [connect('a'), connect('b')];
    expect(await a.open(never)).toEqual({ bootId: 'boot', address: 'op@a:22' });
    expect(await b.open(never)).toEqual({ bootId: 'other', address: 'op@b:22' });
    expect(await a.run({ argv: ['one'] }, never)).toEqual({ ...ok, stdout: '1' });
    expect(await a.run({ argv: ['one'] }, never)).toEqual({ ...ok, stdout: '2' });
    expect(await b.run({ argv: ['one'] }, never)).toEqual({ ...ok, exit: 3 });
  });

  test('also over a second connection', async () => {
    const connect = recordedConnect(
      journal(opened(), ...ran(['one']), opened('a', 'second'), ...ran(['two'], { stdout: '2' })),
    );
    await connect('a').open(never);
    await connect('a').run({ argv: ['one'] }, never);
    const fresh = connect('a');
    expect(await fresh.open(never)).toMatchObject({ bootId: 'second' });
    expect(await fresh.run({ argv: ['two'] }, never)).toMatchObject({ stdout: '2' });
  });

  test('to the steps of one task in any order, to the commands of one step in their own', async () => {
    const step = (host: string) => ({ host, task: '0.tasks.1' });
    const record = journal(
      opened(),
      ...ran(['x'], { stdout: 'x' }, step('p')),
      ...ran(['x2'], {}, step('p')),
      ...ran(['y'], { stdout: 'y' }, step('q')),
      ...ran(['z'], {}, { task: '0.tasks.2' }),
    );
    const a = recordedConnect(record)('a');
    await a.open(never);
    await expect(a.run({ argv: ['x2'] }, never)).rejects.toMatchObject({ code: 'invalid' });
    await expect(a.run({ argv: ['z'] }, never)).rejects.toMatchObject({ code: 'invalid' });
    expect(await a.run({ argv: ['y'] }, never)).toMatchObject({ stdout: 'y' });
    expect(await a.run({ argv: ['x'] }, never)).toMatchObject({ stdout: 'x' });
  });
});

describe('what differs is refused', () => {
  const asked = { argv: ['cat', '-'], stdin: 'text', env: { B: '2', A: '1' }, become: 'root' };
  const recorded = { stdin: 'text', env: { A: '1', B: '2' }, become: 'root' };

  async function run(command: Parameters<ReturnType<ReturnType<typeof recordedConnect>>['run']>[0]) {
    const a = recordedConnect(journal(opened(), ...ran(['cat', '-'], {}, recorded)))('a');
    await a.open(never);
    return a.run(command, never);
  }

  test('nothing differs', async () => {
    expect(await run(asked)).toEqual(ok);
  });

  test.each([
    ['argv', { argv: ['cat'] }],
    ['stdin', { stdin: 'other' }],
    ['env', { env: { A: '1' } }],
    ['become', { become: 'other' }],
  ])('%s', async (_name, change) => {
    await expect(run({ ...asked, ...change })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/The run asked a for .*, the record has \["cat","-"\]/),
    });
  });

  test('no stdin is not an empty stdin', async () => {
    const { stdin: _, ...without } = asked;
    await expect(run(without)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('more than was recorded', async () => {
    const a = recordedConnect(journal(opened()))('a');
    await a.open(never);
    await expect(a.run({ argv: ['more'] }, never)).rejects.toMatchObject({
      message: expect.stringContaining('nothing more'),
    });
    await expect(a.open(never)).rejects.toMatchObject({ code: 'invalid' });
  });
});

test('what runs aside is in no record, and takes nothing from it', async () => {
  const a = recordedConnect(journal(opened(), ...ran(['one'], { stdout: '1' })))('a');
  await a.open(never);
  expect(await a.aside({ argv: ['renew'] }, never)).toMatchObject({ exit: 0, stdout: '', stderr: '' });
  expect(await a.run({ argv: ['one'] }, never)).toMatchObject({ stdout: '1' });
});

test.each([
  [`--password=${maskText}`, '--password=secret', true],
  [`--password=${maskText}`, '--passwort=secret', false],
  [`${maskText}:${maskText}@host`, 'user:secret@host', true],
  [`${maskText}:${maskText}@host`, 'user:secret@other', false],
  [`a${maskText}a`, 'a', false],
])('a mask stands for any text: %s, %s: %s', async (recorded, asked, same) => {
  const a = recordedConnect(journal(opened(), ...ran([recorded])))('a');
  await a.open(never);
  const outcome = a.run({ argv: [asked], secrets: ['secret'] }, never);
  await (same ? expect(outcome).resolves.toEqual(ok) : expect(outcome).rejects.toMatchObject({ code: 'invalid' }));
});

describe('a lost host', () => {
  test('could not be connected to', async () => {
    const a = recordedConnect(journal(lost('no route'), opened()))('a');
    await expect(a.open(never)).rejects.toMatchObject({ code: 'unreachable', message: 'no route' });
    expect(await a.open(never)).toMatchObject({ bootId: 'boot' });
  });

  test('was lost in mid-command, and came back', async () => {
    const events = journal(opened(), ...ran(['one'], { exit: null, cut: 'lost' }), lost('gone'), opened('a', 'again'));
    const a = recordedConnect(events)('a');
    await a.open(never);
    expect(await a.run({ argv: ['one'] }, never)).toMatchObject({ exit: null, cut: 'lost' });
    expect(await a.open(never)).toMatchObject({ bootId: 'again' });
  });

  test('was lost in mid-command, and stayed away', async () => {
    const events = journal(opened(), ...ran(['one'], { exit: null, cut: 'lost' }), lost('gone'), lost('still gone'));
    const a = recordedConnect(events)('a');
    await a.open(never);
    await a.run({ argv: ['one'] }, never);
    await expect(a.open(never)).rejects.toMatchObject({ code: 'unreachable', message: 'still gone' });
  });

  test('a record that stops in mid-command: lost', async () => {
    const [started] = ran(['one']);
    const a = recordedConnect(journal(opened(), started as EventBody))('a');
    await a.open(never);
    expect(await a.run({ argv: ['one'] }, never)).toMatchObject({ exit: null, cut: 'lost' });
  });
});
