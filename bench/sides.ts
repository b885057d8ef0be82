import { join } from 'node:path';
import type { Connections } from './connections.ts';
import type { LabFacts } from './lab-facts.ts';
import type { Work } from './timed.ts';

export type Backend = 'vxlan' | 'host-gw';

/** One way of doing the same work. */
export interface Side {
  readonly name: string;
  /** What it keeps open between two commands; undefined: nothing. Cold ones are closed before each round. */
  readonly connections?: { readonly kept: Connections; readonly cold: boolean };
  readonly steps: readonly Step[];
}

export interface Step {
  readonly work: Work;
  /** The cluster is on this backend afterwards; absent: it has not been touched. */
  readonly leaves?: Backend;
}

export interface Places {
  /** The project's root. */
  readonly root: string;
  /** A folder for everything that the bench writes. */
  readonly folder: string;
  readonly lab: LabFacts;
}

/** Asks whether everything is as it should be, or switches. */
export type Errand = 'audit' | 'switch';

/** Runs runbook in a project of its own, in the folder: its history is not the user's. */
export function runbook({ root, folder }: Places, ...args: readonly string[]): Work {
  return { argv: ['node', join(root, 'bin/runbook.js'), ...args], cwd: folder, env: {} };
}

export function ansible({ root, folder, lab }: Places, kept: Connections, errand: Errand, backend: Backend): Work {
  const place = join(root, 'bench/ansible');
  return {
    argv: ['ansible-playbook', '-i', lab.inventory, join(place, `${errand}.yml`), '-e', `mode=${backend}`],
    cwd: folder,
    env: {
      ANSIBLE_CONFIG: join(place, 'ansible.cfg'),
      ANSIBLE_HOME: join(folder, 'ansible'),
      ANSIBLE_SSH_ARGS: '-F none -o ControlMaster=auto -o ControlPersist=600',
      ANSIBLE_SSH_CONTROL_PATH_DIR: kept.folder,
    },
  };
}

export function sshLoop({ root, folder, lab }: Places, kept: Connections, errand: Errand, backend: Backend): Work {
  return {
    argv: ['bash', join(root, 'bench/ssh-loop.sh'), errand, backend],
    cwd: folder,
    env: {
      NODES: join(folder, 'nodes'),
      ETCD: lab.etcd,
      NETWORK: lab.network,
      SSH_KEY: lab.key,
      KNOWN_HOSTS: lab.knownHosts,
      CONTROL: kept.folder,
    },
  };
}
