import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { service } from '../../src/modules/service.ts';
import { asResource, type Expected, laws } from '../support/laws.ts';
import { applyOn, moveOn, type Run, readOn, runHere } from '../support/run-command.ts';
import { temporaryFolder } from '../support/shells.ts';

const name = 'flanneld';
const systemd = { manager: 'systemd', masked: false, stale: false };
const running = { ...systemd, state: 'running', boot: 'enabled', pid: 812 };
const stopped = { ...systemd, state: 'stopped', boot: 'disabled' };
const turn = (verb: string, seconds = '90'): Expected => ({ script: /settled/, args: [name, verb, seconds] });
const boot = (verb: string, levels = ''): Expected => ({ script: /update-rc.d/, args: [name, verb, levels] });
const systemctl = (verb: string): Expected => ({
  argv: ['systemctl', '--no-ask-password', verb, '--', 'flanneld.service'],
});

laws(
  service,
  [
    { name: 'it runs', args: { name, state: 'running', enabled: true }, host: 'running', before: running },
    {
      name: 'to run, now and after a boot',
      args: { name, state: 'running', enabled: true, wait: '5s' },
      host: 'stopped',
      before: stopped,
      after: { ...stopped, state: 'running', boot: 'enabled' },
      apply: [boot('enable'), turn('start', '5')],
      applied: 'running',
      undo: [turn('stop', '5'), boot('disable')],
    },
    {
      name: 'stopped for good',
      args: { name, state: 'stopped', enabled: false, masked: true },
      host: 'running',
      before: running,
      after: { ...systemd, state: 'stopped', boot: 'enabled', masked: true },
      apply: [turn('stop'), systemctl('mask')],
      applied: 'masked',
      undo: [systemctl('unmask'), boot('enable'), turn('start')],
    },
    {
      name: 'one that failed is stopped',
      args: { name, state: 'stopped' },
      host: 'failed',
      before: { ...systemd, state: 'failed', boot: 'enabled', restarts: 5 },
    },
    {
      name: 'one that is started again and again does not run',
      args: { name, state: 'running' },
      host: 'restarting',
      before: { ...systemd, state: 'starting', boot: 'enabled', restarts: 3 },
      after: { ...systemd, state: 'running', boot: 'enabled' },
      apply: [turn('start')],
    },
    {
      name: 'a masked one, unmasked and started',
      args: { name, state: 'running', masked: false },
      host: 'masked',
      before: { ...systemd, state: 'stopped', boot: 'masked', masked: true },
      after: { ...systemd, state: 'running', boot: 'unknown', masked: false },
      apply: [systemctl('unmask'), turn('start')],
      applied: 'running',
      undo: [turn('stop'), systemctl('mask')],
    },
    {
      name: 'unit files that systemd has not read',
      args: { name, reload: true },
      host: 'stale',
      before: { ...running, stale: true },
      after: running,
      apply: [{ argv: ['systemctl', 'daemon-reload'] }],
      applied: 'running',
    },
    {
      name: 'a script of SysV',
      args: { name, state: 'stopped', enabled: false },
      host: 'sysv-running',
      before: { manager: 'sysv', state: 'running', boot: 'enabled' },
      after: { manager: 'sysv', state: 'stopped', boot: 'disabled' },
      apply: [turn('stop'), boot('disable')],
      undo: [boot('enable'), turn('start')],
    },
    {
      name: 'a script of SysV that was never set up',
      args: { name, state: 'running', enabled: true },
      host: 'sysv-unlinked',
      before: { manager: 'sysv', state: 'stopped', boot: 'unlinked' },
      after: { manager: 'sysv', state: 'running', boot: 'enabled' },
      apply: [boot('enable'), turn('start')],
      applied: 'sysv-running',
      undo: [turn('stop'), boot('unlink')],
    },
    {
      name: 'a service of OpenRC in its runlevels',
      args: { name, enabled: false },
      host: 'openrc-running',
      before: { manager: 'openrc', state: 'running', boot: 'enabled', levels: ['default'] },
      after: { manager: 'openrc', state: 'running', boot: 'disabled', levels: ['default'] },
      apply: [boot('disable', 'default')],
      undo: [boot('enable', 'default')],
    },
    {
      name: 'a service of OpenRC that crashed',
      args: { name },
      protect: true,
      host: 'openrc-crashed',
      before: { manager: 'openrc', state: 'failed', boot: 'disabled', levels: [] },
    },
  ],
  [
    { name: 'an unknown unit', args: { name }, host: 'unknown', code: 'missing', says: /no service flanneld/ },
    { name: 'no service at all', args: { name }, host: 'none', code: 'missing', says: /no service flanneld/ },
    { name: 'a unit with a mistake', args: { name }, host: 'bad-setting', code: 'unreadable', says: /bad-setting/ },
    {
      name: 'a script that cannot tell',
      args: { name },
      host: 'sysv-cannot-tell',
      code: 'unreadable',
      says: /ends with 4/,
    },
    {
      name: 'starting what is masked',
      args: { name, state: 'running' },
      host: 'masked',
      code: 'refused',
      says: /is masked/,
    },
    {
      name: 'enabling what is static',
      args: { name, enabled: true },
      host: 'static',
      code: 'refused',
      says: /"static"/,
    },
    {
      name: 'masking without systemd',
      args: { name, masked: true },
      host: 'sysv-running',
      code: 'refused',
      says: /not under systemd/,
    },
    {
      name: 'no bus to ask',
      args: { name },
      host: { stdout: 'systemd\n', stderr: 'Failed to connect to bus: Host is down\n' },
      code: 'unreadable',
      says: /cannot be read/,
    },
  ],
);

/** A systemctl that keeps the state of one unit in a file, as far as this module asks of it. */
const fake = `#!/bin/sh
dir=$(dirname "$0")
. "$dir/unit"
keep() { printf 'load=%s active=%s boot=%s pid=%s reload=%s plan=%s\n' $load $active $boot $pid $reload $plan >"$dir/unit"; }
for word; do case $word in -* | *.service | *,*) ;; *) verb=$word; break ;; esac; done
echo "$verb" >>"$dir/verbs"
case $verb in
  show)
    if [ $plan = dying ] && [ $active = active ]; then active=failed pid=0; keep; echo ActiveState=active
    else echo ActiveState=$active; fi
    printf 'LoadState=%s\nSubState=x\nUnitFileState=%s\nMainPID=%s\nNRestarts=0\nNeedDaemonReload=%s\n' $load $boot $pid $reload ;;
  start)
    if [ $load = masked ]; then echo 'Unit is masked.' >&2; exit 1; fi
    active=active pid=$$; keep ;;
  stop) active=inactive pid=0; keep ;;
  enable) boot=enabled; keep ;;
  disable) boot=disabled; keep ;;
  mask) load=masked; keep ;;
  unmask) load=loaded; keep ;;
  daemon-reload) reload=no; keep ;;
esac
`;

describe('with a systemctl that keeps a state', () => {
  const folder = temporaryFolder();
  const it = asResource(service);
  // A mount namespace in which systemd seems to run.
  const run: Run = (command) => {
    const text = 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec "$@"';
    return runHere({
      ...command,
      argv: [
        'unshare',
        '-m',
        'sh',
        '-c',
        text,
        'sh',
        'env',
        `PATH=${folder.path}:${process.env.PATH}`,
        ...command.argv,
      ],
    });
  };
  const unit = (plan = 'well'): void => {
    writeFileSync(
      join(folder.path, 'unit'),
      `load=loaded active=inactive boot=disabled pid=0 reload=yes plan=${plan}\n`,
    );
    writeFileSync(join(folder.path, 'verbs'), '');
  };
  const changes = (): string[] =>
    readFileSync(join(folder.path, 'verbs'), 'utf8')
      .split('\n')
      .filter((verb) => verb !== '' && verb !== 'show');

  beforeAll(() => {
    writeFileSync(join(folder.path, 'systemctl'), fake);
    chmodSync(join(folder.path, 'systemctl'), 0o755);
  });
  beforeEach(() => unit());

  test('starts and enables, does nothing the second time, and is undone', async () => {
    const args = { name, state: 'running', enabled: true, reload: true };
    const { before, after } = await applyOn(run, it, args);
    expect(before).toEqual({ ...stopped, stale: true });
    expect(after).toMatchObject({ state: 'running', boot: 'enabled', stale: false, pid: expect.any(Number) });
    expect(changes()).toEqual(['daemon-reload', 'enable', 'start']);
    await applyOn(run, it, args);
    expect(changes()).toHaveLength(3);
    await moveOn(run, it, args, before);
    expect(it.restored?.(before, await readOn(run, it, args), args)).toBe(true);
    expect(changes().slice(3)).toEqual(['stop', 'disable']);
  });

  test('masks and unmasks', async () => {
    const args = { name, masked: true };
    const { before } = await applyOn(run, it, args);
    await expect(applyOn(run, it, { name, state: 'running' })).rejects.toThrow('masked');
    await moveOn(run, it, args, before);
    expect(await readOn(run, it, args)).toEqual(before);
  });

  test('does not take for started what dies at once', async () => {
    unit('dying');
    const outcomes = await moveOn(run, it, { name, wait: '5s' }, { ...stopped, state: 'running' });
    expect(outcomes.at(-1)).toMatchObject({ exit: 1, stderr: expect.stringContaining('ActiveState=failed') });
  });
});

describe('with a script of SysV', () => {
  const folder = temporaryFolder();
  const it = asResource(service);
  // Its own /etc/init.d and runlevels, in a mount namespace.
  const run: Run = (command) => {
    const text = `mount --bind "${folder.path}/init.d" /etc/init.d &&
      for level in 0 1 2 3 4 5 6 S; do mount --bind "${folder.path}/rc$level.d" /etc/rc$level.d || exit; done && exec "$@"`;
    return runHere({ ...command, argv: ['unshare', '-m', 'sh', '-c', text, 'sh', ...command.argv] });
  };

  beforeAll(() => {
    for (const name of ['init.d', ...['0', '1', '2', '3', '4', '5', '6', 'S'].map((level) => `rc${level}.d`)]) {
      mkdirSync(join(folder.path, name));
    }
    const script = `#!/bin/sh
### BEGIN INIT INFO
# Provides: ${name}
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
file=${folder.path}/runs
case $1 in start) touch $file ;; stop) rm -f $file ;; status) if [ -e $file ]; then exit 0; else exit 3; fi ;; esac
`;
    writeFileSync(join(folder.path, 'init.d', name), script, { mode: 0o755 });
  });

  test('starts, enables and undoes', async () => {
    const args = { name, state: 'running', enabled: true };
    const { before, after } = await applyOn(run, it, args);
    expect(before).toEqual({ manager: 'sysv', state: 'stopped', boot: 'unlinked' });
    expect(after).toEqual({ manager: 'sysv', state: 'running', boot: 'enabled' });
    expect((await applyOn(run, it, { name, enabled: false })).after).toMatchObject({ boot: 'disabled' });
    await moveOn(run, it, args, before);
    expect(await readOn(run, it, args)).toEqual(before);
  });
});
