import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';

/** Commands that take over what was written for another program. */
export function addImport(program: Command, { terminal, done }: Invocation): void {
  program
    .command('import')
    .summary('turn what was written for another program into what runbook reads')
    .command('ansible-playbook')
    .summary('a playbook, or a file of tasks; what could not be imported is a comment at its place, and is told')
    .argument('<file>', "Ansible's")
    .option('-o, --output <file>', 'where to write it (default: standard output)')
    .option('--force', 'write over what is there')
    .action(async (file, options) => done(await (await import('./import.ts')).importCommand(file, options, terminal)));
}
