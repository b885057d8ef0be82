import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { script } from '../../../src/core/command.ts';
import { maskSecrets, maskText } from '../../../src/core/mask.ts';
import { endCommand, type GuardState, putCommand, readGuard, renewCommand } from '../../../src/run/guard/commands.ts';
import { readTaken, takeCommand } from '../../../src/run/lock/commands.ts';
import { makeOwnRun, type OwnRun } from '../../support/own-run.ts';

const run = '01RUN';
const nobody = { operator: 'ann@desk', since: '2026-01-01T00:00:00Z', playbook: 'play.yml', seconds: 60 };
let host: OwnRun;

beforeEach(async () => {
  host = await makeOwnRun();
});
afterEach(() => host.remove());

const writes = (text: string) =>
  script('cat >>/tmp/restored; printf "%s." "$@" >>/tmp/restored', [text], { stdin: 'in ' });

function put(entry: number, restore = writes(`entry ${entry}`), seconds = 60, early = 0) {
  return host.run(putCommand({ guard: run, seconds, early, entry, restore }));
}

async function ask(command = renewCommand(run, 60)): Promise<GuardState> {
  return readGuard(await host.run(command));
}

async function untilThrough(): Promise<GuardState> {
  await host.sh(`until [ -e /run/runbook/${run}/done ]; do sleep 0.1; done`);
  return ask();
}

/** The lease ends now, as if nobody had renewed it. */
const letGo = () => host.sh(`echo 0 >/run/runbook/${run}/lease`);
const restored = () => host.sh('cat /tmp/restored 2>/dev/null || :');
/** Told a moment later. */
const armedFor300 = { is: 'armed', leftSeconds: expect.toSatisfy((left: number) => left > 250 && left <= 300) };
const fillRun = () => host.sh('cat /dev/zero >/run/filler 2>/dev/null || :');
const timers = () => host.sh('pgrep -f "runbook/[0-9A-Z]*/guard" || :');

describe('the guard of a host', () => {
  test('waits while its lease is renewed, in a folder where others see only that it does', async () => {
    expect(await put(1)).toMatchObject({ exit: 0, stdout: `/run/runbook/${run}/armed\n` });
    const modes = await host.sh('cd /run && stat -c "%a %n" runbook runbook/* runbook/*/*');
    expect(modes.split('\n')).toEqual([
      '755 runbook',
      `755 runbook/${run}`,
      `644 runbook/${run}/armed`,
      `600 runbook/${run}/guard`,
      `644 runbook/${run}/lease`,
      `600 runbook/${run}/timer`,
      `700 runbook/${run}/undo`,
      '',
    ]);
    expect(await ask(renewCommand(run, 300))).toEqual(armedFor300);
    expect(await restored()).toBe('');
  });

  test('is renewed by many at once, and takes entries meanwhile', async () => {
    await put(1);
    const renewals = Array.from({ length: 30 }, () => host.run(renewCommand(run, 60)));
    const puts = [2, 3, 4, 5].map((entry) => put(entry));
    for (const { exit, stderr } of await Promise.all([...puts, ...renewals]))
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });

  test('puts everything back, newest first, when the lease is over', async () => {
    await put(1);
    await put(2);
    await put(10);
    await letGo();
    expect(await untilThrough()).toMatchObject({
      is: 'fired',
      entries: [1, 2, 10].map((entry) => ({ entry, exit: 0 })),
    });
    expect(await restored()).toBe('in entry 10.in entry 2.in entry 1.');
    expect(await timers()).toBe('');
  });

  test('hands every word over as it is', async () => {
    const words = ["it's", 'a\nnew\n\nline\n\n', '', ' ', '$(touch /tmp/evil)', '-n', '*', 'é“', '\\'];
    await put(1, script('for word; do printf "<%s>" "$word" >>/tmp/restored; done', words));
    await letGo();
    await untilThrough();
    expect(await restored()).toBe(words.map((word) => `<${word}>`).join(''));
    expect(await host.sh('ls /tmp')).toBe('restored\n');
  });

  test('hands over as many words as a host of many devices needs; of more it is not armed', async () => {
    const words = (count: number) => Array.from({ length: count }, (_, i) => `word-${i}`);
    const last = (count: number) => script('shift "$(($# - 1))"; printf %s "$1" >/tmp/restored', words(count));
    expect(await put(1, last(9_500))).toMatchObject({ exit: 1, stderr: expect.stringContaining('9000 words') });
    await put(1, last(1_500));
    await letGo();
    await untilThrough();
    expect(await restored()).toBe('word-1499');
  });

  test('goes on when one cannot be put back, and says why', async () => {
    await put(1);
    await put(2, script('echo "no way" >&2; exit 3'));
    await letGo();
    expect(await untilThrough()).toMatchObject({
      is: 'fired',
      entries: [
        { entry: 1, exit: 0 },
        { entry: 2, exit: 3, because: 'no way' },
      ],
    });
    expect(await restored()).toBe('in entry 1.');
  });

  test('tells what a restoring command complains of in one line, whatever is in it', async () => {
    await put(1, script('printf %s "$1" >&2; exit 1', ['10%\r100%\n\u2028C:\\new\\c -n\n']));
    await letGo();
    expect(await untilThrough()).toMatchObject({
      entries: [{ entry: 1, exit: 1, because: '10% 100% \u2028C:\\new\\c -n' }],
    });
  });

  test('cuts a long complaint where a secret that is cut in two with it is still known', async () => {
    const [before, secret] = ['x '.repeat(496), 'hunter-ä-2'];
    await put(1, script('printf %s "$1" >&2; exit 1', [before + secret.repeat(50)]));
    await letGo();
    const { entries } = (await untilThrough()) as Extract<GuardState, { is: 'fired' }>;
    expect(maskSecrets(entries[0]?.because ?? '', [secret])).toBe(`${before}${maskText}…`);
  });

  test('that is told to let the change stand does nothing any more, and leaves nothing', async () => {
    await put(1);
    expect(await ask(endCommand(run))).toEqual({ is: 'kept' });
    expect(await ask()).toEqual({ is: 'none' });
    expect(await timers()).toBe('');
    expect(await restored()).toBe('');
    expect(await host.sh('ls -d /run/runbook 2>&1 || :')).toContain('No such file');
  });

  test('that has acted cannot be told to let the change stand, and tells what it did once', async () => {
    await put(1);
    await letGo();
    await untilThrough();
    expect(await ask(endCommand(run))).toMatchObject({ is: 'fired', through: true });
    expect(await ask()).toEqual({ is: 'none' });
  });

  test('restores under the umask of whoever armed it: a file that it makes anew is no more closed than others', async () => {
    const { argv } = putCommand({
      guard: run,
      seconds: 60,
      early: 0,
      entry: 1,
      restore: script('umask >/tmp/restored'),
    });
    await host.run({ argv: ['sh', '-c', 'umask 027; exec "$@"', 'sh', ...argv] });
    await letGo();
    await untilThrough();
    expect(await restored()).toBe('0027\n');
  });

  test('takes no undo under a number that it has already: neither would be lost unnoticed', async () => {
    await put(1);
    expect(await put(1, writes('another'))).toMatchObject({ exit: 1, stderr: expect.stringContaining('already') });
    await letGo();
    await untilThrough();
    expect(await restored()).toBe('in entry 1.');
  });

  test('that has outlived a restart of its host, and so has no timer, is none; it stands in the way of nothing', async () => {
    await put(1);
    await host.sh(`echo another >/run/runbook/${run}/armed`);
    expect(readTaken(await host.run(takeCommand('', { ...nobody, run: '02RUN' })))).toMatchObject({ is: 'taken' });
    expect(await ask()).toEqual({ is: 'none' });
    expect(await put(1)).toMatchObject({ exit: 0 });
    expect(await ask()).toMatchObject({ is: 'armed' });
  });

  test('that has acted takes no further undo: the change it would be for must not be made', async () => {
    await put(1);
    await letGo();
    await untilThrough();
    expect(await put(2)).toMatchObject({ exit: 1, stderr: expect.stringContaining('put everything back already') });
  });

  test('acts earlier by as much as it is told', async () => {
    await put(1, writes('early'), 60, 59);
    await untilThrough();
    expect(await restored()).toBe('in early.');
  });

  test('believes that its lease is over only when it reads so twice on end', async () => {
    await put(1);
    // Each line answers one read, a 0 as if a renewal were halfway through; what nobody reads is left.
    const answers = ['0', '9999999999', '0', '9999999999', '0', '0'];
    const left = await host.sh(`
      cd /run/runbook/${run} && mkfifo pipe && exec 3<>pipe && printf '%s\n' ${answers.join(' ')} >&3 && mv pipe lease
      until [ -e done ]; do sleep 0.1; done
      timeout 0.5 cat <&3 || :`);
    expect(left).toBe('');
    expect(await restored()).toBe('in entry 1.');
  });

  test('acts in time though the clock of its host is set back by years', async () => {
    const setClock = (seconds: number) =>
      host.sh(`printf '#!/bin/sh\necho ${seconds}\n' >/tmp/date; chmod +x /tmp/date`);
    await setClock(4_000_000_000);
    await host.sh('mount --bind /tmp/date "$(command -v date)"');
    await put(1, writes('entry 1'), 1);
    await setClock(1_000_000_000);
    await untilThrough();
    expect(await restored()).toBe('in entry 1.');
  });

  test('survives the end of the session and its hangup', async () => {
    await put(1);
    const [timer = ''] = (await timers()).split('\n');
    await host.sh(`kill -HUP ${timer}; kill -INT ${timer}`);
    await letGo();
    await untilThrough();
    expect(await restored()).toBe('in entry 1.');
  });

  test.each([
    [
      'by systemd where that is there, as a unit of its own',
      'setsid "$@" &',
      '--quiet --collect --unit=runbook-guard-01RUN',
    ],
    ['without it where it does not do so', 'exit 1', ''],
  ])('is started %s', async (_, start, asked) => {
    await host.sh(`mkdir -p /run/systemd/system /tmp/bin && cd /tmp/bin && cat >systemd-run <<'END' && chmod +x systemd-run
#!/bin/sh
asked="$1 $2 $3"; shift 3
${start}
echo "$asked" >/tmp/asked
END`);
    const { argv, stdin = '' } = putCommand({
      guard: run,
      seconds: 60,
      early: 0,
      entry: 1,
      restore: writes('entry 1'),
    });
    const words = ['sh', '-c', 'PATH=/tmp/bin:$PATH; exec "$@"', 'sh', ...argv];
    expect(await host.run({ argv: words, stdin })).toMatchObject({ exit: 0 });
    expect((await host.sh('cat /tmp/asked 2>/dev/null || :')).trim()).toBe(asked);
    await letGo();
    await untilThrough();
    expect(await restored()).toBe('in entry 1.');
  });

  test('is renewed where the disk has become full, and told to rest', async () => {
    await host.sh('mount -t tmpfs -o size=200k none /run');
    await put(1, writes('entry 1'), 2);
    await fillRun();
    expect(await ask(renewCommand(run, 300))).toEqual(armedFor300);
    expect(await host.sh(`cat /run/runbook/${run}/lease; ls /run/runbook/${run} | grep lease`)).toMatch(
      /^\d+\nlease\n$/,
    );
    await host.sh('sleep 3');
    expect(await restored()).toBe('');
    expect(await ask(endCommand(run))).toEqual({ is: 'kept' });
  });

  test('acts on a full disk', async () => {
    await host.sh('mount -t tmpfs -o size=200k none /run');
    await put(1, writes('entry 1'), 1);
    await fillRun();
    await untilThrough();
    expect(await restored()).toBe('in entry 1.');
  });

  test('that finds no room is not armed, and leaves nothing behind', async () => {
    await host.sh('mount -t tmpfs -o size=16k none /run');
    const big = script('cat', ['x'.repeat(100_000)]);
    expect(await put(1, big)).toMatchObject({ exit: 1, stderr: expect.stringContaining('no room') });
    expect(await host.sh('ls -R /run')).not.toContain(run);
    expect(await timers()).toBe('');
  });
});
