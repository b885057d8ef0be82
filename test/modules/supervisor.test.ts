import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { supervisor } from '../../src/modules/supervisor.ts';
import { asResource, complaints, type Expected, laws, type Situation } from '../support/laws.ts';
import { applyOn, moveOn, type Run, readOn, runHere } from '../support/run-command.ts';
import { temporaryFolder } from '../support/shells.ts';

const running = (name: string, pid?: number): JsonObject => ({
  name,
  state: 'RUNNING',
  ...(pid === undefined ? {} : { pid }),
});
const is = (name: string, state: string): JsonObject => ({ name, state });
const script = /supervisorctl/;
const start = (...names: string[]): Expected => ({ script, args: ['', 'start', '60', rpc('start', names), ...names] });
const stop = (...names: string[]): Expected => ({ script, args: ['', 'stop', '60', rpc('stop', names), ...names] });
const group = (verb: string, name: string): Expected => ({ script, args: ['', verb, '60', '', name] });

function rpc(verb: string, [name]: string[]): string {
  const params = `<param><value><string>${name}</string></value></param><param><value><boolean>1</boolean></value></param>`;
  const method = `<methodName>supervisor.${verb}Process</methodName>`;
  return `<?xml version="1.0"?><methodCall>${method}<params>${params}</params></methodCall>`;
}

/** One program in each state that supervisor knows: what a stop and a start do to it, and what their undo does. */
const states: readonly { state: string; before: Json; stop: Partial<Situation>; start: Partial<Situation> }[] = [
  {
    state: 'running',
    before: [running('running', 23436)],
    stop: { after: [is('running', 'STOPPED')], apply: [stop('running')], undo: [start('running')] },
    start: {},
  },
  {
    state: 'starting',
    before: [is('starting', 'STARTING')],
    stop: { after: [is('starting', 'STOPPED')], apply: [stop('starting')], undo: [start('starting')] },
    start: { after: [running('starting')], apply: [start('starting')] },
  },
  {
    state: 'backoff',
    before: [is('backoff', 'BACKOFF')],
    stop: { after: [is('backoff', 'STOPPED')], apply: [stop('backoff')], undo: [start('backoff')] },
    start: { after: [running('backoff')], apply: [start('backoff')] },
  },
  {
    state: 'stopping',
    before: [is('stopping', 'STOPPING')],
    stop: { after: [is('stopping', 'STOPPED')], apply: [stop('stopping')] },
    start: { after: [running('stopping')], apply: [start('stopping')], undo: [stop('stopping')] },
  },
  ...['stopped', 'exited', 'fatal'].map((state) => ({
    state,
    before: [is(state, state.toUpperCase())],
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
            before,
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
        before: [running('multi:multi_00', 23433), running('multi:multi_01', 23434)],
        after: [is('multi:multi_00', 'STOPPED'), is('multi:multi_01', 'STOPPED')],
        apply: [group('stop', 'multi:*')],
        undo: [group('start', 'multi:*')],
      },
      {
        name: `of a mixed group only those that ran come back${source}`,
        args: { program: 'nodes:*', state: 'stopped' },
        host: `group-mixed${source}`,
        before: [running('nodes:a', 23435), is('nodes:b', 'STOPPED')],
        after: [is('nodes:a', 'STOPPED'), is('nodes:b', 'STOPPED')],
        apply: [stop('nodes:a')],
        undo: [start('nodes:a')],
      },
      {
        name: `one of a group${source}`,
        args: { program: 'nodes:a', state: 'running' },
        host: `one-of-group${source}`,
        before: [running('nodes:a', 23435)],
      },
    ]),
    {
      name: 'protected, and stopped by somebody else',
      args: { program: 'running' },
      protect: true,
      host: 'running',
      before: [running('running', 23436)],
      now: [is('running', 'STOPPED')],
      undo: [start('running')],
    },
    {
      name: 'what ran well before is not restored while it crashes',
      args: { program: 'running' },
      protect: true,
      host: 'running',
      before: [running('running', 23436)],
      now: [is('running', 'BACKOFF')],
      undo: [start('running')],
    },
    {
      name: 'another process of the program is as good',
      args: { program: 'running' },
      protect: true,
      host: 'running',
      before: [running('running', 23436)],
      now: [running('running', 4711)],
    },
    {
      name: 'its own configuration and patience',
      args: { program: 'stopped', state: 'running', config: '/opt/supervisord.conf', wait: '1500ms' },
      host: 'stopped',
      before: [is('stopped', 'STOPPED')],
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

test('"all" is not a program: it would stop what else runs there', () => {
  expect(complaints(supervisor.schema, { program: 'all', state: 'stopped' })).not.toEqual([]);
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asResource(supervisor);
  let daemon: ChildProcess;
  let config = '';
  // A curl that cannot do it, as on an older host.
  const withoutSocket: Run = (command) =>
    runHere({ ...command, env: { ...command.env, PATH: `${folder.path}:${process.env.PATH}` } });

  beforeAll(async () => {
    config = join(folder.path, 'supervisord.conf');
    writeFileSync(config, configuration(folder.path));
    writeFileSync(join(folder.path, 'curl'), '#!/bin/sh\nexit 2\n');
    chmodSync(join(folder.path, 'curl'), 0o755);
    daemon = spawn('supervisord', ['-c', config], { stdio: 'ignore' });
    await vi.waitFor(() => expect(existsSync(join(folder.path, 's.sock'))).toBe(true), { timeout: 10_000 });
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  });

  describe.each([
    ['by the socket', runHere],
    ['by supervisorctl', withoutSocket],
  ] as const)('%s', (how, run) => {
    test('stops, brings back, and starts nothing that did not run', async () => {
      const args = { program: 'plain', state: 'stopped', config };
      await applyOn(run, it, { ...args, state: 'running' });
      const stopped = await applyOn(run, it, args);
      expect(stopped).toEqual({
        before: [{ ...running('plain'), pid: expect.any(Number) }],
        after: [is('plain', 'STOPPED')],
      });
      const [outcome] = await moveOn(run, it, args, stopped.before);
      expect(outcome).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(run, it, args)).toEqual([{ ...running('plain'), pid: expect.any(Number) }]);
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
        is('multi:multi_00', 'STOPPED'),
        is('multi:multi_01', 'STOPPED'),
      ]);
    });

    test('waits for a program that is still stopping before it starts it', async () => {
      const args = { program: 'slow', config };
      await applyOn(run, it, { ...args, state: 'running' });
      const stopping = spawn('supervisorctl', ['-c', config, 'stop', 'slow'], { stdio: 'ignore' });
      const gone = new Promise((resolve) => stopping.once('exit', resolve));
      await vi.waitFor(async () => expect(await readOn(run, it, args)).toEqual([is('slow', 'STOPPING')]), 5_000);
      const { before, after } = await applyOn(run, it, { ...args, state: 'running' });
      expect(before).toEqual([is('slow', 'STOPPING')]);
      expect(after).toMatchObject([{ state: 'RUNNING' }]);
      await gone;
    });

    test('says so when a program does not come up', async () => {
      const args = { program: 'broken', config, wait: '20s' };
      const [outcome] = await moveOn(run, it, args, [running('broken')]);
      expect(outcome?.exit).toBe(1);
      expect(outcome?.stderr).toMatch(/FATAL/);
      expect(await readOn(run, it, args)).toEqual([is('broken', 'FATAL')]);
    });

    test('stops a program in BACKOFF', async () => {
      const args = { program: 'crashing', config };
      await run({ argv: ['supervisorctl', '-c', config, 'start', 'crashing'] });
      await vi.waitFor(async () => expect(await readOn(run, it, args)).toEqual([is('crashing', 'BACKOFF')]), 5_000);
      expect((await applyOn(run, it, { ...args, state: 'stopped' })).after).toEqual([is('crashing', 'STOPPED')]);
    });
  });

  test('a password is left to supervisorctl', async () => {
    const guarded = join(folder.path, 'guarded.conf');
    writeFileSync(guarded, `${configuration(folder.path)}username = me\npassword = secret\n`);
    const probe = it.probe({ program: 'plain', config: guarded });
    expect((await runHere(probe ?? { argv: [] })).stdout).toMatch(/^plain +[A-Z]+ /);
  });
});

function configuration(folder: string): string {
  return `[unix_http_server]
file=${folder}/s.sock
[supervisord]
nodaemon=true
logfile=${folder}/s.log
pidfile=${folder}/s.pid
childlogdir=${folder}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:plain]
command=sleep 1000
startsecs=0
[program:multi]
command=sleep 1000
numprocs=2
process_name=%(program_name)s_%(process_num)02d
startsecs=0
autostart=false
[program:slow]
command=sh -c 'trap "" TERM; while :; do sleep 0.1; done'
startsecs=1
stopwaitsecs=1
autostart=false
[program:broken]
command=false
startretries=1
autostart=false
[program:crashing]
command=false
startretries=50
autostart=false
[supervisorctl]
serverurl = unix://${folder}/s.sock ; here
`;
}
