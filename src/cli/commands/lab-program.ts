import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';
import { wholeNumber } from './whole-number.ts';

export function addLab(program: Command, { terminal, done }: Invocation): void {
  const lab = program
    .command('lab')
    .summary('a disposable cluster of real hosts in namespaces of this machine')
    .enablePositionalOptions();
  const named = (command: Command) => command.option('-n, --name <name>', 'which lab', 'dev');
  const loaded = () => import('./lab.ts');

  named(lab.command('up').summary('raise it, or mend it; then write its inventory'))
    .option('--nodes <n>', 'nodes with flanneld (default: 2)', wholeNumber)
    .option('--network <cidr>', "the hosts' network")
    .option('--pods <cidr>', "the pods' network")
    .option('--backend <type>', "flannel's network at the start: host-gw (default), vxlan or directrouting")
    .addOption(
      new Option('--from <file>', 'a copy of the real hosts of this snapshot, with their own addresses').conflicts([
        'nodes',
        'network',
        'pods',
        'backend',
      ]),
    )
    .action(async (options) => done(await (await loaded()).labUpCommand(options, terminal)));
  named(lab.command('down').summary('remove it, without a trace')).action(async (options) =>
    done(await (await loaded()).labDownCommand(options, terminal)),
  );
  named(lab.command('status').summary('routes, nat rules, programs, leases and config of every host'))
    .option('--json', 'for machines')
    .action(async (options) => done(await (await loaded()).labStatusCommand(options, terminal)));
  named(lab.command('exec').summary('run a command on one of its hosts'))
    .option('--pod', "in the host's pod")
    .argument('<host>')
    .argument('<command...>')
    .passThroughOptions()
    .action(async (host, command, options) =>
      done(await (await loaded()).labExecCommand(host, command, options, terminal)),
    );
}
