import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { service } from '../../src/modules/service.ts';
import { asResource, type Expected, laws } from '../support/laws.ts';
import { applyOn, moveOn, type Run, readOn } from '../support/run-command.ts';
import { type Systemd, systemdIn, sysvIn } from '../support/services.ts';
import { temporaryFolder } from '../support/shells.ts';

const name = 'flanneld';
const unit = { manager: 'systemd', masked: false, stale: false };
const running = { ...unit, state: 'running', boot: 'enabled', pid: 812 };
const stopped = { ...unit, state: 'stopped', boot: 'disabled' };
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
      after: { ...unit, state: 'stopped', boot: 'enabled', masked: true },
      apply: [turn('stop'), systemctl('mask')],
      applied: 'masked',
      undo: [systemctl('unmask'), boot('enable'), turn('start')],
    },
    {
      name: 'one that failed is stopped',
      args: { name, state: 'stopped' },
      host: 'failed',
      before: { ...unit, state: 'failed', boot: 'enabled', restarts: 5 },
    },
    {
      name: 'one that is started again and again does not run',
      args: { name, state: 'running' },
      host: 'restarting',
      before: { ...unit, state: 'starting', boot: 'enabled', restarts: 3 },
      after: { ...unit, state: 'running', boot: 'enabled' },
      apply: [turn('start')],
    },
    {
      name: 'a masked one, unmasked and started',
      args: { name, state: 'running', masked: false },
      host: 'masked',
      before: { ...unit, state: 'stopped', boot: 'masked', masked: true },
      after: { ...unit, state: 'running', boot: 'unknown', masked: false },
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

describe('with a systemctl that keeps a state', () => {
  const folder = temporaryFolder();
  const it = asResource(service);
  let systemd: Systemd;
  const run: Run = (command) => systemd.run(command);
  const changes = (): string[] => systemd.changes();

  beforeAll(() => {
    systemd = systemdIn(folder.path);
  });
  beforeEach(() => systemd.set('reload=yes'));

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
    systemd.set('plan=dying');
    const outcomes = await moveOn(run, it, { name, wait: '5s' }, { ...stopped, state: 'running' });
    expect(outcomes.at(-1)).toMatchObject({ exit: 1, stderr: expect.stringContaining('ActiveState=failed') });
  });
});

describe('with a script of SysV', () => {
  const folder = temporaryFolder();
  const it = asResource(service);
  let run: Run;
  beforeAll(() => {
    run = sysvIn(folder.path, name);
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
