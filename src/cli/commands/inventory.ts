import { relative, resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { type Json, jsonText } from '../../core/json.ts';
import { maskSecrets } from '../../core/mask.ts';
import { yamlDocument, yamlText } from '../../history/record/yaml-text.ts';
import { groupsOf, listed, origin, renderGraph, renderHost } from '../../ui/inventory.ts';
import { type InventoryOptions, namedInventory } from '../named-inventory.ts';
import type { Terminal } from '../terminal.ts';

export interface InventoryViewOptions extends InventoryOptions {
  readonly json?: boolean;
  readonly graph?: boolean;
  readonly vars?: boolean;
  readonly list?: boolean;
  readonly host?: string;
  readonly playbookDir?: string;
}

/** The hosts that a pattern selects, each with its groups and variables, or a whole view; passwords are not shown. */
export async function inventoryCommand(
  pattern: string | undefined,
  options: InventoryViewOptions,
  terminal: Terminal,
): Promise<number> {
  refuseIdle(pattern, options);
  const { cwd } = terminal;
  const playbook = options.playbookDir === undefined ? undefined : resolve(cwd, options.playbookDir, 'playbook');
  const { opener, inventory } = await namedInventory(options, terminal, playbook);
  const out = (text: string) => terminal.out(maskSecrets(text, opener.secrets));
  const shorten = (path: string) => {
    const short = relative(cwd, path);
    return path.startsWith('/') && !short.startsWith('..') ? short : path;
  };
  // Masked as values: a number that is a secret becomes a text.
  const shown = (value: Json) => maskSecrets(value, opener.secrets);
  const json = (value: Json) => terminal.out(`${jsonText(shown(value), 2)}\n`);
  if (options.list) json(listed(inventory, shorten));
  else if (options.graph) out(renderGraph(inventory, { vars: options.vars === true, shorten }));
  else if (options.host !== undefined) {
    const [host, ...others] = inventory.select(options.host);
    if (host === undefined || others.length > 0) throw new Failure('invalid', `"${options.host}" is not one host`);
    const vars = [...inventory.explain(host)].map(([name, it]) => {
      const overrode = it.overrode.map((one) => ({ value: one.value, from: origin(one, shorten) }));
      return [name, { value: it.value, from: origin(it, shorten), overrode }] as const;
    });
    if (options.json) json(Object.fromEntries(vars));
    else out(renderHost(inventory, host, shorten));
  } else {
    const hosts = Object.fromEntries(
      inventory
        .select(pattern ?? 'all')
        .map((name) => [name, { groups: groupsOf(inventory, name), vars: inventory.hosts.get(name)?.vars ?? {} }]),
    );
    if (options.json) json(hosts);
    else terminal.out(yamlText(yamlDocument(shown(hosts))));
  }
  return 0;
}

/** What a view would pass over. */
function refuseIdle(pattern: string | undefined, { list, graph, host, vars }: InventoryViewOptions): void {
  if (vars && !graph) throw new Failure('invalid', '--vars is for --graph', { hint: 'Add --graph, or remove it.' });
  if (pattern === undefined) return;
  const view = list ? '--list' : graph ? '--graph' : undefined;
  if (view !== undefined)
    throw new Failure('invalid', `${view} shows the whole inventory, and takes no pattern`, {
      hint: `The hosts of a pattern alone: \`runbook inventory ${pattern} --json\`.`,
    });
  if (host !== undefined)
    throw new Failure('invalid', '--host names the host already, and takes no pattern beside it', {
      hint: 'Leave one of the two out.',
    });
}
