import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { etcdKey as module } from '../../../src/modules/etcd_key.ts';
import { type Etcd, etcdAnswers, startCluster, startEtcd } from '../../support/etcd.ts';
import { asResource } from '../../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';

const etcdKey = asResource(module);
const key = '/coreos.com/network/config';
const config = (type: string): JsonObject => ({ Network: '172.7.0.0/16', Backend: { Type: type } });
const text = (type: string): string => JSON.stringify(config(type));
let ns: Namespace;

beforeAll(async () => {
  ns = await makeNamespace();
  await ns.sh('ip link set lo up');
});
afterAll(() => ns.remove());

const ctl = (api: number, words: string): Promise<string> => ns.sh(`ETCDCTL_API=${api} etcdctl ${words} 2>&1`);

describe('which API', () => {
  let etcd: Etcd;
  const args = { api: 'auto', key, json: config('vxlan') };
  const read = () => readOn(ns.run, etcdKey, { api: 'auto', key });

  beforeEach(async () => {
    etcd = await startEtcd(ns);
    await etcdAnswers(ns);
  });
  afterEach(() => etcd.stop());

  const leaseIn3 = async (): Promise<void> => {
    const lease = (await ctl(3, 'lease grant 500')).split(' ')[1];
    await ctl(3, `put --lease=${lease} /coreos.com/network/subnets/172.7.21.0-24 x`);
  };

  test('is the one with live leases, although the other one has the key too', async () => {
    await ctl(2, `set ${key} '${text('host-gw')}'`);
    await ctl(3, `put ${key} '${text('udp')}'`);
    await ctl(2, 'set --ttl 500 /coreos.com/network/subnets/172.7.21.0-24 x');
    // A reservation has no time to live, and nobody lives by it.
    await ctl(3, 'put /coreos.com/network/subnets/172.7.22.0-24 x');
    expect(await read()).toMatchObject({ api: 2, value: text('host-gw') });
    const { before, after } = await applyOn(ns.run, etcdKey, args);
    expect(after).toMatchObject({ api: 2, value: text('vxlan') });
    expect(await ctl(3, `get --print-value-only ${key}`)).toBe(`${text('udp')}\n`);
    await moveOn(ns.run, etcdKey, args, before);
    expect(await ctl(2, `get ${key}`)).toBe(`${text('host-gw')}\n`);
  });

  test('is API 3 when flannel lives there, and an absent key is made and undone there', async () => {
    await leaseIn3();
    expect(await read()).toEqual({ api: 3, value: null });
    const { before, after } = await applyOn(ns.run, etcdKey, args);
    expect(after).toMatchObject({ api: 3, value: text('vxlan') });
    await moveOn(ns.run, etcdKey, args, before);
    expect(await read()).toEqual(before);
  });

  test('cannot be told when flannel lives in both', async () => {
    await leaseIn3();
    await ctl(2, 'set --ttl 500 /coreos.com/network/subnets/172.7.21.0-24 x');
    await expect(read()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('both have live leases'),
    });
  });

  test('is the one that has the key, where nobody has a lease', async () => {
    await ctl(3, `put ${key} '${text('udp')}'`);
    expect(await read()).toMatchObject({ api: 3, value: text('udp') });
    await ctl(2, `set ${key} x`);
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining('both have the key') });
  });

  test('cannot be told from nothing', async () => {
    await expect(read()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('neither has the key'),
    });
  });
});

test('a server without API 2 leaves only 3; one that does not answer rules out neither', async () => {
  const etcd = await startEtcd(ns, ['--enable-v2=false']);
  await etcdAnswers(ns);
  expect(await readOn(ns.run, etcdKey, { api: 'auto', key })).toEqual({ api: 3, value: null });
  await etcd.stop();
  await expect(readOn(ns.run, etcdKey, { api: 'auto', key })).rejects.toMatchObject({ code: 'unreadable' });
});

describe('over TLS', () => {
  let folder: string;
  let etcd: Etcd;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runbook tls-'));
    await ns.sh(`cd '${folder}'
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca-key.pem -out ca.pem -days 2 -subj /CN=ca 2>&1
      printf 'subjectAltName=IP:127.0.0.1\\nextendedKeyUsage=serverAuth,clientAuth\\n' >ext
      for name in server client; do
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name-key.pem -out $name.csr -subj /CN=$name 2>&1
        openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile ext -out $name.pem 2>&1
      done`);
    const file = (name: string): string => join(folder, name);
    const url = 'https://127.0.0.1:2379';
    const server = ['--cert-file', file('server.pem'), '--key-file', file('server-key.pem')];
    const clients = ['--client-cert-auth', '--trusted-ca-file', file('ca.pem')];
    etcd = await startEtcd(ns, ['--listen-client-urls', url, '--advertise-client-urls', url, ...server, ...clients]);
    const flags = `--cacert '${file('ca.pem')}' --cert '${file('client.pem')}' --key '${file('client-key.pem')}'`;
    await etcdAnswers(ns, `--endpoints ${url} ${flags}`);
  });
  afterAll(async () => {
    await etcd.stop();
    await rm(folder, { recursive: true });
  });

  const secured = (api: number | string, more: JsonObject = {}): JsonObject => ({
    api,
    key: `/tls/${api}`,
    endpoints: ['https://127.0.0.1:2379'],
    tls: { ca: join(folder, 'ca.pem'), cert: join(folder, 'client.pem'), key: join(folder, 'client-key.pem') },
    ...more,
  });

  test.each([2, 3])('API %i reads, writes under a lock, and undoes', async (api) => {
    const args = secured(api, { value: 'x', lock: { key: `/lock${api}` } });
    const { before, after } = await applyOn(ns.run, etcdKey, args);
    expect([before, after]).toEqual([null, expect.objectContaining({ value: 'x' })]);
    expect(await readOn(ns.run, etcdKey, secured('auto', { key: `/tls/${api}` }))).toMatchObject({ api, value: 'x' });
    await moveOn(ns.run, etcdKey, args, before);
    expect(await readOn(ns.run, etcdKey, args)).toBeNull();
  });

  test.each([2, 3])('API %i without the certificate is no absent key', async (api) => {
    const { tls: _, ...bare } = secured(api);
    await expect(readOn(ns.run, etcdKey, bare)).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('a lock', () => {
  let etcd: Etcd;
  beforeAll(async () => {
    etcd = await startEtcd(ns);
    await etcdAnswers(ns);
  });
  afterAll(() => etcd.stop());

  describe.each([2, 3])('API %i', (api) => {
    const lock = `/runbook/lock${api}`;
    const args = { api, key: `/locked/${api}`, value: 'mine', lock: { key: lock, ttl: 30 } };
    const isFree = (): Promise<unknown> => readOn(ns.run, etcdKey, { api, key: lock });

    test('is taken for the write, and given back', async () => {
      expect((await applyOn(ns.run, etcdKey, args)).after).toMatchObject({ value: 'mine' });
      expect(await isFree()).toBeNull();
    });

    test('is given back when the write fails', async () => {
      const [lost] = await Promise.all(etcdKey.move({ value: 'x', index: '1' }, { value: 'y' }, args).map(ns.run));
      expect(lost).toMatchObject({ exit: 1, stderr: expect.stringContaining('somebody else') });
      expect(await isFree()).toBeNull();
    });

    test('that somebody else holds stops the write, names them, and stays theirs', async () => {
      await ctl(api, api === 2 ? `mk --ttl 60 ${lock} 'anna since nine'` : `put ${lock} 'anna since nine'`);
      const [held] = await Promise.all(etcdKey.move({ value: 'mine' }, { value: 'y' }, args).map(ns.run));
      expect(held?.exit).toBe(1);
      expect(held?.stderr).toContain(`The lock ${lock} is held by: anna since nine. Nothing was written.`);
      expect(await readOn(ns.run, etcdKey, args)).toMatchObject({ value: 'mine' });
      expect(await isFree()).toMatchObject({ value: 'anna since nine' });
    });
  });
});

describe('a write without an answer', () => {
  let members: readonly Etcd[];
  beforeEach(async () => {
    members = await startCluster(ns);
    await etcdAnswers(ns);
  });
  afterEach(() => Promise.all(members.map((member) => member.stop())));

  /** The leader is asked; the other two are frozen and cannot confirm anything. */
  async function leaderAndFollowers(): Promise<{ endpoints: string[]; followers: readonly Etcd[] }> {
    const all = 'http://127.0.0.1:2379,http://127.0.0.1:2479,http://127.0.0.1:2579';
    const status = (await ctl(3, `--endpoints ${all} endpoint status`)).split('\n');
    const leader = status.findIndex((line) => line.split(', ')[4] === 'true');
    expect(leader).not.toBe(-1);
    return {
      endpoints: [`http://127.0.0.1:${2379 + leader * 100}`],
      followers: members.filter((_, i) => i !== leader),
    };
  }
  const signal = (some: readonly Etcd[], name: NodeJS.Signals): void => {
    for (const { process } of some) process.kill(name);
  };

  test('can be applied later, and is not taken for a failed one', { timeout: 90_000 }, async () => {
    const { endpoints, followers } = await leaderAndFollowers();
    const both = [2, 3].map((api) => ({ api, key, endpoints, json: config('vxlan') }));
    const each = <T>(act: (args: JsonObject) => Promise<T>): Promise<T[]> => Promise.all(both.map(act));
    await each((args) => applyOn(ns.run, etcdKey, { ...args, json: config('host-gw') }));
    const before = await each((args) => readOn(ns.run, etcdKey, args));
    const commands = both.flatMap((args, i) => {
      const [now = null] = [before[i]];
      return etcdKey.move(now, etcdKey.want(args, now), args);
    });
    expect(commands).toHaveLength(2);

    signal(followers, 'SIGSTOP');
    for (const { exit, stderr } of await Promise.all(commands.map(ns.run))) {
      expect(exit).toBe(1);
      expect(stderr).toContain('Whether it was written is not known');
    }
    // Without a quorum nothing is said about the key, least of all that it is unchanged.
    await each((args) => expect(readOn(ns.run, etcdKey, args)).rejects.toMatchObject({ code: 'unreadable' }));

    // One alone: both together could elect one of themselves, who has not heard of the write.
    signal(followers.slice(0, 1), 'SIGCONT');
    // Written once, by the write that was called lost: the first answer with a quorum has it.
    const answer = (args: JsonObject): Promise<unknown> => readOn(ns.run, etcdKey, args).catch(() => 'no quorum yet');
    for (const args of both) {
      await expect.poll(() => answer(args), { timeout: 20_000 }).not.toBe('no quorum yet');
      expect(await readOn(ns.run, etcdKey, args)).toMatchObject({ value: text('vxlan') });
    }
    signal(followers, 'SIGCONT');
    await Promise.all(both.map((args, i) => moveOn(ns.run, etcdKey, args, before[i] ?? null)));
    await each(async (args) => {
      expect(await readOn(ns.run, etcdKey, args)).toMatchObject({ value: text('host-gw') });
    });
  });
});
