import { expect, it } from 'vitest';
import { labFacts } from '../../bench/lab-facts.ts';
import { inventory } from '../../src/lab/access.ts';
import { planLab } from '../../src/lab/plan.ts';

const plan = planLab({ name: 'bench', dir: '/lab', network: '10.4.55.0/24', pods: '172.55.0.0/16' });

it('the other sides are told of the lab what its inventory says', () => {
  expect(labFacts('/lab/inventory.yml', inventory(plan))).toEqual({
    inventory: '/lab/inventory.yml',
    network: '172.55.0.0/16',
    etcd: '10.4.55.12',
    key: '/lab/key',
    knownHosts: '/lab/known_hosts',
    hosts: ['hdss7-12', 'hdss7-21', 'hdss7-22'],
    nodes: '10.4.55.21 172.55.21.2 172.55.21.0/24 eth0 docker0\n10.4.55.22 172.55.22.2 172.55.22.0/24 eth0 docker0\n',
  });
});

it('an inventory that lacks something is refused', () => {
  const text = inventory(plan).replace('ansible_host: 10.4.55.12', 'address: 10.4.55.12');
  expect(() => labFacts('/lab/inventory.yml', text)).toThrow('ansible_host');
});
