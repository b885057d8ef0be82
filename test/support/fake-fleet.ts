import { Failure } from '../../src/core/failure.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import type { JsonObject } from '../../src/core/json.ts';

/** A fleet of hosts with variables, without an inventory file; patterns are one name of a host or group. */
export function fakeFleet(
  vars: Readonly<Record<string, JsonObject>>,
  groups: Readonly<Record<string, readonly string[]>>,
): Fleet {
  const names = Object.keys(vars);
  const all = new Map(Object.entries({ ...groups, all: names }));
  return {
    hosts: new Map(names.map((name) => [name, { name, vars: vars[name] ?? {}, connection: { kind: 'ssh' } }])),
    groups: all,
    select: (patterns) => {
      const pattern = String(patterns);
      const found = all.get(pattern) ?? (names.includes(pattern) ? [pattern] : undefined);
      if (found === undefined)
        throw new Failure('invalid', `"${pattern}" is neither a host nor a group`, { hint: 'Did you mean "flannel"?' });
      return found;
    },
  };
}

/** As in the lab: an etcd host and two that run flannel. */
export const flannelFleet = fakeFleet(
  {
    'hdss7-12': { ansible_host: '10.4.7.12' },
    'hdss7-21': {
      pod_ip: '172.7.21.2',
      pod_cidr: '172.7.21.0/24',
      number: 21,
      gateway: '{{ cidr(pod_cidr).host(1) }}',
      only_here: 'x',
    },
    'hdss7-22': {
      pod_ip: '172.7.22.2',
      pod_cidr: '172.7.22.0/24',
      number: 22,
      gateway: '{{ cidr(pod_cidr).host(1) }}',
    },
  },
  { etcd: ['hdss7-12'], flannel: ['hdss7-21', 'hdss7-22'], none: [] },
);
