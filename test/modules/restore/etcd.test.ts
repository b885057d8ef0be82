import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { etcdKey as module } from '../../../src/modules/etcd_key.ts';
import { type Etcd, etcdAnswers, startCluster, startEtcd } from '../../support/etcd.ts';
import { asResource } from '../../support/laws.ts';
import { comesBack, type Disturb, isLeftAlone } from '../../support/restores.ts';
import { makeNamespace, moveOn, type Namespace, readOn } from '../../support/run-command.ts';

const etcdKey = asResource(module);
const odd = '{ "Network":"172.7.0.0/16",\n\t"Backend": {"Type": "é \\\\ $x `q`"} }\n\n';
let ns: Namespace;
let count = 0;

const fresh = (): string => {
  count += 1;
  return `/test/a key${count}`;
};

beforeAll(async () => {
  ns = await makeNamespace();
  await ns.sh('ip link set lo up');
});
afterAll(() => ns.remove());

/** The value as it is, and the index that every write of it changes. */
const thing = (args: JsonObject) => ({
  run: ns.run,
  resource: etcdKey,
  args,
  trace: async (): Promise<Json> => {
    const now = await readOn(ns.run, etcdKey, { api: args.api === 'auto' ? 3 : (args.api ?? 3), key: args.key ?? '' });
    // The time to live runs on.
    const { ttl, ...rest } = (now ?? {}) as JsonObject;
    return rest;
  },
});

const set = async (api: Json, key: string, value: string | null): Promise<void> => {
  const args = { api, key };
  await moveOn(ns.run, etcdKey, args, value === null ? null : { value });
};

describe('one server', () => {
  let etcd: Etcd;
  beforeAll(async () => {
    etcd = await startEtcd(ns);
    await etcdAnswers(ns);
  });
  afterAll(() => etcd.stop());

  describe.each([2, 3])('API %i', (api) => {
    describe.each<readonly [string, string | null, JsonObject]>([
      ['changes', odd, { value: 'new' }],
      ['changes from nothing in it', '', { value: 'new' }],
      ['changes to nothing in it', odd, { value: '' }],
      ['makes', null, { value: '-new\n' }],
      ['removes', odd, { state: 'absent' }],
    ])('what the run %s', (_, before, wanted) => {
      test.each<readonly [string, Disturb]>([
        ['untouched', () => undefined],
        ['after the run', (apply) => apply()],
      ])('comes back to the byte when it is %s', async (_name, disturb) => {
        const key = fresh();
        if (before !== null) await set(api, key, before);
        await comesBack(thing({ api, key, ...wanted }), disturb);
        expect((await readOn(ns.run, etcdKey, { api, key })) as JsonObject | null).toEqual(
          before === null ? null : { value: before, index: expect.any(String) },
        );
      });

      test.each<readonly [string, string | null]>([
        ['changed', 'theirs'],
        ['changed by a line end only', 'new\n\n'],
        ['removed', null],
      ])('is left alone when it was %s by somebody else', async (_name, theirs) => {
        const key = fresh();
        if (before !== null) await set(api, key, before);
        const disturb: Disturb = async (apply) => {
          await apply();
          await set(api, key, theirs);
        };
        const args = { api, key, ...wanted };
        // Where the key was not there, or was to go, that is the state before, or the run's own.
        if (theirs === null && (before === null || wanted.state === 'absent')) await comesBack(thing(args), disturb);
        else await isLeftAlone(thing(args), disturb, /was changed by somebody else/);
      });
    });

    test('one that was only protected comes back from what others wrote', async () => {
      const key = fresh();
      await set(api, key, odd);
      await comesBack(thing({ api, key }), () => set(api, key, 'theirs'));
      await comesBack(thing({ api, key }), () => set(api, key, null));
      expect(await readOn(ns.run, etcdKey, { api, key })).toMatchObject({ value: odd });
    });

    test('a lock that is held by somebody else is waited for', async () => {
      const key = fresh();
      await set(api, key, 'old');
      const args = { api, key, value: 'new', lock: { key: `/lock${api}`, ttl: 5 } };
      const { value } = (await readOn(ns.run, etcdKey, args)) as JsonObject;
      await moveOn(ns.run, etcdKey, args, { value: 'new' });
      await ns.sh(
        api === 2
          ? `ETCDCTL_API=2 etcdctl mk --ttl 3 /lock2 other`
          : `export ETCDCTL_API=3; etcdctl put --lease=$(etcdctl lease grant 3 | cut -d' ' -f2) /lock3 other`,
      );
      const command = etcdKey.restore?.({ value: value ?? '' }, { value: 'new' }, args) ?? { argv: [] };
      expect(await ns.run(command)).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(ns.run, etcdKey, args)).toMatchObject({ value: 'old' });
      expect(await readOn(ns.run, etcdKey, { api, key: `/lock${api}` })).toBeNull();
    });
  });

  test('with a key of API 2 go the directories that were made for it, and no others', async () => {
    const [top, was] = [fresh(), fresh()];
    await ns.sh(`ETCDCTL_API=2 etcdctl mkdir '${was}'`);
    await comesBack(thing({ api: 2, key: `${top}/a/b`, value: 'x' }), (apply) => apply());
    await comesBack(thing({ api: 2, key: `${was}/a/b`, value: 'x' }), (apply) => apply());
    const left = (await ns.sh('ETCDCTL_API=2 etcdctl ls -r /test')).split('\n');
    expect(left).not.toContain(top);
    expect(left).toContain(was);
    expect(left).not.toContain(`${was}/a`);
  });

  test('its time to live comes back, with API 2', async () => {
    const key = fresh();
    await ns.sh(`ETCDCTL_API=2 etcdctl set --ttl 500 '${key}' short`);
    await comesBack(thing({ api: 2, key, value: 'forever' }), (apply) => apply());
    expect(await readOn(ns.run, etcdKey, { api: 2, key })).toMatchObject({
      value: 'short',
      ttl: expect.stringMatching(/^(500|4\d\d)$/),
    });
  });

  test('its lease comes back, with API 3; one that has ended is said so at once', async () => {
    const key = fresh();
    const lease = (await ns.sh(`export ETCDCTL_API=3; lease=$(etcdctl lease grant 500 | cut -d' ' -f2)
      etcdctl put --lease=$lease '${key}' short >&2; printf %s $lease`)) as string;
    await comesBack(thing({ api: 3, key, value: 'forever' }), (apply) => apply());
    expect(await readOn(ns.run, etcdKey, { api: 3, key })).toMatchObject({ value: 'short', lease });
    const disturb: Disturb = async (apply) => {
      await apply();
      await ns.sh(`ETCDCTL_API=3 etcdctl lease revoke ${lease}`);
    };
    await isLeftAlone(thing({ api: 3, key, value: 'forever' }), disturb, /was not brought back: .*lease not found/);
  });

  test('the API is the one that was found', async () => {
    const key = fresh();
    await set(3, key, 'old');
    await comesBack(thing({ api: 'auto', key, value: 'new' }), (apply) => apply());
    expect(await readOn(ns.run, etcdKey, { api: 3, key })).toMatchObject({ value: 'old' });
    expect(await readOn(ns.run, etcdKey, { api: 2, key })).toBeNull();
  });

  test('a value of half a megabyte comes back', async () => {
    const key = fresh();
    const large = 'x"\\\n'.repeat(120_000);
    const write = etcdKey.move(null, { value: large }, { api: 2, key });
    for (const command of write) await ns.run(command);
    await comesBack(thing({ api: 2, key, value: 'small' }), (apply) => apply());
    expect(await readOn(ns.run, etcdKey, { api: 2, key })).toMatchObject({ value: large });
  });
});

describe('a cluster without a quorum', () => {
  let cluster: readonly Etcd[];
  beforeAll(async () => {
    cluster = await startCluster(ns);
    await etcdAnswers(ns);
  }, 40_000);
  afterAll(async () => {
    await Promise.all(cluster.map((etcd) => etcd.stop()));
  });
  const followers = async (signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    for (const { process } of cluster.slice(1)) await ns.sh(`kill -s ${signal.slice(3)} ${process.pid}`);
  };

  test.each([2, 3])(
    'is waited for, API %i',
    async (api) => {
      const key = fresh();
      await set(api, key, odd);
      const args = { api, key, value: 'new' };
      const before = await readOn(ns.run, etcdKey, args);
      await moveOn(ns.run, etcdKey, args, { value: 'new' });
      const command = etcdKey.restore?.(before, { value: 'new' }, args) ?? { argv: [] };
      const hasty = { ...command, argv: command.argv.map((word) => (word === '30' ? '1' : word)) };
      await followers('SIGSTOP');
      expect(await ns.run(hasty)).toMatchObject({
        exit: 1,
        stderr: expect.stringMatching(/^The key .* not brought back: .+\n$/),
      });
      const waiting = ns.run(command);
      // It has asked at least once and been told no, or is still waiting for that.
      await ns.sh(`ETCDCTL_API=3 etcdctl --command-timeout 1s get x >/dev/null 2>&1 && exit 1; true`);
      await followers('SIGCONT');
      expect(await waiting).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(ns.run, etcdKey, args)).toMatchObject({ value: odd });
    },
    120_000,
  );
});
