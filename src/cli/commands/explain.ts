import { Failure } from '../../core/failure.ts';
import { didYouMean } from '../../core/nearest.ts';
import { codeLine, codePage, codes } from '../../ui/code-page.ts';
import type { Terminal } from '../terminal.ts';

/** All codes in a line each, or what one means, with an example: its section of the reference. */
export function explainCommand(word: string | undefined, terminal: Pick<Terminal, 'out'>): number {
  if (word === undefined) {
    const width = Math.max(...codes.map((code) => code.length));
    for (const code of codes) {
      const { kind, summary } = codeLine(code);
      terminal.out(`${code.padEnd(width)}  ${kind.padEnd(7)}  ${summary}\n`);
    }
    return 0;
  }
  const code = codes.find((known) => known === word);
  if (code === undefined) {
    throw new Failure('missing', `there is no code "${word}"`, {
      hint: didYouMean(word, codes) ?? '`runbook explain` lists them all.',
    });
  }
  terminal.out(codePage(code));
  return 0;
}
