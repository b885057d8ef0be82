import { Command, CommanderError, Option } from 'commander';
import { Failure } from '../../core/failure.ts';
import { broken, rejected } from '../exit-codes.ts';
import { failureText, faultText } from '../failure-text.ts';
import { processTerminal, type Terminal } from '../terminal.ts';
import type { ApplyOptions } from './apply.ts';
import { addCompletion } from './completion-program.ts';
import { addImport } from './import-program.ts';
import { addLab } from './lab-program.ts';
import type { PlanOptions } from './plan.ts';
import type { PlayOptions } from './play.ts';
import { addSecret, secretOptions } from './secret-program.ts';
import { wholeNumber } from './whole-number.ts';

/** Parses the command line and does what it says. Each command's code is loaded only when it is asked for. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let exit = 0;
  const program = new Command('runbook')
    .description('Plays network and infrastructure changes that prove themselves, or puts everything back.')
    .version(version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions();

  const done = (code: number) => {
    exit = code;
  };

  runOptions(program.command('play').argument('<file>', 'playbook; also looked for under playbooks/'))
    .summary('make the change: prove it or put everything back')
    .option('--check', 'show the plan and change nothing')
    .option('--list-hosts', 'show whom it would be played on, and connect to nobody')
    .option('--list-tasks', 'show what would be done, in order; whoever would do it')
    .option('--list-tags', 'show the tags of what would be done')
    .option('--require-reversible', 'refuse a plan that could not be undone whole')
    .option('--allow-cutoff', 'do also what cuts the way to a host, detached and under its guard')
    .option('--no-commit', 'do not commit the change record to git')
    .addOption(new Option('--records <dir>', 'where the change record goes'))
    .action(async (file, options) =>
      done(await (await import('./play.ts')).playCommand(file, options as PlayOptions, terminal, version)),
    );

  runOptions(program.command('plan').argument('<file>', 'playbook; also looked for under playbooks/'), 'no format')
    .summary('what a play would do, changing nothing; saved to be reviewed and applied')
    .option('-o, --output <file>', 'save the plan here; "-" is standard output')
    .option('--sign <key>', 'sign the plan with this SSH key, beside it as PLAN.sig')
    .option('--require-reversible', 'refuse a plan that could not be undone whole')
    .option('--allow-cutoff', 'do also what cuts the way to a host, detached and under its guard')
    .action(async (file, options) =>
      done(await (await import('./plan.ts')).planCommand(file, options as PlanOptions, terminal, version)),
    );

  secretOptions(
    connectOptions(outputOption(program.command('apply').argument('<plan>', 'a file that `plan` has saved'))),
  )
    .summary('do exactly what a saved plan says, or nothing')
    .option('--require-signature <file>', 'refuse a plan that nobody of these allowed signers has signed')
    .option('--max-age <duration>', 'refuse a plan that is older: 30m, 24h')
    .option('--require-reversible', 'refuse a plan that could not be undone whole')
    .option('--allow-cutoff', 'do also what cuts the way to a host, detached and under its guard')
    .addOption(extraVarsOption().default([], 'those of the plan'))
    .option('-f, --forks <n>', 'hosts at a time (default: forks of runbook.yml, else 50)', wholeNumber)
    .option('--no-commit', 'do not commit the change record to git')
    .addOption(new Option('--records <dir>', 'where the change record goes'))
    .action(async (file, options) =>
      done(await (await import('./apply.ts')).applyCommand(file, options as ApplyOptions, terminal, version)),
    );

  runOptions(program.command('audit').argument('<file>', 'playbook'))
    .summary("ask a playbook's verify parts, read-only: in force, or drifted and where")
    .action(async (file, options) =>
      done(await (await import('./play.ts')).auditCommand(file, options as PlayOptions, terminal, version)),
    );

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

  program
    .command('history')
    .argument('[run]', 'a run: its commands, as `show`')
    .summary('list past runs')
    .action(async (run) => done(await (await import('./history.ts')).historyCommand(run, terminal)));

  program
    .command('pending')
    .option('--json', 'for machines')
    .summary('hosts that runs went on without, and what is left to do on each')
    .action(async (options) => done(await (await import('./pending.ts')).pendingCommand(options, terminal)));

  program
    .command('show')
    .argument('<run>', 'its id, the beginning or end of it, or "last"')
    .option('--json', 'the events, one a line')
    .summary('one run: its commands in order, with outcome')
    .action(async (run, options) => done(await (await import('./history.ts')).showCommand(run, options, terminal)));

  program
    .command('verify-record')
    .argument('[run]', "a run, as for `show`, or a record's folder", 'last')
    .addOption(new Option('--records <dir>', 'where the change records are'))
    .summary('was anything of a run altered since: its journal, its record, its commit')
    .action(async (run, options) =>
      done(await (await import('./verify-record.ts')).verifyRecordCommand(run, options, terminal, version)),
    );

  const past = 'its id, or "last": the last play, not an audit or a check';
  connectOptions(outputOption(inventoryOption(program.command('rollback').argument('<run>', past))))
    .summary('undo a past or an interrupted run from its journal')
    .option('--no-commit', 'do not commit the change record to git')
    .option('--records <dir>', 'where the change record goes')
    .action(async (run, options) =>
      done(await (await import('./rollback.ts')).rollbackCommand(run, options, terminal, version)),
    );

  const unended = 'its id, or "last": the last play that touched hosts';
  connectOptions(outputOption(inventoryOption(program.command('resume').argument('<run>', unended))))
    .summary('go on with a play whose controller died, or complete its pending hosts')
    .option('--no-commit', 'do not commit the change record to git')
    .option('--records <dir>', 'where the change record goes')
    .action(async (run, options) =>
      done(await (await import('./resume.ts')).resumeCommand(run, options, terminal, version)),
    );

  connectOptions(outputOption(inventoryOption(program.command('replay').argument('<run>', 'its id, or "last"'))))
    .summary('play a run again, stopping where an answer differs')
    .option('--dry', 'against the recorded answers, with no host')
    .action(async (run, options) =>
      done(await (await import('./replay.ts')).replayCommand(run, options, terminal, version)),
    );

  inventoryOption(program.command('inventory').argument('[pattern]', 'hosts, as in Ansible', 'all'))
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

  connectOptions(inventoryOption(program.command('locks').argument('[pattern]', 'hosts, as in Ansible', 'all')))
    .summary('who plays on which host just now; nothing is changed')
    .action(async (pattern, options) =>
      done(await (await import('./locks.ts')).locksCommand(pattern, options, terminal)),
    );

  const dead = 'the whole id of a run that is known to be dead';
  connectOptions(inventoryOption(program.command('unlock').argument('<run>', dead)))
    .summary('take its locks away on every host; its guards stay')
    .action(async (run, options) => done(await (await import('./locks.ts')).unlockCommand(run, options, terminal)));

  connectOptions(inventoryOption(program.command('snapshot')))
    .summary("read the hosts' network into one file, for `lab up --from`; nothing is changed")
    .option('-l, --limit <pattern>', 'only these of the hosts; @FILE: the patterns in its lines')
    .option('-o, --output <file>', 'where to write it (default: standard output)')
    .action(async (options) => done(await (await import('./snapshot.ts')).snapshotCommand(options, terminal)));

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

  addImport(program, done, terminal);
  addSecret(program, done, terminal);
  addLab(program, done, terminal);
  await addCompletion(program, argv);

  try {
    await program.parseAsync([...argv]);
    return exit;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : rejected;
    const isOurs = thrown instanceof Failure && thrown.code !== 'internal';
    terminal.err(`${isOurs ? failureText(thrown) : faultText(thrown)}\n`);
    return isOurs ? rejected : broken;
  }
}

function runOptions(command: Command, format: 'format' | 'no format' = 'format'): Command {
  const connected = connectOptions(inventoryOption(command));
  return (format === 'format' ? outputOption(connected) : connected)
    .option('-l, --limit <pattern>', 'only these of the hosts; @FILE: the patterns in its lines')
    .addOption(extraVarsOption())
    .addOption(manyOption('-t, --tags <tags>', 'only tasks with one of these tags, and those that are tagged `always`'))
    .addOption(manyOption('--skip-tags <tags>', 'leave out tasks with one of these tags'))
    .option('-f, --forks <n>', 'hosts at a time (default: forks of runbook.yml, else 50)', wholeNumber)
    .option('--diff', 'show what differs, before and after');
}

function inventoryOption(command: Command): Command {
  return secretOptions(command).addOption(
    new Option(
      '-i, --inventory <source>',
      'a file, a folder, an executable or a list "web1,web2,"; can be repeated; else those named in runbook.yml, else inventory.yml',
    )
      .default([] as string[], 'none')
      .argParser((value: string, before: string[]) => [...before, value]),
  );
}

/** Of the commands that connect; what they mean is in `connecting`. */
function connectOptions(command: Command): Command {
  const asked = new Option('-K, --ask-become-pass', 'ask for the password to become another user');
  return command
    .addOption(asked.conflicts('becomePasswordFile'))
    .option('--become-password-file <file>', 'read it from a file, or from what is open: /dev/fd/3')
    .option('--accept-new-host-keys', 'take hosts of which no key is known at their word, and note their keys');
}

function outputOption(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how to show the run')
      .choices(['auto', 'rows', 'plain', 'ndjson'])
      .default('auto'),
  );
}

function extraVarsOption(): Option {
  const description = 'a variable that wins over all others, or @FILE, or a map as JSON; can be repeated';
  return manyOption('-e, --extra-vars <name=value>', description);
}

function manyOption(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([] as string[], 'none')
    .argParser((value: string, before: string[]) => [...before, value]);
}
