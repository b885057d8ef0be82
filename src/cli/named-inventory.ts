import type { Inventory } from '../inventory/inventory.ts';
import type { Opener } from '../secrets/opener.ts';
import { inventoryPaths, openFleet } from './load.ts';
import { findProject, type Project } from './project.ts';
import { openerFor, type SecretOptions } from './secret-keys.ts';
import type { Terminal } from './terminal.ts';

/** Of the commands that are about hosts, without a playbook. */
export interface InventoryOptions extends SecretOptions {
  readonly inventory: readonly string[];
}

/** Throws Failure `invalid` or `missing`. `playbook`, absolute: variables beside it count too. */
export async function namedInventory(
  options: InventoryOptions,
  terminal: Terminal,
  playbook?: string,
): Promise<{ readonly project: Project; readonly opener: Opener; readonly inventory: Inventory }> {
  const { cwd, home } = terminal;
  const project = findProject(cwd);
  const opener = openerFor(options, project, terminal);
  const sources = inventoryPaths(options.inventory, cwd, project);
  const beside = playbook === undefined ? {} : { playbook };
  return { project, opener, inventory: await openFleet(sources, opener, { home, ...beside }) };
}
