import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { etcdKey as module } from '../../src/modules/etcd_key.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const etcdKey = asResource(module);
const key = '/coreos.com/network/config';
const vxlan = { Network: '172.7.0.0/16', Backend: { Type: 'VxLAN' } };
const [hostGwText, vxlanText] = ['{"Network": "172.7.0.0/16", "Backend": {"Type": "host-gw"}}', JSON.stringify(vxlan)];
const local = 'http://127.0.0.1:2379';

const v2 = (...words: readonly string[]) => ({
  script: /problem=\$\(etcdctl/,
  args: [key, '--no-sync', '--endpoints', local, ...words],
});
const v3 = (stdin: string) => ({ script: /answer=\$\(etcdctl/, args: [key, '--endpoints', local, 'txn'], stdin });
const goText = (text: string): string => JSON.stringify(text);

laws(
  module,
  [
    {
      name: 'v2: another value is swapped for the wanted one, and the original bytes come back',
      args: { api: 2, key, json: vxlan },
      host: 'v2-host-gw',
      before: { value: hostGwText, index: '4' },
      after: { value: vxlanText },
      apply: [{ ...v2('set', '--swap-with-index', '4', '--', key), stdin: vxlanText }],
      applied: 'v2-vxlan',
      undo: [{ ...v2('set', '--swap-with-index', '5', '--', key), stdin: hostGwText }],
    },
    {
      name: 'v2: an absent key is made, and goes again',
      args: { api: 2, key, json: vxlan },
      host: 'v2-absent',
      before: null,
      after: { value: vxlanText },
      apply: [{ ...v2('mk', '--', key), stdin: vxlanText }],
      applied: 'v2-vxlan',
      undo: [
        {
          script: /tidy "\$name"/,
          args: [local, '', '', '', key, '--no-sync', '--endpoints', local, 'rm', '--with-index', '5', '--', key],
        },
      ],
    },
    {
      name: 'v2: the same meaning in other bytes is left as it is',
      args: { api: 2, key, json: { Backend: { Type: 'host-gw' }, Network: '172.7.0.0/16' } },
      host: 'v2-host-gw',
      before: { value: hostGwText, index: '4' },
    },
    {
      name: 'v2: the same text in other bytes is written',
      args: { api: 2, key, value: vxlanText },
      host: 'v2-host-gw',
      before: { value: hostGwText, index: '4' },
      after: { value: vxlanText },
      apply: [{ ...v2('set', '--swap-with-index', '4', '--', key), stdin: vxlanText }],
      applied: 'v2-vxlan',
      undo: [{ ...v2('set', '--swap-with-index', '5', '--', key), stdin: hostGwText }],
    },
    {
      name: 'v2: a key goes, and comes back with the time it had left to live',
      args: { api: 2, key: '/lock', state: 'absent' },
      host: 'v2-ttl',
      before: { value: 'owner', index: '6', ttl: '600' },
      after: null,
      apply: [
        { ...v2(), args: ['/lock', '--no-sync', '--endpoints', local, 'rm', '--with-index', '6', '--', '/lock'] },
      ],
      applied: 'v2-absent',
      undo: [
        {
          ...v2(),
          args: ['/lock', '--no-sync', '--endpoints', local, 'mk', '--ttl', '600', '--', '/lock'],
          stdin: 'owner',
        },
      ],
    },
    {
      name: 'v2: without a value it is only read',
      args: { api: 2, key: '/dash' },
      host: 'v2-dash',
      before: { value: '-v', index: '7' },
    },
    {
      name: 'v3: another value is swapped in one transaction, and the original bytes come back',
      args: { api: 3, key, json: vxlan },
      host: 'v3-host-gw',
      before: { value: hostGwText, index: '2' },
      after: { value: vxlanText },
      apply: [v3(`mod("${key}") = "2"\n\nput -- "${key}" ${goText(vxlanText)}\n\n\n`)],
      applied: 'v3-vxlan',
      undo: [v3(`mod("${key}") = "3"\n\nput -- "${key}" ${goText(hostGwText)}\n\n\n`)],
    },
    {
      name: 'v3: an absent key is made, and goes again',
      args: { api: 3, key, json: vxlan },
      host: 'v3-absent',
      before: null,
      after: { value: vxlanText },
      apply: [v3(`create("${key}") = "0"\n\nput -- "${key}" ${goText(vxlanText)}\n\n\n`)],
      applied: 'v3-vxlan',
      undo: [v3(`mod("${key}") = "3"\n\ndel "${key}"\n\n\n`)],
    },
    {
      name: 'v3: a lease of 64 bits keeps every digit',
      args: { api: 3, key: '/lock', state: 'present' },
      host: 'v3-lease',
      before: { value: 'owner', index: '4', lease: '694da206b4acf01f' },
    },
    {
      name: 'v3: an empty value is not an absent key',
      args: { api: 3, key: '/empty', value: '' },
      host: 'v3-empty',
      before: { value: '', index: '6' },
    },
  ],
  [
    {
      name: 'v2: an unreachable server is not taken for an absent key, although the exit code is the same',
      args: { api: 2, key, state: 'absent' },
      host: 'v2-unreachable',
      code: 'unreadable',
      says: /could not be read: .*connection refused/,
    },
    {
      name: 'v3: an unreachable server is not taken for an absent key',
      args: { api: 3, key, state: 'absent' },
      host: 'v3-unreachable',
      code: 'unreadable',
      says: /could not be read: .*context deadline exceeded/,
    },
    {
      name: 'v2: a directory is not a key',
      args: { api: 2, key: '/coreos.com', state: 'absent' },
      host: 'v2-directory',
      code: 'unreadable',
      says: /is a directory/,
    },
    {
      name: 'a client that no longer knows API 2 prints nothing: that is not absence',
      args: { api: 2, key, state: 'absent' },
      host: { stdout: '' },
      code: 'unreadable',
      says: /printed ""/,
    },
    {
      name: 'v3: bytes that are not text cannot be kept, so they are not touched',
      args: { api: 3, key: '/bin', state: 'absent' },
      host: 'v3-binary',
      code: 'unreadable',
      says: /is not text/,
    },
  ],
);

describe("flannel's config", () => {
  const hostGw = { value: hostGwText, index: '4' };
  const wrong = { Network: '172.9.0.0/16', Backend: { Type: 'vxlam', X: 1 } };
  const args = { api: 2, key, json: wrong };
  const wanted = (more: JsonObject, now: Json = hostGw): Json => etcdKey.want({ ...args, ...more }, now);

  test('is refused for all that is wrong with it, with the names that would let it through', () => {
    const all = expect.objectContaining({
      code: 'refused',
      message: expect.stringMatching(/changes the network.*"vxlam" is not known to flanneld/),
      hint: expect.stringContaining('allow: [network_change, unknown_type]'),
    });
    expect(() => wanted({})).toThrow(all);
    expect(() => wanted({ allow: ['network_change'] })).toThrow(/^(?!.*changes the network).*vxlam/);
  });

  test('is written when it is allowed by name, or is said to be none, or stands under another key', () => {
    const after = { value: JSON.stringify(wrong) };
    expect(wanted({ allow: ['network_change', 'unknown_type'] })).toEqual(after);
    expect(wanted({ flannel: false })).toEqual(after);
    expect(wanted({ key: '/other' })).toEqual(after);
    expect(() => wanted({ key: '/other', flannel: true })).toThrow(/vxlam/);
  });

  test('is not held against what is there already, nor against an undo and its playbook', () => {
    const there = { value: JSON.stringify(wrong), index: '9' };
    expect(wanted({}, there)).toEqual(there);
    expect(etcdKey.move(hostGw, there, args)).toHaveLength(1);
    const back = etcdKey.restate(there, args) ?? {};
    expect(back).toMatchObject({ flannel: false, value: there.value });
    expect(etcdKey.want(back, hostGw)).toEqual({ value: there.value });
    expect(etcdKey.restate(hostGw, args)).not.toHaveProperty('flannel');
  });

  test('of the same meaning to flannel is left as it is', () => {
    const now = { value: '{"network":"172.7.0.0/16","BACKEND":{"type":"VXLAN"}}', index: '4' };
    expect(wanted({ json: vxlan }, now)).toBe(now);
    expect(wanted({ json: vxlan, flannel: false }, now)).toEqual({ value: JSON.stringify(vxlan) });
  });
});

test('API 2 is asked with a quorum, at the endpoints that are named and no others', () => {
  expect(etcdKey.probe({ api: 2, key })?.argv).toEqual(expect.arrayContaining(['--quorum', '--no-sync']));
});

test('a state that is only planned has no index, so its value is compared', () => {
  const [first] = etcdKey.move({ value: 'planned' }, { value: 'next' }, { api: 2, key });
  expect(first?.argv).toContain('--swap-with-value');
  const [second] = etcdKey.move({ value: 'planned' }, { value: 'next' }, { api: 3, key });
  expect(second?.stdin).toMatch(/^value\(.*\) = "planned"\n/);
});

describe('on a real etcd', () => {
  let ns: Namespace;
  let etcd: ChildProcess;
  let folder: string;
  let count = 0;

  beforeAll(async () => {
    ns = await makeNamespace();
    await ns.sh('ip link set lo up');
    folder = await mkdtemp(join(tmpdir(), 'runbook-etcd-'));
    const options = ['--data-dir', folder, '--enable-v2', '--unsafe-no-fsync', '--log-level', 'error'];
    etcd = spawn('ip', ['netns', 'exec', ns.name, 'etcd', ...options], { stdio: 'ignore' });
    await ns.sh(
      'ETCDCTL_API=3 timeout 15 sh -c "until etcdctl --command-timeout 200ms endpoint health; do :; done" 2>&1',
    );
  });
  afterAll(async () => {
    const ended = once(etcd, 'close');
    etcd.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
    await ns.remove();
  });

  const get = (api: number, name: string) =>
    api === 2 ? `ETCDCTL_API=2 etcdctl get --quorum ${name}` : `ETCDCTL_API=3 etcdctl get --print-value-only ${name}`;
  const put = (api: number, name: string, value: string, ttl = '') =>
    api === 2
      ? `ETCDCTL_API=2 etcdctl set ${ttl} -- ${name} '${value}'`
      : `ETCDCTL_API=3 etcdctl put -- ${name} '${value}'`;
  const fresh = (): string => {
    count += 1;
    return `/test/key${count}`;
  };

  describe.each([2, 3])('API %i', (api) => {
    test('swaps, and brings back the original bytes', async () => {
      const args = { api, key: fresh(), json: vxlan };
      const odd = '{ "Network":"172.7.0.0/16",\n\t"Backend": {"Type": "é \\\\ $x `q`"} }';
      await ns.sh(put(api, args.key, odd));
      const { before, after } = await applyOn(ns.run, etcdKey, args);
      expect(await ns.sh(get(api, args.key))).toBe(`${vxlanText}\n`);
      expect(after).toMatchObject({ value: vxlanText });
      expect(await applyOn(ns.run, etcdKey, args)).toEqual({ before: after, after });
      await moveOn(ns.run, etcdKey, args, before);
      expect(await ns.sh(get(api, args.key))).toBe(`${odd}\n`);
    });

    test('makes an absent key, and undoes it to absence', async () => {
      const args = { api, key: fresh(), value: '-starts with a dash\n' };
      const { before, after } = await applyOn(ns.run, etcdKey, args);
      expect(before).toBeNull();
      expect(after).toMatchObject({ value: '-starts with a dash\n' });
      await moveOn(ns.run, etcdKey, args, before);
      expect(await readOn(ns.run, etcdKey, args)).toBeNull();
    });

    if (api === 2)
      test('takes along the directories that were made for the key, and no others', async () => {
        const [top, emptied, shared] = [fresh(), fresh(), fresh()];
        await ns.sh(`export ETCDCTL_API=2; etcdctl mkdir ${emptied}/was; etcdctl mkdir ${shared}`);
        for (const key of [`${top}/a/b`, `${emptied}/was/a/b`, `${shared}/a/b`]) {
          const { before } = await applyOn(ns.run, etcdKey, { api, key, value: 'x' });
          if (key.startsWith(shared)) await ns.sh(put(api, `${shared}/a/theirs`, 'y'));
          await moveOn(ns.run, etcdKey, { api, key, value: 'x' }, before);
        }
        const left = (await ns.sh('ETCDCTL_API=2 etcdctl ls -r /test')).split('\n');
        const named = [top, emptied, shared].flatMap((name) =>
          left.filter((line) => `${line}/`.startsWith(`${name}/`)),
        );
        expect(named).toEqual([emptied, `${emptied}/was`, shared, `${shared}/a`, `${shared}/a/theirs`]);
      });

    test('removes a key, and undoes it to the same value', async () => {
      const args = { api, key: fresh() };
      await ns.sh(put(api, args.key, ''));
      const { before, after } = await applyOn(ns.run, etcdKey, { ...args, state: 'absent' });
      expect(after).toBeNull();
      await moveOn(ns.run, etcdKey, args, before);
      expect(await readOn(ns.run, etcdKey, args)).toMatchObject({ value: '' });
    });

    test.each<[string, Json, Json]>([
      ['a change', { value: 'mine' }, { value: 'next' }],
      ['a removal', { value: 'mine' }, null],
      ['a creation', null, { value: 'next' }],
    ])('loses %s to another writer and says so, writing nothing', async (_, from, to) => {
      const args = { api, key: fresh() };
      if (from !== null) await ns.sh(put(api, args.key, 'mine'));
      const read = await readOn(ns.run, etcdKey, args);
      await ns.sh(put(api, args.key, 'theirs'));
      const [lost] = await Promise.all(etcdKey.move(read, to, args).map(ns.run));
      expect(lost?.exit).toBe(1);
      expect(lost?.stderr).toMatch(/was changed by somebody else since it was read. Nothing was written/);
      expect(await readOn(ns.run, etcdKey, args)).toMatchObject({ value: 'theirs' });
    });
  });

  test('says why a write failed when the server is not there', async () => {
    const args = { api: 2, key: fresh(), endpoints: ['http://127.0.0.1:9'] };
    const [lost] = await Promise.all(etcdKey.move({ value: 'a', index: '1' }, { value: 'b' }, args).map(ns.run));
    expect(lost).toMatchObject({ exit: 1, stderr: expect.stringContaining('connection refused') });
  });

  test('API 2 brings back the time to live', async () => {
    const args: JsonObject = { api: 2, key: fresh() };
    await ns.sh(put(2, String(args.key), 'short', '--ttl 500'));
    const { before, after } = await applyOn(ns.run, etcdKey, { ...args, value: 'forever' });
    expect(after).toEqual({ value: 'forever', index: expect.any(String) });
    await moveOn(ns.run, etcdKey, args, before);
    const now = await readOn(ns.run, etcdKey, args);
    expect(now).toMatchObject({ value: 'short', ttl: expect.stringMatching(/^(500|4\d\d)$/) });
    expect(etcdKey.same?.(now, before, args)).toBe(true);
  });

  test('API 3 brings back the lease', async () => {
    const args: JsonObject = { api: 3, key: fresh() };
    await ns.sh(`export ETCDCTL_API=3; lease=$(etcdctl lease grant 500 | cut -d' ' -f2)
      etcdctl put --lease=$lease ${args.key} short`);
    const { before } = await applyOn(ns.run, etcdKey, { ...args, value: 'forever' });
    await moveOn(ns.run, etcdKey, args, before);
    expect(await readOn(ns.run, etcdKey, args)).toEqual({ ...(before as JsonObject), index: expect.any(String) });
  });
});
