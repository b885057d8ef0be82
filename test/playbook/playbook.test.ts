import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { load, playOf, stepsOf } from './load.ts';

const example = readFileSync(new URL('fixtures/switch-to-vxlan.yml', import.meta.url), 'utf8');

describe('the example of the language', () => {
  const loaded = load(example);

  test('has no problems', () => {
    expect(loaded.problems).toEqual([]);
    expect(loaded.reads).toEqual(['p.yml']);
  });

  test('is one play over the hosts of its group', () => {
    const [play] = loaded.plays;
    expect(play).toMatchObject({
      name: 'Switch flannel to VXLAN',
      hosts: ['hdss7-21', 'hdss7-22'],
      rollback: 'on_failure',
      skipIfVerified: true,
    });
    expect(play?.tasks.map(({ id, module }) => [id, module.name])).toEqual([
      ['0.require.0', 'verify_ping'],
      ['0.tasks.0', 'supervisor'],
      ['0.tasks.1', 'process'],
      ['0.tasks.2', 'route'],
      ['0.tasks.3', 'file'],
      ['0.tasks.4', 'etcd_key'],
      ['0.tasks.5', 'supervisor'],
      ['0.verify.0', 'etcd_key'],
      ['0.verify.1', 'route'],
      ['0.verify.2', 'verify_ping'],
      ['0.cleanup.0', 'route'],
    ]);
  });

  test('resolves anchors, templates, loops over the peers and delegation', () => {
    const play = playOf(example);
    const json = { Network: '172.7.0.0/16', Backend: { Type: 'VxLAN' } };
    const written = { host: 'hdss7-21', on: 'hdss7-12', args: { api: 2, key: '/coreos.com/network/config', json } };
    expect(stepsOf(play, 5, 'hdss7-21')).toEqual({ steps: [written] });
    expect(stepsOf(play, 7, 'hdss7-21')).toEqual({ steps: [written] });
    expect(stepsOf(play, 8, 'hdss7-21')).toMatchObject({
      steps: [{ host: 'hdss7-21', on: 'hdss7-21', item: 'hdss7-22', args: { to: '172.7.22.0/24', dev: 'flannel.1' } }],
    });
    expect(play.tasks[8]).toMatchObject({ retries: 20, delayMs: 500, protect: false, runOnce: false });
    expect(play.tasks[5]).toMatchObject({ runOnce: true, reads: [], at: { file: 'p.yml', line: 29, column: 7 } });
    expect(play.tasks[3]).toMatchObject({
      protect: true,
      name: "The pod network's routes and flanneld's lease file come back with an undo, whoever changes them",
    });
    expect(play.tasks[4]).toMatchObject({ protect: true, name: 'file' });
  });
});
