import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { service } from '../../../src/modules/service.ts';
import { asResource } from '../../support/laws.ts';
import { comesBack, type Disturb, isLeftAlone } from '../../support/restores.ts';
import { moveOn, type Run, readOn } from '../../support/run-command.ts';
import { openrcIn, type Systemd, systemdIn, sysvIn } from '../../support/services.ts';
import { temporaryFolder } from '../../support/shells.ts';

const name = 'flanneld';
const it = asResource(service);

describe('under systemd', () => {
  const folder = temporaryFolder();
  let systemd: Systemd;
  beforeAll(() => {
    systemd = systemdIn(folder.path);
  });
  const thing = (args: object) => ({
    run: systemd.run,
    resource: it,
    args: { name, wait: '2s', ...args },
    trace: () => systemd.changes(),
  });
  const happens =
    (words: string): Disturb =>
    () =>
      systemd.set(words);
  const all = { state: 'stopped', enabled: false, masked: true };

  describe.each<readonly [string, string, object]>([
    ['ran and was enabled', 'active=active boot=enabled pid=7', all],
    ['rested and was disabled', '', { state: 'running', enabled: true }],
    ['was masked', 'load=masked boot=masked', { masked: false, state: 'running', enabled: true }],
    ['ran by an older definition', 'active=active pid=7 reload=yes', { state: 'stopped', reload: true }],
    ['was enabled by others', 'active=active boot=static pid=7', { state: 'stopped' }],
  ])('one that %s', (_, was, args) => {
    test.each<readonly [string, Disturb]>([
      ['untouched', () => undefined],
      ['after the run', (apply) => apply()],
      ['stopped', happens(`${was} active=inactive pid=0`)],
      ['started', happens(`${was} active=active pid=9`)],
      ...(was.includes('static')
        ? []
        : ([
            ['masked, with all else', happens('load=masked boot=masked')],
            ['enabled, with all else', happens('active=active boot=enabled pid=9')],
          ] as const)),
    ])('comes back when it is %s', async (_name, disturb) => {
      systemd.set(was);
      await comesBack(thing(args), disturb);
      expect(systemd.unit()).toContain(was.split(' ')[0] || 'active=inactive boot=disabled');
    });
  });

  test('what is as it was is asked for nothing but its state', async () => {
    systemd.set('active=active boot=enabled pid=7');
    await comesBack(thing(all), () => undefined);
    expect(systemd.changes()).toEqual([]);
  });

  test.each([
    ['one that was starting may run by then', 'active=activating', 'active=active pid=9'],
    ['one that was stopping may rest by then', 'active=deactivating', ''],
  ])('%s', async (_, was, now) => {
    systemd.set(was);
    await comesBack(thing({ enabled: true }), happens(now));
    expect(systemd.changes()).toEqual([]);
  });

  test('one that rested and is not known any more is at rest', async () => {
    systemd.set();
    await comesBack(thing({ state: 'running' }), happens('load=not-found boot='));
    expect(systemd.changes()).toEqual([]);
  });

  test.each([
    ['not known any more', 'load=not-found boot=', /is gone by now: it cannot be brought back/],
    ['broken', 'load=bad-setting', /is unknown by now: it cannot be brought back/],
  ])('one that ran and is %s is said not to be back', async (_, now, why) => {
    systemd.set('active=active pid=7');
    await isLeftAlone(thing({ state: 'stopped' }), happens(now), why);
  });

  test('one that does not come up is said not to be back', async () => {
    systemd.set('active=active pid=7');
    const command = it.restore?.(await readOn(systemd.run, it, { name }), null, { name, wait: '2s' }) ?? { argv: [] };
    systemd.set('plan=dying');
    expect(await systemd.run(command)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(
        /^flanneld did not come back as it was: it is resting, for the boot disabled\. .+\n$/,
      ),
    });
  });
});

describe.each([
  ['SysV', sysvIn],
  ['OpenRC', openrcIn],
])('under %s', (_, within) => {
  const folder = temporaryFolder();
  let run: Run;
  beforeAll(() => {
    run = within(folder.path, name);
  });
  beforeEach(() => rmSync(join(folder.path, 'runs'), { force: true }));
  const links = () =>
    readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
      .filter((path) => path !== 'runs')
      .sort();
  const trace = () => [existsSync(join(folder.path, 'runs')), ...links()];

  test.each<readonly [string, object, object]>([
    ['rested, out of the boot', {}, { state: 'running', enabled: true }],
    ['ran, with the boot', { state: 'running', enabled: true }, { state: 'stopped', enabled: false }],
    ['ran, not with the boot', { state: 'running', enabled: false }, { enabled: true }],
  ])('one that %s comes back', async (_name, was, args) => {
    const now = await readOn(run, it, { name });
    await moveOn(run, it, { name }, it.want({ name, ...was }, now));
    const thing = { run, resource: it, args: { name, wait: '2s', ...args }, trace };
    await comesBack(thing, () => undefined);
    await comesBack(thing, (apply) => apply());
    const { before } = await comesBack(thing, async (apply) => {
      await apply();
      rmSync(join(folder.path, 'runs'), { force: true });
    });
    await comesBack(thing, () => writeFileSync(join(folder.path, 'runs'), ''));
    expect(await readOn(run, it, { name })).toEqual(before);
  });
});
