import { Command, CommanderError } from 'commander';
import { Failure } from '../../core/failure.ts';
import { broken, rejected } from '../exit-codes.ts';
import { failureText, faultText } from '../failure-text.ts';
import { processTerminal, type Terminal } from '../terminal.ts';
import { addCompletion } from './completion-program.ts';
import { addHosts } from './hosts-program.ts';
import { addImport } from './import-program.ts';
import type { Invocation } from './invocation.ts';
import { addLab } from './lab-program.ts';
import { addHistory, addPastRun } from './past-run-program.ts';
import { addPlay } from './play-program.ts';
import { addSecret } from './secret-program.ts';
import { addReference, addWriting } from './writing-program.ts';

/** Parses the command line and does what it says. Each command's code is loaded only when it is asked for. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let exit = 0;
  const done = (code: number) => {
    exit = code;
  };
  const program = buildProgram({ terminal, version, done });
  await addCompletion(program, argv);
  try {
    await program.parseAsync([...argv]);
    return exit;
  } catch (thrown) {
    return told(thrown, terminal);
  }
}

/** Its commands, in the order in which help lists them. */
function buildProgram(invocation: Invocation): Command {
  const program = new Command('runbook')
    .description('Plays network and infrastructure changes that prove themselves, or puts everything back.')
    .version(invocation.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions();
  addPlay(program, invocation);
  addWriting(program, invocation);
  addHistory(program, invocation);
  addPastRun(program, invocation);
  addHosts(program, invocation);
  addReference(program, invocation);
  addImport(program, invocation);
  addSecret(program, invocation);
  addLab(program, invocation);
  return program;
}

/** Says what stopped a command, and what it exits with. Commander has told its own. */
function told(thrown: unknown, terminal: Terminal): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : rejected;
  const isOurs = thrown instanceof Failure && thrown.code !== 'internal';
  terminal.err(`${isOurs ? failureText(thrown) : faultText(thrown)}\n`);
  return isOurs ? rejected : broken;
}
