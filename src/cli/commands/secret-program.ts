import { type Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';

const loaded = () => import('./secret.ts');

/** Of the commands that decrypt; what they mean is in `secret-keys`. */
export function secretOptions(command: Command): Command {
  return command
    .addOption(many('--identity <file>', 'a file of identities of age; can be repeated'))
    .option('--age-passphrase-file <file>', 'read the passphrase for age from a file, or from what is open: /dev/fd/3')
    .addOption(many('--vault-password-file <file>', 'a password of Ansible Vault, or an executable that prints it'))
    .addOption(many('--vault-id <label@source>', 'the same with a label; the source may be "prompt"'));
}

export function addSecret(program: Command, done: (code: number) => void, terminal: Terminal): void {
  const secret = program.command('secret').summary('encrypt and decrypt files and values');
  const recipients = (command: Command) =>
    command.addOption(many('-r, --recipient <age1...>', 'who can decrypt it; else those of runbook.yml'));

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

function many(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([] as string[], 'none')
    .argParser((value: string, before: string[]) => [...before, value]);
}
