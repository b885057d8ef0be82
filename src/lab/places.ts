import type { LabHost, LabPlan } from './plan.ts';

/** The files a lab has on this machine. */
export function labPlaces(plan: Pick<LabPlan, 'dir'>) {
  const { dir } = plan;
  return {
    state: `${dir}/lab.json`,
    lock: `${dir}/lock`,
    key: `${dir}/key`,
    publicKey: `${dir}/key.pub`,
    knownHosts: `${dir}/known_hosts`,
    inventory: `${dir}/inventory.yml`,
    /** A tmpfs with what the hosts wrote: an overlay's upper layer cannot lie on an overlay, and etcd syncs at no cost. */
    disks: `${dir}/disks`,
    hosts: `${dir}/hosts`,
    /** The compiled programs that run inside the hosts. */
    programs: `${dir}/programs`,
  };
}

/** The files one host has on this machine. */
export function hostPlaces(plan: Pick<LabPlan, 'dir'>, host: Pick<LabHost, 'name'>) {
  const disk = `${plan.dir}/disks/${host.name}`;
  const own = `${plan.dir}/hosts/${host.name}`;
  return {
    disk,
    upper: `${disk}/upper`,
    work: `${disk}/work`,
    home: `${disk}/home`,
    own,
    root: `${own}/root`,
    /** `PID STARTTIME` of the host's init, written by the host's first process itself. */
    init: `${own}/init`,
    bootId: `${own}/boot_id`,
    log: `${own}/start.log`,
  };
}
