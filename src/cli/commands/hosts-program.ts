import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';
import { connectOptions, inventoryOption, limitOption } from './options.ts';

/** Commands about hosts, without a playbook. */
export function addHosts(program: Command, { terminal, done }: Invocation): void {
  const hosts = 'hosts, as in Ansible';

  inventoryOption(program.command('inventory').argument('[pattern]', `${hosts} (default: "all")`))
    .summary('the hosts of the inventory, with their variables and where each is written')
    .addOption(new Option('--graph', 'the tree of groups and hosts').conflicts(['list', 'host', 'json']))
    .option('--vars', 'in the tree, each variable too')
    .addOption(new Option('--list', 'everything as JSON, as ansible-inventory writes it').conflicts(['graph', 'host']))
    .addOption(new Option('--host <host>', 'one host: each variable, where it is written, and what it beat'))
    .option('--playbook-dir <dir>', 'count group_vars/ and host_vars/ beside a playbook of this folder too')
    .option('--json', 'for machines')
    .action(async (pattern, options) =>
      done(await (await import('./inventory.ts')).inventoryCommand(pattern, options, terminal)),
    );

  connectOptions(inventoryOption(program.command('locks').argument('[pattern]', hosts, 'all')))
    .summary('who plays on which host just now; nothing is changed')
    .action(async (pattern, options) =>
      done(await (await import('./locks.ts')).locksCommand(pattern, options, terminal)),
    );

  const dead = 'the whole id of a run that is known to be dead';
  connectOptions(inventoryOption(program.command('unlock').argument('<run>', dead)))
    .summary('take its locks away on every host; its guards stay')
    .action(async (run, options) => done(await (await import('./locks.ts')).unlockCommand(run, options, terminal)));

  limitOption(connectOptions(inventoryOption(program.command('snapshot'))))
    .summary("read the hosts' network into one file, for `lab up --from`; nothing is changed")
    .option('-o, --output <file>', 'where to write it (default: standard output)')
    .action(async (options) => done(await (await import('./snapshot.ts')).snapshotCommand(options, terminal)));
}
