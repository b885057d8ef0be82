import { type Command, Option } from 'commander';
import type { Invocation } from './invocation.ts';
import { connectOptions, inventoryOption, outputOption, recordOptions } from './options.ts';

/** Commands that look at past runs. */
export function addHistory(program: Command, { terminal, version, done }: Invocation): void {
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
}

/** Commands that take one up again: `PastRunOptions` are their options. */
export function addPastRun(program: Command, { terminal, version, done }: Invocation): void {
  const command = (name: string, run: string) =>
    connectOptions(outputOption(inventoryOption(program.command(name).argument('<run>', run))));

  recordOptions(
    command('rollback', 'its id, or "last": the last play, not an audit or a check').summary(
      'undo a past or an interrupted run from its journal',
    ),
  )
    .option('--allow-moved', 'also where a host has restarted and has another address by now')
    .action(async (run, options) =>
      done(await (await import('./rollback.ts')).rollbackCommand(run, options, terminal, version)),
    );

  recordOptions(
    command('resume', 'its id, or "last": the last play that touched hosts').summary(
      'go on with a play whose controller died, or complete its pending hosts',
    ),
  ).action(async (run, options) =>
    done(await (await import('./resume.ts')).resumeCommand(run, options, terminal, version)),
  );

  command('replay', 'its id, or "last"')
    .summary('play a run again, stopping where an answer differs')
    .option('--dry', 'against the recorded answers, with no host')
    .action(async (run, options) =>
      done(await (await import('./replay.ts')).replayCommand(run, options, terminal, version)),
    );
}
