import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { runProgram } from '../../src/cli/commands/program.ts';
import { moduleNamed } from '../../src/modules/list.ts';
import { checkout } from '../support/cli.ts';

/** The program's own commands and options, as it makes them; nothing of it is run. */
export async function ownProgram(): Promise<Command> {
  let made: Command | undefined;
  const spy = vi.spyOn(Command.prototype, 'parseAsync').mockImplementation(async function (this: Command) {
    made = this;
    return this;
  });
  await runProgram([], '0.0.0');
  spy.mockRestore();
  if (made === undefined) throw new Error('the program has not parsed anything');
  silence(made);
  return made;
}

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => undefined });
  for (const inner of command.commands) silence(inner);
}

/** What is wrong with a shell text of a document: every command in it has to be one that a reader can give. */
export function shellProblems(text: string, program: Command): readonly string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => commandsIn(line))
    .flatMap((words) => commandProblems(words, program));
}

function commandProblems(words: readonly string[], program: Command): readonly string[] {
  const [name = '', ...args] = words.filter((word, i) => i > 0 || word !== 'sudo');
  if (/^[A-Z_]+=/.test(name)) return args.length === 0 ? [] : commandProblems(args, program);
  if (name === 'runbook') return ownProblems(args, program);
  if (name === 'npm') return npmProblems(args);
  return ['cd', 'git'].includes(name) ? [] : [`"${name}" is not a command that the documents may show`];
}

function npmProblems([verb = '', script = '']: readonly string[]): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const name = verb === 'run' ? script : verb;
  const command = scripts[name];
  if (command === undefined) return verb === 'ci' || verb === 'link' ? [] : [`package.json has no script "${name}"`];
  const [file] = /scripts\/[\w.-]+/.exec(command) ?? [];
  return file === undefined || existsSync(join(checkout, file)) ? [] : [`npm run ${name}: there is no ${file}`];
}

function ownProblems(words: readonly string[], program: Command): readonly string[] {
  let command = program;
  let rest = [...words];
  for (;;) {
    const inner = command.commands.find((one) => one.name() === rest[0]);
    if (inner === undefined) break;
    command = inner;
    rest = rest.slice(1);
  }
  if (command.commands.length > 0) return rest[0]?.startsWith('-') ? [] : [`there is no command "${words.join(' ')}"`];
  try {
    const { operands, unknown } = command.parseOptions(rest);
    return [
      ...unknown.filter((word) => word.startsWith('-')).map((word) => `${command.name()} has no option ${word}`),
      ...countProblems(command, operands),
      ...operands.flatMap((operand) => operandProblems(command.name(), operand)),
    ];
  } catch (thrown) {
    if (thrown instanceof CommanderError) return [thrown.message];
    throw thrown;
  }
}

function countProblems(command: Command, operands: readonly string[]): readonly string[] {
  const taken = command.registeredArguments;
  const least = taken.filter((argument) => argument.required).length;
  const most = taken.some((argument) => argument.variadic) ? Number.POSITIVE_INFINITY : taken.length;
  if (operands.length >= least && operands.length <= most) return [];
  return [`${command.name()} takes ${command.usage()}, not "${operands.join(' ')}"`];
}

/** A playbook by its bare name is one of those that are shipped. */
function operandProblems(command: string, operand: string): readonly string[] {
  if (command === 'modules') return moduleNamed(operand) === undefined ? [`there is no module ${operand}`] : [];
  if (!['play', 'audit', 'validate'].includes(command) || !/^[\w-]+\.yml$/.test(operand)) return [];
  return existsSync(join(checkout, 'playbooks', operand)) ? [] : [`there is no playbooks/${operand}`];
}

/** A line's commands, each as its words; quotes are understood, a comment is left out. */
function commandsIn(line: string): readonly (readonly string[])[] {
  const tokens = line.matchAll(/\s*(#.*$)|(&&|\|\||[;|])|((?:"[^"]*"|'[^']*'|[^\s"'#;|&]|(?<=\S)#|&(?!&))+)/g);
  const commands: string[][] = [[]];
  for (const [, comment, separator, word] of tokens) {
    if (comment !== undefined) break;
    if (separator !== undefined) commands.push([]);
    else if (word !== undefined) commands.at(-1)?.push(word.replace(/["']/g, ''));
  }
  return commands.filter((words) => words.length > 0);
}
