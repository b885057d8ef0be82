import { expect, test } from 'vitest';
import { parseNet } from '../../src/lab/flanneld/address.ts';
import type { Backend } from '../../src/lab/flanneld/backend.ts';
import { type Change, type EtcdClient, EtcdError, type EtcdNode } from '../../src/lab/flanneld/etcd.ts';
import { watchLeases } from '../../src/lab/flanneld/subnets.ts';

const prefix = '/coreos.com/network';
const node = (last: number, type = 'host-gw'): EtcdNode => ({
  key: `${prefix}/subnets/172.7.${last}.0-24`,
  value: JSON.stringify({ PublicIP: `10.4.7.${last}`, BackendType: type }),
  modifiedIndex: last,
  expiration: null,
});
const subnet = parseNet('172.7.21.0/24');
if (!subnet) throw new Error('no network');
const own = {
  key: `${prefix}/subnets/172.7.21.0-24`,
  subnet,
  attributes: { PublicIP: '10.4.7.21', BackendType: 'host-gw' },
  expiration: null,
};

/** What a node's backend is told when etcd lists and then changes like this; a number is an answer that is an error. */
async function told(lists: EtcdNode[][], changes: (Change | number)[]): Promise<string[]> {
  const heard: string[] = [];
  await new Promise<void>((ended) => {
    const etcd: Pick<EtcdClient, 'list' | 'watch'> = {
      list: async () => ({ nodes: lists.shift() ?? [], index: 1 }),
      watch: async () => {
        const change = changes.shift();
        if (typeof change === 'number') throw new EtcdError(change, 'cleared', 1);
        if (change !== undefined) return change;
        ended();
        return new Promise(() => undefined);
      },
    };
    const backend: Backend = {
      attributes: own.attributes,
      mtu: 1500,
      configure: async () => undefined,
      begin: () => undefined,
      added: async ({ key }) => void heard.push(`added ${key.split('/').at(-1)}`),
      removed: async ({ key }) => void heard.push(`removed ${key.split('/').at(-1)}`),
    };
    void watchLeases(etcd as EtcdClient, prefix, own, backend, () => void heard.push('revoked'));
  });
  return heard;
}

// As flanneld does; the two of a gap as its source says, not seen.
test.each<[string, EtcdNode[][], (Change | number)[], string[]]>([
  ['what is there, but its own', [[node(21), node(22)]], [], ['added 172.7.22.0-24']],
  [
    'a lease that is written anew',
    [[node(21), node(22)]],
    [{ action: 'set', node: node(22, 'vxlan') }],
    ['added 172.7.22.0-24', 'added 172.7.22.0-24'],
  ],
  [
    'a lease that goes',
    [[node(21), node(22)]],
    [{ action: 'expire', node: node(22) }],
    ['added 172.7.22.0-24', 'removed 172.7.22.0-24'],
  ],
  ['its own that goes', [[node(21)]], [{ action: 'delete', node: node(21) }], ['revoked']],
  [
    'after a gap only what is new or gone, not what has changed',
    [
      [node(21), node(22), node(23)],
      [node(21), node(22, 'vxlan'), node(24)],
    ],
    [401],
    ['added 172.7.22.0-24', 'added 172.7.23.0-24', 'added 172.7.24.0-24', 'removed 172.7.23.0-24'],
  ],
  ['its own that went in a gap is not missed', [[node(21)], []], [401], []],
])('a backend is told of %s', async (_, lists, changes, expected) => {
  expect(await told(lists, changes)).toEqual(expected);
});
