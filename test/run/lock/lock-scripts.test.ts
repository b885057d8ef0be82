import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '../../../src/core/command.ts';
import { endCommand, putCommand } from '../../../src/run/guard/commands.ts';
import {
  breakCommand,
  type Claim,
  lookCommand,
  readLook,
  readLost,
  readTaken,
  releaseCommand,
  renewCommand,
  takeCommand,
} from '../../../src/run/lock/commands.ts';
import { makeOwnRun, type OwnRun } from '../../support/own-run.ts';

let host: OwnRun;

beforeEach(async () => {
  host = await makeOwnRun();
  await host.sh('mkdir -m 1777 /run/lock');
});
afterEach(() => host.remove());

function claim(run: string, more: Partial<Claim> = {}): Claim {
  return { run, operator: `${run}@desk`, since: '2026-01-01T00:00:00Z', playbook: 'a play.yml', seconds: 60, ...more };
}

const take = async (it: Claim, name = '') => readTaken(await host.run(takeCommand(name, it)));
const look = async () => readLook(await host.run(lookCommand()));
const lose = () => host.sh("sed -i 's/^until=.*/until=0/' /run/lock/runbook.lock");

describe('the lock of a host', () => {
  test('is had by one run; another is told who has it', async () => {
    expect(await take(claim('A'))).toMatchObject({ is: 'taken' });
    expect(await take(claim('B'))).toMatchObject({
      is: 'busy',
      holder: { run: 'A', operator: 'A@desk', playbook: 'a play.yml', since: '2026-01-01T00:00:00Z' },
    });
    expect(await host.sh('ls /run/lock')).toBe('runbook.lock\n');
  });

  test('is had as long though the clock of the host is set ahead by years', async () => {
    const setClock = (seconds: number) =>
      host.sh(`printf '#!/bin/sh\necho ${seconds}\n' >/tmp/date; chmod +x /tmp/date`);
    await setClock(1_000_000_000);
    await host.sh('mount --bind /tmp/date "$(command -v date)"');
    await take(claim('A'));
    await setClock(4_000_000_000);
    expect(await take(claim('B'))).toMatchObject({ is: 'busy', holder: { run: 'A' } });
  });

  test('of many that want it at once exactly one gets it', async () => {
    const runs = Array.from({ length: 12 }, (_, i) => `R${i}`);
    const taken = await Promise.all(runs.map((run) => take(claim(run))));
    expect(taken.filter(({ is }) => is === 'taken')).toHaveLength(1);
  });

  test('of many that find it over exactly one gets it, and keeps it', async () => {
    await take(claim('OLD'));
    await lose();
    const runs = Array.from({ length: 12 }, (_, i) => `R${i}`);
    const taken = await Promise.all(runs.map((run) => take(claim(run))));
    const winners = runs.filter((_, i) => taken[i]?.is === 'taken');
    const { locks } = await look();
    expect(winners).toContain(locks[0]?.holder.run);
    expect(await host.sh('ls /run/lock')).toBe('runbook.lock\n');
  });

  test('is held by its run, though it renews it many times at once', async () => {
    await take(claim('A'));
    const renewals = Array.from({ length: 20 }, () => host.run(renewCommand('A', 60, [''])));
    expect((await Promise.all(renewals)).flatMap((outcome) => readLost(outcome, ['']))).toEqual([]);
    expect(await host.sh('ls /run/lock')).toBe('runbook.lock\n');
  });

  test.each([
    ['the usual tools', []],
    ['BusyBox', ['env', 'PATH=/tmp/busybox']],
  ])('is renewed where the disk has become full, with %s', async (_, through) => {
    await host.sh('mkdir /tmp/busybox && busybox --install -s /tmp/busybox');
    await host.sh('mount -t tmpfs -o size=100k none /run && mkdir -m 1777 /run/lock');
    await take(claim('A'));
    await host.sh('cat /dev/zero >/run/filler 2>/dev/null || :');
    const { argv } = renewCommand('A', 300, ['']);
    expect(readLost(await host.run({ argv: [...through, ...argv] }), [''])).toEqual([]);
    const { locks } = await look();
    expect(locks).toMatchObject([{ holder: { run: 'A' } }]);
    expect(locks[0]?.holder.leftSeconds).toBeGreaterThan(250);
    expect(await host.sh('ls /run/lock')).toBe('runbook.lock\n');
  });

  test('leaves nothing of a renewal that was cut short, neither given back nor taken over', async () => {
    const cutShort = () => host.sh('echo half >/run/lock/runbook.lock.A.17');
    await take(claim('A'));
    await cutShort();
    await host.run(releaseCommand('A', ['']));
    expect(await host.sh('ls /run/lock')).toBe('');
    await take(claim('A'));
    await cutShort();
    await host.run(breakCommand('A', ['']));
    expect(await host.sh('ls /run/lock')).toBe('runbook.lock.A.broken\n');
    await take(claim('A'));
    await cutShort();
    await take(claim('B', { of: 'A' }));
    expect(await host.sh('ls /run/lock')).toBe('runbook.lock\n');
  });

  test('is taken over by the rollback of the run that has it', async () => {
    await take(claim('A'));
    expect(await take(claim('B', { of: 'A' }))).toMatchObject({ is: 'taken' });
    expect((await look()).locks).toMatchObject([{ name: '', holder: { run: 'B' } }]);
  });

  test.each(['A', 'C'])('is taken over from %s, one of the runs that it goes on with', async (holder) => {
    await take(claim(holder));
    expect(await take(claim('B', { of: 'A C' }))).toMatchObject({ is: 'taken' });
    expect(await take(claim('A C'))).toMatchObject({ is: 'busy', holder: { run: 'B' } });
  });

  test('is renewed, and a run learns that it has lost it', async () => {
    await take(claim('A', { seconds: 5 }));
    const renewed = await host.run(renewCommand('A', 60, ['']));
    expect(readLost(renewed, [''])).toEqual([]);
    expect((await look()).locks[0]?.holder.leftSeconds).toBeGreaterThan(50);
    await lose();
    await take(claim('B'));
    expect(readLost(await host.run(renewCommand('A', 60, [''])), [''])).toEqual(['']);
  });

  test('that has outlived a restart of the host is over, and lost to its run', async () => {
    await take(claim('A'));
    await host.sh("sed -i 's/^boot=.*/boot=another/' /run/lock/runbook.lock");
    expect(readLost(await host.run(renewCommand('A', 60, [''])), [''])).toEqual(['']);
    expect(await take(claim('B'))).toMatchObject({ is: 'taken' });
  });

  describe('when its run, which has slept, wants it again', () => {
    let boot: string;
    const takeAgain = async () => readTaken(await host.run(takeCommand('', claim('A'), boot)));
    const heldByA = { locks: [{ holder: { run: 'A' } }] };

    beforeEach(async () => {
      const taken = await take(claim('A'));
      boot = 'boot' in taken ? taken.boot : '';
      expect(boot).not.toBe('');
      await lose();
    });

    test('is had, where nobody else has had it', async () => {
      expect(await takeAgain()).toEqual({ is: 'taken', boot });
      expect(await look()).toMatchObject(heldByA);
    });

    test.each([
      ['has ended', () => host.run(releaseCommand('B', ['']))],
      ['has died', lose],
    ])('is not had after another run, which %s', async (_, end) => {
      await take(claim('B'));
      await end();
      expect(await takeAgain()).toEqual({ is: 'passed' });
      expect(await host.sh('ls /run/lock')).toBe('');
    });

    test('is had after a restart of the host, which takes it away', async () => {
      await host.sh('rm /run/lock/*');
      boot = 'another';
      expect(await takeAgain()).toMatchObject({ is: 'taken' });
    });

    test('is had where it was only broken', async () => {
      await host.run(breakCommand('A', ['']));
      expect((await look()).locks).toEqual([]);
      expect(await takeAgain()).toEqual({ is: 'taken', boot });
      expect(await host.sh('ls /run/lock')).toBe('runbook.lock\n');
    });

    test('is not had where it was broken for another run, which has ended', async () => {
      await host.run(breakCommand('A', ['']));
      expect(await take(claim('B'))).toMatchObject({ is: 'taken' });
      await host.run(releaseCommand('B', ['']));
      expect(await takeAgain()).toEqual({ is: 'passed' });
    });
  });

  test('is released by the run that has it, not by another', async () => {
    await take(claim('A'));
    await take(claim('A'), 'flannel');
    await host.run(releaseCommand('B', ['', 'flannel']));
    expect((await look()).locks.map(({ name }) => name).toSorted()).toEqual(['', 'flannel']);
    await host.run(releaseCommand('A', ['', 'flannel']));
    expect(await look()).toEqual({ locks: [], guards: [] });
  });

  test('is not given while another run has a guard that is still to act', async () => {
    await host.sh('mkdir -p /run/runbook/X && echo 9999999999 >/run/runbook/X/lease && : >/run/runbook/X/armed');
    expect(await take(claim('B'))).toEqual({ is: 'guarded', run: 'X' });
    expect(await take(claim('C', { of: 'X' }))).toMatchObject({ is: 'taken' });
    expect((await look()).guards).toMatchObject([{ run: 'X' }]);
  });

  test('cannot be made to lie by what an operator is called', async () => {
    await take(claim('A', { operator: 'x\nrun=B\nuntil=0', playbook: '$(touch /tmp/evil)' }));
    expect(await take(claim('B'))).toMatchObject({ is: 'busy', holder: { run: 'A', operator: 'x run=B until=0' } });
    expect(await host.sh('ls /tmp')).toBe('');
  });

  test.each(['dash', 'bash', 'busybox sh'])(
    'says of a file that somebody else has put there only text, with %s',
    async (shell) => {
      const ran = ({ argv: [, ...words] }: Command) => host.run({ argv: [...shell.split(' '), ...words] });
      const evil = 'a[$(touch /tmp/evil; echo 0)]';
      await host.sh(`cd /run/lock && printf '%s\n' 'until=${evil}' run=Z >runbook.lock`);
      await host.sh(`cp /run/lock/runbook.lock /run/lock/runbook.x.lock; echo until=08 >/run/lock/runbook.y.lock`);
      await host.sh(`mkdir -p /run/runbook/X && cd /run/runbook/X && : >armed && echo '${evil}' >lease`);
      expect(readLook(await ran(lookCommand())).locks).toMatchObject([
        { name: '', holder: { run: 'Z' } },
        { name: 'x', holder: { run: 'Z' } },
        { name: 'y', holder: { run: '' } },
      ]);
      expect(readTaken(await ran(takeCommand('', claim('A', { of: 'X' }))))).toMatchObject({ is: 'taken' });
      expect(await host.sh('ls /tmp')).toBe('');
    },
  );

  const userIn = (uid: number) => async (command: Command) => {
    const argv = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...command.argv];
    return host.run({ ...command, argv });
  };
  const users = { root: (command: Command) => host.run(command), ann: userIn(1001), bob: userIn(1002) };
  type User = keyof typeof users;

  describe.each(['chmod 1777 /run/lock', 'chmod 755 /run/lock', 'rmdir /run/lock'])('after %s', (make) => {
    test.each<[User, User]>([
      ['root', 'ann'],
      ['ann', 'root'],
      ['ann', 'bob'],
    ])('is had by %s, and not by %s too', async (first, second) => {
      await host.sh(make);
      expect(readTaken(await users[first](takeCommand('', claim('A'))))).toMatchObject({ is: 'taken' });
      expect(readTaken(await users[second](takeCommand('', claim('B'))))).toMatchObject({
        is: 'busy',
        holder: { run: 'A' },
      });
      expect(readLook(await users[second](lookCommand())).locks).toMatchObject([{ holder: { run: 'A' } }]);
      await users[first](releaseCommand('A', ['']));
      expect(readTaken(await users[second](takeCommand('', claim('B'))))).toMatchObject({ is: 'taken' });
    });
  });

  test.each<[User, User]>([
    ['root', 'ann'],
    ['ann', 'root'],
    ['ann', 'ann'],
    ['ann', 'bob'],
  ])('is not given while a guard of %s has still to act: to %s neither', async (armed, wants) => {
    const laid = { guard: 'X.a.root', seconds: 60, early: 0, entry: 1, restore: { argv: ['true'] } };
    expect(await users[armed](putCommand(laid))).toMatchObject({ exit: 0 });
    expect(readTaken(await users[wants](takeCommand('', claim('B'))))).toEqual({ is: 'guarded', run: 'X' });
    const [guard] = readLook(await users[wants](lookCommand())).guards;
    expect(guard?.run).toBe('X');
    expect(guard?.leftSeconds).toBeGreaterThan(50);
    await users[armed](endCommand('X.a.root'));
    expect(readTaken(await users[wants](takeCommand('', claim('B'))))).toMatchObject({ is: 'taken' });
  });

  test('that is over is taken from anybody by root; another user is told whose it is', async () => {
    await users.ann(takeCommand('', claim('A', { seconds: 0 })));
    const refused = await users.bob(takeCommand('', claim('B')));
    expect(refused).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/run A is over, but only 1001 and root .*: \/run\/lock/),
    });
    expect(readTaken(await users.root(takeCommand('', claim('C'))))).toMatchObject({ is: 'taken' });
    expect(await host.sh('ls /run/lock')).toBe('runbook.lock\n');
  });
});
