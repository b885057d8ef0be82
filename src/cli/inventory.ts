import { stringify } from 'yaml';
import { disk } from './files.ts';
import { inventoryPath, loadFleet } from './load.ts';
import { findProject } from './project.ts';
import type { Terminal } from './terminal.ts';

export interface InventoryOptions {
  readonly inventory?: string;
  readonly json?: boolean;
}

/** The hosts that a pattern selects, each with its groups and variables; passwords are not shown. */
export async function inventoryCommand(
  pattern: string,
  options: InventoryOptions,
  terminal: Terminal,
): Promise<number> {
  const fleet = await loadFleet(
    inventoryPath(options.inventory, terminal.cwd, findProject(terminal.cwd)),
    disk,
    terminal.home,
  );
  const selected = fleet.select(pattern).map((name) => {
    const groups = [...fleet.groups]
      .filter(([group, hosts]) => group !== 'all' && hosts.includes(name))
      .map(([group]) => group);
    return [name, { groups, vars: fleet.hosts.get(name)?.vars ?? {} }] as const;
  });
  const hosts = Object.fromEntries(selected);
  terminal.out(options.json ? `${JSON.stringify(hosts, null, 2)}\n` : stringify(hosts, { lineWidth: 0 }));
  return 0;
}
