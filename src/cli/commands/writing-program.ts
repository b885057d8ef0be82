import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';
import { extraVarsOption, inventoryOption, manyOption } from './options.ts';

/** Commands for who writes playbooks. */
export function addWriting(program: Command, { terminal, version, done }: Invocation): void {
  inventoryOption(program.command('validate').argument('<files...>', 'playbooks'))
    .summary('check syntax, arguments and names; no host is touched')
    .addOption(extraVarsOption())
    .addOption(manyOption('-t, --tags <tags>', 'are these tags of the playbook, and do they choose well'))
    .addOption(manyOption('--skip-tags <tags>', 'the same, left out'))
    .addOption(
      new Option('--format <format>', 'how to tell what is wrong; all but text goes to standard output')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .action(async (files, options) =>
      done(await (await import('./validate.ts')).validateCommand(files, options, terminal, version)),
    );

  program
    .command('init')
    .argument('[dir]', 'where; made if it is not there', '.')
    .summary('write a small project that can be played at once; nothing that is there is overwritten')
    .action(async (dir) => done((await import('./init.ts')).initCommand(dir, terminal)));
}

/** What the reference says, without leaving the terminal. */
export function addReference(program: Command, { terminal, done }: Invocation): void {
  program
    .command('modules')
    .argument('[name]', 'one module, in full')
    .summary('what a task can do')
    .action(async (name) => done(await (await import('./modules.ts')).modulesCommand(name, terminal)));

  program
    .command('explain')
    .argument('[code]', 'a code that `validate` or another command has told')
    .summary('what a code means, with an example; without one, all codes')
    .action(async (code) => done((await import('./explain.ts')).explainCommand(code, terminal)));
}
