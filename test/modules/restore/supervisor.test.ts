import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { supervisor } from '../../../src/modules/supervisor.ts';
import { asResource } from '../../support/laws.ts';
import { comesBack, type Disturb, isLeftAlone } from '../../support/restores.ts';
import { type Run, readOn, runHere } from '../../support/run-command.ts';
import { temporaryFolder } from '../../support/shells.ts';
import { directSupervisorctl, type Supervisord, startSupervisord } from '../../support/supervisord.ts';

const it = asResource(supervisor);
// Every call of supervisorctl starts a Python.
vi.setConfig({ testTimeout: 120_000 });
const folder = temporaryFolder();
let supervisord: Supervisord;
const run: Run = (command) =>
  runHere({ ...command, env: { ...command.env, PATH: `${folder.path}/bin:${process.env.PATH}` } });
beforeAll(async () => {
  mkdirSync(join(folder.path, 'bin'));
  directSupervisorctl(join(folder.path, 'bin'));
  supervisord = await startSupervisord(folder.path);
});
afterAll(() => supervisord.stop());

async function control(...words: readonly string[]): Promise<string> {
  return (await run({ argv: ['supervisorctl', '-c', supervisord.config, ...words] })).stdout;
}
/** A restart gives another pid. Logs grow by themselves. */
const trace = async (program: Json): Promise<Json> =>
  ((await readOn(run, it, { program, config: supervisord.config })) as JsonObject[]).map(({ state, pid }) => [
    state ?? '',
    pid ?? 0,
  ]);
const thing = (args: JsonObject) => ({
  run,
  resource: it,
  args: { config: supervisord.config, ...args },
  trace: () => trace(args.program ?? ''),
});
const states = async (program: string): Promise<Json> =>
  ((await readOn(run, it, { program, config: supervisord.config })) as JsonObject[]).map(({ state = '' }) => state);

describe('a program', () => {
  beforeEach(() => control('stop', 'plain', 'multi:*', 'crashing', 'broken', 'slow'));

  test.each<readonly [string, string, string, Disturb]>([
    ['ran', 'untouched', 'stopped', () => undefined],
    ['ran', 'after the run', 'stopped', (apply) => apply()],
    ['ran', 'started again', 'stopped', () => control('restart', 'plain')],
    ['rested', 'untouched', 'running', () => undefined],
    ['rested', 'after the run', 'running', (apply) => apply()],
  ])('that %s comes back when it is %s', async (was, _, state, disturb) => {
    if (was === 'ran') await control('start', 'plain');
    await comesBack(thing({ program: 'plain', state }), disturb);
    expect(await states('plain')).toEqual([was === 'ran' ? 'RUNNING' : 'STOPPED']);
  });

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    ['half done', () => control('stop', 'multi:multi_01')],
    ['all else', () => control('start', 'multi:*')],
  ])('of a group of which one ran: %s', async (_, disturb) => {
    await control('start', 'multi:multi_01');
    await comesBack(thing({ program: 'multi:*', state: 'stopped' }), disturb);
    expect(await states('multi:*')).toEqual(['STOPPED', 'RUNNING']);
  });

  test('that was tried again and again is tried again', async () => {
    await control('start', 'crashing');
    const tried = async () =>
      expect(['BACKOFF', 'STARTING']).toEqual(expect.arrayContaining((await states('crashing')) as string[]));
    await vi.waitFor(tried, 5_000);
    const trace = async () =>
      ((await states('crashing')) as string[]).map((state) => (state === 'STARTING' ? 'BACKOFF' : state));
    await comesBack({ ...thing({ program: 'crashing', state: 'stopped', wait: '3s' }), trace }, () => undefined);
    await tried();
  });

  test('that rested is stopped when it is tried again and again', async () => {
    await comesBack(thing({ program: 'crashing', state: 'running' }), () => control('start', 'crashing'));
    expect(await states('crashing')).toEqual(['STOPPED']);
  });

  test('that is still stopping is waited for', async () => {
    await control('start', 'slow');
    await comesBack(thing({ program: 'slow', state: 'stopped' }), async () => {
      void control('stop', 'slow');
      await vi.waitFor(async () => expect(await states('slow')).toEqual(['STOPPING']), 5_000);
    });
    expect(await states('slow')).toEqual(['RUNNING']);
  });

  test('that does not come up is said not to be back', async () => {
    const before = [{ name: 'broken', state: 'RUNNING', pid: 1 }];
    const command = it.restore?.(before, null, thing({ program: 'broken', wait: '20s' }).args) ?? { argv: [] };
    expect(await run(command)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^broken did not come back as it was: broken FATAL .*\n$/),
    });
  });

  test('that is not known any more is at rest, and is not back where it ran', async () => {
    const way = (state: string) =>
      it.restore?.([{ name: 'nosuch', state }], null, thing({ program: 'nosuch' }).args) ?? { argv: [] };
    expect(await run(way('EXITED'))).toMatchObject({ exit: 0, stderr: '' });
    expect(await run(way('RUNNING'))).toMatchObject({ exit: 1, stderr: expect.stringMatching(/no such process/) });
  });

  test('cannot be asked for where supervisord does not answer', async () => {
    const config = join(folder.path, 'nobody.conf');
    writeFileSync(config, '[supervisorctl]\nserverurl = unix:///no/such\n');
    const command = it.restore?.([{ name: 'x', state: 'STOPPED' }], null, { program: 'x', config }) ?? { argv: [] };
    expect(await run(command)).toMatchObject({ exit: 1, stderr: expect.stringMatching(/no such file/) });
  });
});

describe('a program with its file', () => {
  const path = () => join(folder.path, 'd', 'own.ini');
  const text = (rest = '') => `[program:own]\ncommand=sleep 1000\nstartsecs=0\n${rest}`;
  const define = async (content: string | null, ...verbs: readonly string[]): Promise<void> => {
    if (content === null) rmSync(path(), { force: true });
    else writeFileSync(path(), content);
    await control('update', 'own');
    for (const verb of verbs) await control(verb, 'own');
  };
  const args = (state: string, content?: string) => ({
    program: 'own',
    state,
    conf: { path: path(), ...(content === undefined ? {} : { content }) },
  });
  const touched = async (): Promise<Json> => {
    const { ino, mtimeMs } = statSync(path(), { throwIfNoEntry: false }) ?? {};
    return [ino ?? 0, mtimeMs ?? 0, await trace('own')];
  };
  const own = (asked: JsonObject) => ({ ...thing(asked), trace: touched });

  // Its neighbour has changed on disk, and must not be updated with it.
  beforeAll(async () => {
    writeFileSync(join(folder.path, 'd', 'other.ini'), '[program:other]\ncommand=sleep 1001\nstartsecs=0\n');
    await control('update', 'other');
    writeFileSync(join(folder.path, 'd', 'other.ini'), '[program:other]\ncommand=sleep 2002\nstartsecs=0\n');
  });
  let neighbour: Json;
  beforeEach(async () => {
    await define(null);
    neighbour = await readOn(run, it, { program: 'other', config: supervisord.config });
  });

  const happenings: readonly (readonly [string, Disturb])[] = [
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    ['half done: the file only', () => writeFileSync(path(), text('stopwaitsecs=3\n'))],
    ['removed', () => define(null)],
    ['defined by somebody else, and stopped', () => define(text('stopwaitsecs=7\n'), 'stop')],
  ];

  describe.each<readonly [string, () => Promise<void>, string, string]>([
    ['ran', () => define(text()), 'present', 'RUNNING'],
    ['rested', () => define(text(), 'stop'), 'present', 'STOPPED'],
    ['ran, and is to go', () => define(text()), 'absent', 'RUNNING'],
    ['was not there', () => define(null), 'present', ''],
  ])('that %s', (_, setUp, state, is) => {
    const some = is === 'RUNNING' && state === 'present' ? happenings : happenings.slice(1, 3);
    test.each(some)('comes back when it is %s', async (_name, disturb) => {
      await setUp();
      await comesBack(own(args(state, state === 'present' ? text('stopwaitsecs=3\n') : undefined)), disturb);
      if (is === '')
        expect([existsSync(path()), await control('status', 'own')]).toEqual([false, expect.stringMatching('no such')]);
      else expect([readFileSync(path(), 'utf8'), await states('own')]).toEqual([text(), [is]]);
      expect(await readOn(run, it, { program: 'other', config: supervisord.config })).toEqual(neighbour);
    });
  });

  test('whose file was there, but not known to supervisor, is unknown to it again', async () => {
    writeFileSync(path(), text());
    await comesBack(own(args('present', text('stopwaitsecs=3\n'))), (apply) => apply());
    expect(readFileSync(path(), 'utf8')).toBe(text());
    expect(await control('status', 'own')).toMatch(/no such/);
  });

  test('is said not to be back while another file keeps supervisor from reading any', async () => {
    await define(text());
    const broken = join(folder.path, 'd', 'broken.ini');
    await isLeftAlone(
      own(args('present', text())),
      () => writeFileSync(broken, '[program:broken\n'),
      /does not have own as it was: .*CANT_REREAD/,
    );
    rmSync(broken);
  });
});
