import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { supervisor } from '../../src/modules/supervisor.ts';
import { asResource, complaints, type Expected, laws, type Situation } from '../support/laws.ts';
import { applyOn, moveOn, type Run, readOn, runHere } from '../support/run-command.ts';
import { temporaryFolder } from '../support/shells.ts';
import { configuration, directSupervisorctl, type Supervisord, startSupervisord } from '../support/supervisord.ts';

/** What the recordings say of logs: name, inode, size. */
const logs: Readonly<Record<string, readonly [string, number, number]>> = {
  a: ['a-stdout---supervisor-bxcyso_t.log', 2156861, 0],
  b: ['b-stdout---supervisor-7zi561el.log', 2156863, 0],
  backoff: ['backoff-stdout---supervisor-d_ix8vmh.log', 2156845, 0],
  changed: ['changed-stdout---supervisor-tzrzkdsv.log', 2156847, 0],
  exited: ['exited-stdout---supervisor-27189rir.log', 2156849, 0],
  fatal: ['fatal-stdout---supervisor-sm915x8t.log', 2156851, 0],
  gone: ['gone-stdout---supervisor-hi2yhmzm.log', 2156853, 0],
  installed: ['installed-stdout---supervisor-z2vsis9r.log', 2156855, 0],
  multi_00: ['multi_00-stdout---supervisor-kmyat9y6.log', 2156857, 0],
  multi_01: ['multi_01-stdout---supervisor-n7m989uw.log', 2156859, 0],
  running: ['running.log', 2156874, 8],
  starting: ['starting-stdout---supervisor-0x215cxs.log', 2156866, 0],
  stopped: ['stopped-stdout---supervisor-7j7bu8he.log', 2156868, 0],
  stopping: ['stopping-stdout---supervisor-7kfure31.log', 2156870, 0],
};
const log = (name: string): JsonObject => {
  const [file, inode, size] = logs[name.replace(/^.*:/, '')] ?? ['', 0, 0];
  return { log: { path: `/tmp/runbook-record/${file}`, inode, size } };
};
/** What the configuration of the recordings says, where it is not the usual. */
const unusual: Readonly<Record<string, JsonObject>> = {
  running: { startsecs: 2, stopwaitsecs: 15 },
  starting: { startsecs: 100 },
  backoff: { startretries: 50 },
  fatal: { startretries: 0 },
  stopping: { stopwaitsecs: 8 },
};
const usual = { startsecs: 1, startretries: 3, stopwaitsecs: 10 };
const is = (name: string, state: string): JsonObject => ({ name, state, ...usual, ...unusual[name] });
const running = (name: string, pid?: number): JsonObject => ({
  ...is(name, 'RUNNING'),
  ...(pid === undefined ? {} : { pid }),
});
/** supervisorctl's configuration names only one of the logs. */
const recorded = (source: string, state: JsonObject): JsonObject =>
  source === '' || state.name === 'running' ? { ...state, ...log(String(state.name)) } : state;

const script = /supervisorctl/;
/** Seconds that these may need to run, or to be given up. */
const patient: Readonly<Record<string, string>> = { starting: '416', backoff: '600' };
const start = (name: string): Expected => ({
  script,
  args: ['', 'start', patient[name] ?? '60', rpc('start', [name]), name],
});
const stop = (name: string): Expected => ({ script, args: ['', 'stop', '60', rpc('stop', [name]), name] });
const group = (verb: string, name: string): Expected => ({ script, args: ['', verb, '60', '', name] });

function rpc(verb: string, [name]: string[]): string {
  const params = `<param><value><string>${name}</string></value></param><param><value><boolean>1</boolean></value></param>`;
  const method = `<methodName>supervisor.${verb}Process</methodName>`;
  return `<?xml version="1.0"?><methodCall>${method}<params>${params}</params></methodCall>`;
}

/** One program in each state that supervisor knows: what a stop and a start do to it, and what their undo does. */
const states: readonly { state: string; before: JsonObject; stop: Partial<Situation>; start: Partial<Situation> }[] = [
  {
    state: 'running',
    before: running('running', 6126),
    stop: { after: [is('running', 'STOPPED')], apply: [stop('running')], undo: [start('running')] },
    start: {},
  },
  {
    state: 'starting',
    before: is('starting', 'STARTING'),
    stop: { after: [is('starting', 'STOPPED')], apply: [stop('starting')], undo: [start('starting')] },
    start: { after: [running('starting')], apply: [start('starting')] },
  },
  {
    state: 'backoff',
    before: is('backoff', 'BACKOFF'),
    stop: { after: [is('backoff', 'STOPPED')], apply: [stop('backoff')], undo: [start('backoff')] },
    start: { after: [running('backoff')], apply: [start('backoff')] },
  },
  {
    state: 'stopping',
    before: is('stopping', 'STOPPING'),
    stop: { after: [is('stopping', 'STOPPED')], apply: [stop('stopping')] },
    start: { after: [running('stopping')], apply: [start('stopping')], undo: [stop('stopping')] },
  },
  ...['stopped', 'exited', 'fatal'].map((state) => ({
    state,
    before: is(state, state.toUpperCase()),
    stop: {},
    start: { after: [running(state)], apply: [start(state)], undo: [stop(state)] },
  })),
];

const notRunning = { stdout: 'stopping STOPPED Nov 23 04:30 AM\n', exit: 3 };

laws(
  supervisor,
  [
    ...['', '-ctl'].flatMap((source) =>
      states.flatMap(({ state, before, ...moves }) =>
        (['stop', 'start'] as const).map((verb): Situation => {
          const wanted = verb === 'stop' ? 'stopped' : 'running';
          return {
            name: `${state.toUpperCase()}, to be ${wanted}, by ${source === '' ? 'the socket' : 'supervisorctl'}`,
            args: { program: state, state: wanted },
            host: `${state}${source}`,
            before: [recorded(source, before)],
            ...moves[verb],
            ...(state === 'stopping' ? { undone: notRunning } : {}),
          };
        }),
      ),
    ),
    ...['', '-ctl'].flatMap((source): Situation[] => [
      {
        name: `a whole group is stopped at once${source}`,
        args: { program: 'multi:*', state: 'stopped' },
        host: `group-all${source}`,
        before: [running('multi:multi_00', 6123), running('multi:multi_01', 6124)].map((each) =>
          recorded(source, each),
        ),
        after: [is('multi:multi_00', 'STOPPED'), is('multi:multi_01', 'STOPPED')],
        apply: [group('stop', 'multi:*')],
        undo: [group('start', 'multi:*')],
      },
      {
        name: `of a mixed group only those that ran come back${source}`,
        args: { program: 'nodes:*', state: 'stopped' },
        host: `group-mixed${source}`,
        before: [running('nodes:a', 6125), is('nodes:b', 'STOPPED')].map((each) => recorded(source, each)),
        after: [is('nodes:a', 'STOPPED'), recorded(source, is('nodes:b', 'STOPPED'))],
        apply: [stop('nodes:a')],
        undo: [start('nodes:a')],
      },
      {
        name: `one of a group${source}`,
        args: { program: 'nodes:a', state: 'running' },
        host: `one-of-group${source}`,
        before: [recorded(source, running('nodes:a', 6125))],
      },
    ]),
    {
      name: 'protected, and stopped by somebody else',
      args: { program: 'running' },
      protect: true,
      host: 'running',
      before: [recorded('', running('running', 6126))],
      now: [is('running', 'STOPPED')],
      undo: [start('running')],
    },
    {
      name: 'what ran well before is not restored while it crashes',
      args: { program: 'running' },
      protect: true,
      host: 'running',
      before: [recorded('', running('running', 6126))],
      now: [is('running', 'BACKOFF')],
      undo: [start('running')],
    },
    {
      name: 'another process of the program is as good',
      args: { program: 'running' },
      protect: true,
      host: 'running',
      before: [recorded('', running('running', 6126))],
      now: [running('running', 4711)],
    },
    ...['', '-ctl'].flatMap((source): Situation[] => {
      const file = (text: string) => ({ content: `[program:${text}`, mode: '0644', owner: 'root', group: 'root' });
      const conf = (name: string) => ({ path: `/etc/supervisord.d/${name}.ini` });
      const content = '[program:changed]\ncommand=sleep 1001\n';
      const changed = { ...running('changed', 6119), ...(source === '' ? log('changed') : {}) };
      return [
        {
          name: `a file that supervisor does not know yet${source}`,
          args: { program: 'new', state: 'absent', conf: conf('new') },
          host: `conf-new${source}`,
          before: { file: file('new]\ncommand=sleep 1001\n'), loaded: 'no', programs: [] },
          after: { file: null, loaded: 'no', programs: [] },
          apply: [{ argv: ['rm', '-f', '--', '/etc/supervisord.d/new.ini'] }],
          applied: `conf-nosuch${source}`,
          undo: [
            {
              script: /mktemp/,
              args: ['/etc/supervisord.d/new.ini', '0644', 'root', 'root', '33', '', ''],
              stdin: '[program:new]\ncommand=sleep 1001\n',
            },
          ],
        },
        {
          name: `a file as wanted that supervisor does not run by: its group alone is updated${source}`,
          args: { program: 'changed', state: 'present', conf: { ...conf('changed'), content } },
          host: `conf-changed${source}`,
          before: { file: file('changed]\ncommand=sleep 1001\n'), loaded: 'changed', programs: [changed] },
          after: { file: file('changed]\ncommand=sleep 1001\n'), loaded: 'yes', programs: [running('changed')] },
          apply: [{ script: /control update "\$2"/, args: ['', 'changed'] }, start('changed')],
          // What it ran by before is nowhere to be had.
          undo: [],
        },
        {
          name: `a file that is gone while its program runs${source}`,
          args: { program: 'gone', conf: conf('gone') },
          protect: true,
          host: `conf-gone${source}`,
          before: {
            file: null,
            loaded: 'changed',
            programs: [
              source === ''
                ? { name: 'gone', state: 'RUNNING', pid: 6122, ...log('gone') }
                : { name: 'gone', state: 'RUNNING', pid: 6122 },
            ],
          },
        },
        {
          name: `a file that supervisor cannot read${source}`,
          args: { program: 'broken', conf: conf('broken') },
          protect: true,
          host: `conf-broken${source}`,
          before: { file: file('broken\n'), loaded: 'broken', programs: [] },
        },
        {
          name: `a program that is defined as wanted${source}`,
          args: {
            program: 'installed',
            state: 'present',
            conf: { ...conf('installed'), content: '[program:installed]\ncommand=sleep 1000\nautostart=false\n' },
          },
          host: `conf-installed${source}`,
          before: {
            file: file('installed]\ncommand=sleep 1000\nautostart=false\n'),
            loaded: 'yes',
            programs: [recorded(source, is('installed', 'STOPPED'))],
          },
          after: {
            file: file('installed]\ncommand=sleep 1000\nautostart=false\n'),
            loaded: 'yes',
            programs: [is('installed', 'STOPPED')],
          },
        },
      ];
    }),
    {
      name: 'its own configuration and patience',
      args: { program: 'stopped', state: 'running', config: '/opt/supervisord.conf', wait: '1500ms' },
      host: 'stopped',
      before: [recorded('', is('stopped', 'STOPPED'))],
      after: [running('stopped')],
      apply: [{ script, args: ['/opt/supervisord.conf', 'start', '2', rpc('start', ['stopped']), 'stopped'] }],
      undo: [{ script, args: ['/opt/supervisord.conf', 'stop', '2', rpc('stop', ['stopped']), 'stopped'] }],
    },
  ],
  [
    ...['', '-ctl'].flatMap((source) => [
      ...['unknown', 'bare-group', 'unknown-group'].map((host) => ({
        name: `${host}${source} is not a stopped program`,
        args: { program: host === 'unknown-group' ? 'nosuch:*' : host === 'unknown' ? 'nosuch' : 'nodes' },
        ...{ host: `${host}${source}`, code: 'unreadable' as const, says: /^supervisor knows no program / },
      })),
      ...['down-no-socket', 'down-refused'].map((host) => ({
        name: `${host}${source} is not a stopped program`,
        args: { program: 'running', state: 'stopped' },
        ...{
          host: `${host}${source}`,
          code: 'unreadable' as const,
          says: /^supervisord does not answer.*no such file|refused/,
        },
      })),
    ]),
    {
      name: 'no supervisord to say whether a program is defined',
      args: { program: 'x', conf: { path: '/x.ini' } },
      host: 'conf-installed-down',
      code: 'unreadable',
      says: /^supervisord does not answer.*refused/,
    },
    ...['unix:///tmp/s.sock no such file', 'unix:///tmp/s.sock refused connection'].map((words) => ({
      name: `version 3, whose exit code is 0 for ${words}`,
      args: { program: 'running', state: 'stopped' },
      ...{ host: { exit: 0, stdout: `${words}\n` }, code: 'unreadable' as const, says: /^supervisord does not answer/ },
    })),
    {
      name: 'no right to ask',
      args: { program: 'running' },
      host: 'denied',
      code: 'unreadable',
      says: /Permission denied/,
    },
    {
      name: 'no supervisor',
      args: { program: 'running' },
      host: { exit: 127, stderr: 'sh: 4: supervisorctl: not found\n' },
      code: 'missing',
      says: /supervisorctl is not on the host/,
    },
    { name: 'silence', args: { program: 'running' }, host: { exit: 0 }, code: 'unreadable', says: /cannot be read/ },
    {
      name: 'version 3, whose exit code is 0 for an error',
      args: { program: 'nosuch' },
      ...{
        host: { exit: 0, stdout: 'nosuch: ERROR (no such process)\n' },
        code: 'unreadable',
        says: /knows no program/,
      },
    },
  ],
);

test('a state and a file have to go together', () => {
  const it = asResource(supervisor);
  const conf = { path: '/etc/supervisord.d/x.ini' };
  for (const args of [
    { program: 'x', state: 'present' },
    { program: 'x', state: 'present', conf },
    { program: 'x', state: 'absent' },
    { program: 'x', state: 'stopped', conf },
  ]) {
    expect(complaints(supervisor.schema, args)).toEqual([]);
    expect(it.faults?.(args)).toMatchObject([{ message: expect.stringContaining('conf') }]);
  }
});

test('"all" is not a program: it would stop what else runs there', () => {
  expect(complaints(supervisor.schema, { program: 'all', state: 'stopped' })).toEqual([
    expect.stringContaining('/program must match pattern'),
  ]);
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asResource(supervisor);
  let supervisord: Supervisord;
  let config = '';
  const having =
    (...programs: readonly string[]): Run =>
    (command) => {
      const PATH = [...programs.map((name) => join(folder.path, name)), process.env.PATH].join(':');
      return runHere({ ...command, env: { ...command.env, PATH } });
    };
  const bySocket = having('direct');
  // A curl that cannot do it, as on an older host.
  const withoutSocket = having('old', 'direct');
  const asVersion3 = having('three', 'old');
  const tool = (name: string, text: string): void => {
    writeFileSync(join(folder.path, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder.path, name), 0o755);
  };

  beforeAll(async () => {
    for (const name of ['direct', 'old', 'three']) mkdirSync(join(folder.path, name));
    directSupervisorctl(join(folder.path, 'direct'));
    tool('old/curl', 'exit 2');
    // What version 3 does with its exit codes.
    tool('three/supervisorctl', `${folder.path}/direct/supervisorctl "$@"; exit 0`);
    supervisord = await startSupervisord(folder.path);
    config = supervisord.config;
  });
  afterAll(() => supervisord.stop());

  describe.each([
    ['by the socket', bySocket],
    ['by supervisorctl', withoutSocket],
    ['by supervisorctl of version 3', asVersion3],
  ] as const)('%s', (how, run) => {
    test('stops, brings back, and starts nothing that did not run', async () => {
      const args = { program: 'plain', state: 'stopped', config };
      await applyOn(run, it, { ...args, state: 'running' });
      const stopped = await applyOn(run, it, args);
      const plain = { name: 'plain', startsecs: 0, startretries: 3, stopwaitsecs: 10 };
      expect(stopped).toMatchObject({
        before: [{ ...plain, state: 'RUNNING', pid: expect.any(Number) }],
        after: [{ ...plain, state: 'STOPPED' }],
      });
      const [outcome] = await moveOn(run, it, args, stopped.before);
      expect(outcome).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(run, it, args)).toMatchObject([{ name: 'plain', state: 'RUNNING', pid: expect.any(Number) }]);
      expect(await moveOn(run, it, args, stopped.before)).toEqual([]);
    });

    test('answers in the way that it is meant to', async () => {
      const probe = it.probe({ program: 'plain', config });
      const { stdout } = await run(probe ?? { argv: [] });
      expect(stdout.startsWith('<?xml')).toBe(how === 'by the socket');
    });

    test('starts and stops a group', async () => {
      const args = { program: 'multi:*', config };
      const { after } = await applyOn(run, it, { ...args, state: 'running' });
      expect(after).toMatchObject([{ state: 'RUNNING' }, { state: 'RUNNING' }]);
      expect((await applyOn(run, it, { ...args, state: 'stopped' })).after).toMatchObject([
        { name: 'multi:multi_00', state: 'STOPPED' },
        { name: 'multi:multi_01', state: 'STOPPED' },
      ]);
    });

    test('waits for a program that is still stopping before it starts it', async () => {
      const args = { program: 'slow', config };
      await applyOn(run, it, { ...args, state: 'running' });
      const stopping = spawn('supervisorctl', ['-c', config, 'stop', 'slow'], { stdio: 'ignore' });
      const gone = new Promise((resolve) => stopping.once('exit', resolve));
      await vi.waitFor(
        async () => expect(await readOn(run, it, args)).toMatchObject([{ name: 'slow', state: 'STOPPING' }]),
        20_000,
      );
      const { before, after } = await applyOn(run, it, { ...args, state: 'running' });
      expect(before).toMatchObject([{ name: 'slow', state: 'STOPPING' }]);
      expect(after).toMatchObject([{ state: 'RUNNING' }]);
      await gone;
    });

    test('says so when a program does not come up', async () => {
      const args = { program: 'broken', config, wait: '20s' };
      const [outcome] = await moveOn(run, it, args, [running('broken')]);
      expect(outcome?.exit).toBe(1);
      expect(outcome?.stderr).toMatch(/FATAL/);
      expect(await readOn(run, it, args)).toMatchObject([{ name: 'broken', state: 'FATAL' }]);
    });

    test('stops a program in BACKOFF', async () => {
      const args = { program: 'crashing', config };
      await run({ argv: ['supervisorctl', '-c', config, 'start', 'crashing'] });
      await vi.waitFor(
        async () => expect(await readOn(run, it, args)).toMatchObject([{ name: 'crashing', state: 'BACKOFF' }]),
        5_000,
      );
      expect((await applyOn(run, it, { ...args, state: 'stopped' })).after).toMatchObject([
        { name: 'crashing', state: 'STOPPED' },
      ]);
    });
  });

  describe('a program that is defined', () => {
    const programConf = (name: string): string => join(folder.path, 'd', `${name}.ini`);
    const define = (name: string, rest = ''): JsonObject => ({
      program: name,
      config,
      conf: { path: programConf(name), content: `[program:${name}]\ncommand=sleep 1000\nstartsecs=0\n${rest}` },
    });

    test('is defined, changed with what ran running again, and gone with the undo', async () => {
      const none = await readOn(bySocket, it, { ...define('own'), state: 'present' });
      expect(none).toEqual({ file: null, loaded: 'no', programs: [] });
      const first = await applyOn(bySocket, it, { ...define('own', 'autostart=false\n'), state: 'present' });
      expect(first.after).toMatchObject({ loaded: 'yes', programs: [{ state: 'STOPPED' }] });
      await applyOn(bySocket, it, { program: 'own', state: 'running', config });

      const args = { ...define('own', 'autostart=false\nstopwaitsecs=3\n'), state: 'present' };
      const second = await applyOn(bySocket, it, args);
      expect(second.after).toMatchObject({ loaded: 'yes', programs: [{ state: 'RUNNING', stopwaitsecs: 3 }] });
      expect(it.same?.(second.after, it.want(args, second.after), args)).toBe(true);
      await moveOn(bySocket, it, args, second.before);
      const back = await readOn(bySocket, it, args);
      expect(it.restored?.(second.before, back, args)).toBe(true);
      expect(back).toMatchObject({ programs: [{ state: 'RUNNING', stopwaitsecs: 10 }] });

      await moveOn(bySocket, it, args, none);
      expect(await readOn(bySocket, it, args)).toEqual(none);
      expect(existsSync(programConf('own'))).toBe(false);
    });

    test('is removed, and comes back running with the undo', async () => {
      await applyOn(withoutSocket, it, { ...define('mine'), state: 'present' });
      const args = { program: 'mine', config, conf: { path: programConf('mine') }, state: 'absent' };
      const { before, after } = await applyOn(withoutSocket, it, args);
      expect(after).toEqual({ file: null, loaded: 'no', programs: [] });
      await moveOn(withoutSocket, it, args, before);
      const back = await readOn(withoutSocket, it, args);
      expect(it.restored?.(before, back, args)).toBe(true);
      expect(back).toMatchObject({ loaded: 'yes', programs: [{ state: 'RUNNING' }] });
    });

    test('has no other group updated with it', async () => {
      await applyOn(bySocket, it, { ...define('other'), state: 'present' });
      const [before] = (await readOn(bySocket, it, { program: 'other', config })) as JsonObject[];
      writeFileSync(programConf('other'), '[program:other]\ncommand=sleep 2000\n');
      await applyOn(bySocket, it, { ...define('third'), state: 'present' });
      expect(await readOn(bySocket, it, { program: 'other', config })).toMatchObject([{ pid: before?.pid ?? 0 }]);
    });

    test('is not taken for defined when its file is none', async () => {
      const args = { ...define('fourth'), conf: { path: programConf('fourth'), content: '[program:fourth\n' } };
      const { before, after } = await applyOn(bySocket, it, { ...args, state: 'present' });
      expect(after).toMatchObject({ loaded: 'broken' });
      await moveOn(bySocket, it, args, before);
      expect(await readOn(bySocket, it, args)).toEqual(before);
    });
  });

  test('a password is left to supervisorctl', async () => {
    const guarded = join(folder.path, 'guarded.conf');
    writeFileSync(guarded, `${configuration(folder.path)}username = me\npassword = secret\n`);
    const probe = it.probe({ program: 'plain', config: guarded });
    expect((await runHere(probe ?? { argv: [] })).stdout).toMatch(/^plain +[A-Z]+ /);
  });
});
