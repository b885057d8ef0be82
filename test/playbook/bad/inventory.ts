import { type Inventory, loadInventory } from '../../../src/inventory/inventory.ts';

/** The hosts that bad playbooks are for, as in the lab: all of them at one address. */
export function inventoryText(address = '127.0.0.1', port = 22): string {
  return `all:
  vars: { ansible_host: ${address}, ansible_port: ${port} }
  children:
    etcd:
      hosts: { hdss7-12: {} }
    flannel:
      hosts:
        hdss7-21: { pod_ip: 172.7.21.2, pod_cidr: 172.7.21.0/24, number: 21, only_here: x }
        hdss7-22: { pod_ip: 172.7.22.2, pod_cidr: 172.7.22.0/24, number: 22 }
      vars: { gateway: "{{ cidr(pod_cidr).host(1) }}" }
    none: {}
`;
}

export function corpusInventory(): Inventory {
  const path = '/net/inventory.yml';
  return loadInventory({
    sources: [path],
    home: '/home/op',
    read: (asked) => (asked === path ? inventoryText() : undefined),
    list: () => undefined,
  });
}
