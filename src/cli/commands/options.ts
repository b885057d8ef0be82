import { type Command, Option } from 'commander';
import { wholeNumber } from './whole-number.ts';

/** Of the commands that play a playbook, or only show what that would do. */
export function runOptions(command: Command, format: 'format' | 'no format' = 'format'): Command {
  const connected = connectOptions(inventoryOption(command));
  return forksOption(
    limitOption(format === 'format' ? outputOption(connected) : connected)
      .addOption(extraVarsOption())
      .addOption(
        manyOption('-t, --tags <tags>', 'only tasks with one of these tags, and those that are tagged `always`'),
      )
      .addOption(manyOption('--skip-tags <tags>', 'leave out tasks with one of these tags')),
  ).option('--diff', 'show what differs, before and after');
}

export function inventoryOption(command: Command): Command {
  return secretOptions(command).addOption(
    manyOption(
      '-i, --inventory <source>',
      'a file, a folder, an executable or a list "web1,web2,"; can be repeated; else those named in runbook.yml, else inventory.yml',
    ),
  );
}

/** Of the commands that decrypt; what they mean is in `secret-keys`. */
export function secretOptions(command: Command): Command {
  return command
    .addOption(manyOption('--identity <file>', 'a file of identities of age; can be repeated'))
    .option('--age-passphrase-file <file>', 'read the passphrase for age from a file, or from what is open: /dev/fd/3')
    .addOption(
      manyOption('--vault-password-file <file>', 'a password of Ansible Vault, or an executable that prints it'),
    )
    .addOption(manyOption('--vault-id <label@source>', 'the same with a label; the source may be "prompt"'));
}

/** Of the commands that connect; what they mean is in `connecting`. */
export function connectOptions(command: Command): Command {
  const asked = new Option('-K, --ask-become-pass', 'ask for the password to become another user');
  return command
    .addOption(asked.conflicts('becomePasswordFile'))
    .option('--become-password-file <file>', 'read it from a file, or from what is open: /dev/fd/3')
    .option('--accept-new-host-keys', 'take hosts of which no key is known at their word, and note their keys');
}

export function outputOption(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how to show the run')
      .choices(['auto', 'rows', 'plain', 'ndjson'])
      .default('auto'),
  );
}

export function limitOption(command: Command): Command {
  return command.option('-l, --limit <pattern>', 'only these of the hosts; @FILE: the patterns in its lines');
}

export function forksOption(command: Command): Command {
  return command.option('-f, --forks <n>', 'hosts at a time (default: forks of runbook.yml, else 50)', wholeNumber);
}

/** What a plan may come to. */
export function riskOptions(command: Command): Command {
  return command
    .option('--require-reversible', 'refuse a plan that could not be undone whole')
    .option('--allow-cutoff', 'do also what cuts the way to a host, detached and under its guard');
}

export function recordOptions(command: Command): Command {
  return command
    .option('--no-commit', 'do not commit the change record to git')
    .option('--records <dir>', 'where the change record goes');
}

export function extraVarsOption(): Option {
  const description = 'a variable that wins over all others, or @FILE, or a map as JSON; can be repeated';
  return manyOption('-e, --extra-vars <name=value>', description);
}

export function manyOption(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([] as string[], 'none')
    .argParser((value: string, before: string[]) => [...before, value]);
}
