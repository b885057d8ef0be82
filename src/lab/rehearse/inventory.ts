import { stringify } from 'yaml';
import { connectionVars } from '../access.ts';
import { etcdOf, type LabPlan } from '../plan.ts';

/**
 * The inventory of a rehearsal, in Ansible's own YAML form: the groups of the real one, and of its variables those that the snapshot keeps. Those that
 * the flannel playbooks ask for are there in any case.
 */
export function rehearsalInventory(plan: LabPlan): string {
  const hosts = plan.hosts.map(({ name, address, pod, captured }) => {
    const own = pod && {
      pod_ip: pod.address,
      pod_cidr: pod.cidr,
      bridge: captured?.bridge,
      iface: captured?.link,
    };
    return [name, { ...own, ...captured?.vars, ansible_host: address }] as const;
  });
  const names = [...new Set(plan.hosts.flatMap(({ captured }) => captured?.groups ?? []))].sort();
  const children = names.map((group) => {
    const members = plan.hosts.filter(({ captured }) => captured?.groups.includes(group));
    return [group, { hosts: Object.fromEntries(members.map(({ name }) => [name, {}])) }];
  });
  const etcd = etcdOf(plan);
  return stringify(
    {
      all: {
        vars: {
          ...connectionVars(plan),
          ...(plan.pods === '' ? {} : { network: plan.pods }),
          ...(etcd ? { etcd_host: etcd.name } : {}),
        },
        hosts: Object.fromEntries(hosts),
        children: Object.fromEntries(children),
      },
    },
    { lineWidth: 0 },
  );
}
