import { Argument, type Command } from 'commander';

/**
 * `completion SHELL` prints what a shell is to read once; it then asks by `complete -- WORDS...` at each tab. What completes is loaded
 * for these two only.
 */
export async function addCompletion(program: Command, argv: readonly string[]): Promise<void> {
  if (argv[2] === 'complete') {
    const { default: complete } = await import('@bomb.sh/tab/commander');
    complete(program, { completionCommandName: 'completion' });
    return;
  }
  program
    .command('completion')
    .summary('what a shell reads to complete commands and options')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish', 'powershell']))
    .action(async (shell) => (await import('@bomb.sh/tab')).script(shell, 'runbook', 'runbook'));
}
