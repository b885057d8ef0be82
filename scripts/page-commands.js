// The pages of the reference about commands: their help, and their exit codes.

import { runProgram } from '../dist/cli/commands/program.js';
import { commandCodes, endingCodes, exitCodes } from '../dist/cli/exit-codes.js';

export async function commandsPage() {
  const commands = await commandsUnder([]);
  return [
    'As `runbook COMMAND --help` prints it. What they exit with: [Exit codes](exit-codes.md).',
    ...commands.flatMap(({ words, text }) => ['', `## ${words.join(' ')}`, '', '```text', text, '```']),
  ];
}

/** Every command with its help, its own commands after it. */
async function commandsUnder(above) {
  const [, list = ''] = (await help(above)).split(/^Commands:\n/m);
  const found = [];
  for (const [, name] of list.matchAll(/^ {2}(\S+)/gm)) {
    const words = [...above, name];
    if (name !== 'help') found.push({ words, text: await help(words) }, ...(await commandsUnder(words)));
  }
  return found;
}

/** What `--help` prints, in the width that it has without a terminal. */
async function help(words) {
  const { stdout } = process;
  const { write, isTTY } = stdout;
  let text = '';
  stdout.isTTY = false;
  stdout.write = (chunk) => {
    text += chunk;
    return true;
  };
  try {
    await runProgram(['node', 'runbook', ...words, '--help'], '');
  } finally {
    Object.assign(stdout, { write, isTTY });
  }
  return text.trimEnd();
}

export async function exitCodesPage() {
  const known = (await commandsUnder([]))
    .map(({ words }) => words.join(' '))
    .filter((name) => !['lab', 'secret', 'import'].includes(name));
  const told = Object.keys(commandCodes).filter((name) => !name.includes('--'));
  const wrong = [...known.filter((name) => !told.includes(name)), ...told.filter((name) => !known.includes(name))];
  if (wrong.length > 0) throw new Error(`src/cli/exit-codes.ts: says nothing, or too much, of ${wrong.join(', ')}`);
  return [
    '| code | says |',
    '| --- | --- |',
    ...Object.entries(exitCodes).map(([code, text]) => `| ${code} | ${text} |`),
    '',
    '## Endings of a run',
    '',
    'For `play`, `apply`, `resume` and a replay on hosts. They are told at the end of the output, and by `history` and `show`.',
    '',
    '| code | ending | means |',
    '| --- | --- | --- |',
    ...endingCodes.map(({ ending, exit, means }) => `| ${exit} | \`${ending}\` | ${means} |`),
    '',
    '## By command',
    '',
    'Each also ends with 2 where it is refused, and with 1 for a fault of the program itself.',
    '',
    '| command | code | when |',
    '| --- | --- | --- |',
    ...Object.entries(commandCodes).flatMap(([command, codes]) =>
      Object.entries(codes).map(([code, when], i) => `| ${i === 0 ? `\`${command}\`` : ''} | ${code} | ${when} |`),
    ),
  ];
}
