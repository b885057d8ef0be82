import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';
import { manyOption, secretOptions } from './options.ts';

const loaded = () => import('./secret.ts');

export function addSecret(program: Command, { terminal, done }: Invocation): void {
  const secret = program.command('secret').summary('encrypt and decrypt files and values');
  const recipients = (command: Command) =>
    command.addOption(manyOption('-r, --recipient <age1...>', 'who can decrypt it; else those of runbook.yml'));

  recipients(secret.command('encrypt').argument('[file]', 'encrypted as a whole, in its place'))
    .summary('encrypt a file, or a value to be pasted into YAML, with age')
    .option('--name <name>', 'a value of standard input, as the variable of this name')
    .option('-o, --output <file>', 'write it here, and leave the file')
    .action(async (file, options) => done(await (await loaded()).encryptCommand(file, options, terminal)));
  secretOptions(secret.command('decrypt').argument('<file>'))
    .summary('show what is in a file of age, Ansible Vault or sops')
    .action(async (file, options) => done(await (await loaded()).decryptCommand(file, options, terminal)));
  secretOptions(recipients(secret.command('edit').argument('<file>')))
    .summary('edit an encrypted file in $EDITOR')
    .action(async (file, options) => done(await (await loaded()).editCommand(file, options, terminal)));
  secretOptions(recipients(secret.command('rekey').argument('<files...>')))
    .summary('encrypt files, or the values in them, for the recipients of now')
    .action(async (files, options) => done(await (await loaded()).rekeyCommand(files, options, terminal)));
}
