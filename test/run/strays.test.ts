import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Command, script } from '../../src/core/command.ts';
import { singleLine } from '../../src/hosts/shell-protocol.ts';
import { stepPutScript, stepRunner, stepStartScript } from '../../src/run/detached-scripts.ts';
import { putCommand } from '../../src/run/guard/commands.ts';
import { runPlace, strayMark, strayScript } from '../../src/run/stray-scripts.ts';
import { makeOwnRun, type OwnRun } from '../support/own-run.ts';
import { act, play, run, SmallWorld, task, value } from '../support/small-world.ts';

describe.each(['dash', 'bash --norc', 'busybox sh'])('a host whose sh is %s', (shell) => {
  let host: OwnRun;
  beforeEach(async () => {
    host = await makeOwnRun();
  });
  afterEach(() => host.remove());

  /** As a run starts it, up to where it has written its number; nobody waits for it. */
  async function begin(text: string, more: Partial<Command> = {}, place = '01RUN.a'): Promise<string> {
    await host.sh('rm -f /tmp/begun');
    const argv = ['sh', '-c', `echo "$$" >/tmp/begun; ${text}`];
    const line = singleLine({ argv, mark: strayMark(place), ...more }, { nonce: 'nonce', setsid: true });
    await host.sh(`(${line}) </dev/null >/dev/null 2>&1 &\nuntil [ -s /tmp/begun ]; do sleep 0.05; done`);
    return (await host.sh('cat /tmp/begun')).trim();
  }
  const strays = async (verb: 'end' | 'look', within: readonly string[] = []) => {
    const argv = [...within, ...shell.split(' '), '-c', strayScript, 'strays', '01RUN.a', verb];
    const { exit, stdout, stderr } = await host.run({ argv });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    return stdout.split('\n').slice(0, -1);
  };
  /** A process that has ended and is not collected is gone. */
  const isThere = async (pid: string) => (await host.sh(`grep -sc '^State:.[^ZX]' /proc/${pid}/status || :`)) === '1\n';

  test('what a run left at work is found, and ended before anything else is said', async () => {
    const pid = await begin('sleep 300; touch /tmp/landed');
    expect(await strays('look')).toContain(`left ${pid}`);
    expect(await isThere(pid)).toBe(true);
    expect(await strays('end')).toContain(`ended ${pid}`);
    expect(await isThere(pid)).toBe(false);
    expect(await strays('look')).toEqual([]);
    expect(await strays('end')).toEqual([]);
  });

  test('also what has made a group of its own, and does not care for being asked', async () => {
    const pid = await begin(`trap '' TERM; timeout 300 sh -c 'echo "$$" >/tmp/other; while :; do sleep 0.1; done'`);
    const other = (await host.sh('until [ -s /tmp/other ]; do sleep 0.05; done; cat /tmp/other')).trim();
    await strays('end');
    expect([await isThere(pid), await isThere(other)]).toEqual([false, false]);
  });

  test('also what has still to become its user', async () => {
    const slow = '#!/bin/sh\\necho "$$" >/tmp/begun\\nsleep 300\\nshift 4\\nexec "$@"\\n';
    await host.sh(`printf '${slow}' >/tmp/sudo && chmod +x /tmp/sudo && ln -s /tmp/sudo /run/sudo`);
    const line = singleLine(
      { argv: ['true'], mark: strayMark('01RUN.a'), become: 'root' },
      { nonce: 'n', setsid: true },
    );
    await host.sh(
      `PATH=/run:$PATH\n(${line}) </dev/null >/dev/null 2>&1 &\nuntil [ -s /tmp/begun ]; do sleep 0.05; done`,
    );
    const pid = (await host.sh('cat /tmp/begun')).trim();
    expect(await strays('end')).toContain(`ended ${pid}`);
    expect(await isThere(pid)).toBe(false);
  });

  test.each([
    ['a daemon that it has started', 'setsid sleep 300 & echo "$!" >/tmp/other; exec sleep 299', '01RUN.a'],
    ['what another run does', 'echo "$$" >/tmp/other; exec sleep 300', '01RUM.a'],
    ['what it does under a longer name', 'echo "$$" >/tmp/other; exec sleep 300', '01RUN.ab'],
    ['what it does under another name', 'echo "$$" >/tmp/other; exec sleep 300', runPlace('01RUN', 'x a')],
  ])('is not: %s', async (_, text, place) => {
    await begin(`${text} `, {}, place);
    const other = (await host.sh('until [ -s /tmp/other ]; do sleep 0.05; done; cat /tmp/other')).trim();
    await strays('end');
    expect(await isThere(other)).toBe(true);
  });

  test.each(['01RUN.a', '01RUN.a.nobody'])('is ended by the guard %s before it puts anything back', async (guard) => {
    const pid = await begin('sleep 300; touch /tmp/landed');
    const looks = script('grep -sc "^State:.[^ZX]" "/proc/$1/status" >/tmp/seen || echo gone >/tmp/seen', [pid]);
    const laid = putCommand({ guard, seconds: 60, early: 0, entry: 1, restore: looks });
    expect(await host.run(laid)).toMatchObject({ exit: 0 });
    await host.sh(`echo 0 >/run/runbook/${guard}/lease\nuntil [ -e /run/runbook/${guard}/done ]; do sleep 0.1; done`);
    expect(await host.sh('cat /tmp/seen')).toMatch(/gone\n$/);
  });

  test('is also what the host makes by itself, however it is started', async () => {
    const armed = '/run/runbook/01RUN.a/armed';
    await host.sh(`mkdir -p /run/runbook/01RUN.a && : >${armed}`);
    await host.run(
      script(stepPutScript, [armed, '1', '1', '', '300', 'sh', '-c', 'echo "$$" >/tmp/begun; sleep 300; :']),
    );
    await host.run(script(stepStartScript, [armed, '1', stepRunner, strayMark('01RUN.a')]));
    const pid = (await host.sh('until [ -s /tmp/begun ]; do sleep 0.05; done; cat /tmp/begun')).trim();
    expect(await strays('end')).toContain(`ended ${pid}`);
    expect(await isThere(pid)).toBe(false);
  });

  test('what another user may not end is told as left, at once', async () => {
    const pid = await begin('exec sleep 300');
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(await strays('end', asNobody)).toContain(`left ${pid}`);
    expect(await isThere(pid)).toBe(true);
  });
});

describe('an undo', () => {
  const failing = [task('tasks', value, { name: 'x', value: 2 }), task('tasks', value, { name: 'y', value: 2 })];
  function cutAtY(): SmallWorld {
    const world = new SmallWorld({ a: { x: 1, y: 1 }, b: { x: 1, y: 1 } });
    let cut = false;
    world.fault = (host, { argv }) => {
      if (cut || host !== 'a' || argv[0] !== 'set' || argv[1] !== 'y') return undefined;
      cut = true;
      return 'lost';
    };
    return world;
  }
  const asked = ({ log }: SmallWorld) => log.filter((line) => line.includes('strays'));

  test('asks before it reads anything where a command was cut off, and there alone', async () => {
    const world = cutAtY();
    const result = await run(world, [play(['a', 'b'], failing)]);
    expect(result).toMatchObject({ ending: 'undone', doubts: [] });
    expect(asked(world)).toEqual(['a: strays 01TEST.a end']);
    const onA = world.log.filter((line) => line.startsWith('a: '));
    expect(onA.slice(onA.indexOf('a: strays 01TEST.a end'))).toEqual([
      'a: strays 01TEST.a end',
      'a: get y',
      'a: get x',
      'a: set x 1',
      'a: get x',
      'a: get x',
      'a: get y',
      'a: lock-release 01TEST ',
    ]);
  });

  test('of a run in which nothing was cut off asks nothing', async () => {
    const world = new SmallWorld({ a: { x: 1 } });
    const tasks = [task('tasks', value, { name: 'x', value: 2 }), task('tasks', act, { name: 'no' })];
    world.fault = (_, { argv }) => (argv[1] === 'no' ? 'fail' : undefined);
    expect(await run(world, [play(['a'], tasks)])).toMatchObject({ ending: expect.stringMatching(/undone|unsure/) });
    expect(asked(world)).toEqual([]);
  });

  test.each([
    ['what cannot be ended', 'left 77\n', /still at work: process 77, which could not be ended/],
    ['an answer that is none', 'gibberish\n', /not known: the answer is not understood/],
  ])('leaves a doubt for %s', async (_, answer, found) => {
    const world = cutAtY();
    world.straysAnswer = () => answer;
    const result = await run(world, [play(['a', 'b'], failing)]);
    expect(result).toMatchObject({ ending: 'unsure', exit: 4 });
    const doubt = { host: 'a', what: 'commands of the run', found: expect.stringMatching(found) };
    expect(result.doubts).toEqual([expect.objectContaining(doubt)]);
  });

  test('tells what it has ended', async () => {
    const world = cutAtY();
    world.straysAnswer = () => 'ended 77\nended 78\n';
    const { events, ending } = await run(world, [play(['a', 'b'], failing)]);
    expect(ending).toBe('undone');
    expect(events.flatMap((event) => (event.type === 'warned' ? [event.message] : []))).toContainEqual(
      expect.stringMatching(/^a: a command of the run was still at work \(processes 77, 78\)/),
    );
  });
});
