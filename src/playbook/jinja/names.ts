import { entryOf } from '../../core/entry-of.ts';
import { call, type Node, NoForm, pathNode, receiver } from './node.ts';

/** As Python and as Jinja write them. */
export const constants: Readonly<Record<string, string>> = {
  ...{ True: 'true', False: 'false', None: 'null', true: 'true', false: 'false', none: 'null' },
};

const renamed: Readonly<Record<string, string>> = {
  ansible_play_hosts: 'play_hosts',
  ansible_play_hosts_all: 'play_hosts',
  ansible_play_batch: 'play_hosts',
  ansible_loop: 'loop',
};

/** Those of Ansible's variables that an inventory gives, rather than a host's facts. */
const given = /^ansible_(host|port|user|connection|become\w*|ssh_\w+|password|python_interpreter|shell_\w+)$/;

/** What a name of Ansible stands for. Throws NoForm for what is not known before a host is asked. */
export function rootName(name: string): Node {
  if (name === 'inventory_hostname_short') return call('inventory_hostname.split(".").first()');
  if (name === 'omit')
    throw new NoForm('An argument cannot be left out by its value: make two tasks of it, each with its "when".', true);
  refuseFact(name);
  return pathNode([entryOf(renamed, name) ?? name]);
}

/** Throws NoForm for a variable that Ansible would have gathered from the host. */
export function refuseFact(name: string): void {
  if (name !== 'ansible_facts' && (!/^ansible_[a-z]/.test(name) || name in renamed || given.test(name))) return;
  throw new NoForm(
    'Nothing is gathered from the hosts: give it as a variable in the inventory, or register what a command says.',
    true,
  );
}

/** A field that has another name here; undefined for one that is called the same. */
export function field(node: Node, name: string): Node | undefined {
  if (/^hostvars(?:\.\w+|\[.*\])$/.test(node.cel)) refuseFact(name);
  if (node.path?.length !== 1 || node.path[0] === 'host' || node.path[0] === 'item') {
    if (node.cel === 'hostvars[inventory_hostname]') return pathNode(['host', name]);
    return undefined;
  }
  if (name === 'rc') return pathNode([...node.path, 'exit']);
  if (name === 'stdout_lines' || name === 'stderr_lines')
    return call(`${receiver(node)}.${name.slice(0, 6)}.lines()`, 'list');
  return undefined;
}
