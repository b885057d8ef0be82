import { entryOf } from '../../core/entry-of.ts';
import type { Converter } from '../arguments.ts';
import { command, ping, raw, script, shell, stat } from './commands.ts';
import { copy, file, line, template } from './files.ts';
import { iptables, iptablesState } from './iptables.ts';
import { sysctl, uri, waitFor } from './network.ts';
import { service, supervisor, systemd } from './services.ts';

/** Modules of Ansible that have an equal here, by their names without the collection. */
const converters: Readonly<Record<string, Converter>> = {
  ...{ command, shell, raw, script, stat, ping },
  ...{ copy, template, file, lineinfile: line },
  ...{ service, systemd, systemd_service: systemd, sysvinit: service, supervisorctl: supervisor },
  ...{ uri, wait_for: waitFor, sysctl, iptables, iptables_state: iptablesState },
};

/** Collections whose modules of these names are meant. */
const collections = /^(?:ansible\.(?:builtin|legacy|posix)|community\.general)\.(\w+)$/;

/** The module's name without a collection that is known. */
export function shortName(name: string): string {
  return collections.exec(name)?.[1] ?? name;
}

export function converterOf(name: string): Converter | undefined {
  return entryOf(converters, name);
}

/** What to do instead of a module that has no equal, where that is known. */
export const instead: Readonly<Record<string, string>> = {
  debug: 'Nothing here only prints: `runbook show` has what each command said.',
  wait_for_connection: 'A connection that is lost is made anew by itself.',
  pause: 'Wait for what it is that takes so long, with `wait_for`.',
  include_vars: 'Name the file under "vars_files" of the play.',
  setup: 'Nothing is gathered: give it as a variable in the inventory, or register what a command says.',
  gather_facts: 'Nothing is gathered: give it as a variable in the inventory, or register what a command says.',
  include_role: 'A role is a file of tasks with inputs: import its tasks/main.yml, then "include_tasks" it.',
  import_role: 'A role is a file of tasks with inputs: import its tasks/main.yml, then "include_tasks" it.',
};
