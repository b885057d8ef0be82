import { Failure } from '../../core/failure.ts';
import { didYouMean } from '../../core/nearest.ts';
import { moduleNamed, modules } from '../../modules/list.ts';
import { modulePage } from '../../ui/module-page.ts';
import type { Terminal } from '../terminal.ts';

/** All modules in a line each, or one with its arguments and examples: the page of the reference. */
export async function modulesCommand(name: string | undefined, terminal: Terminal): Promise<number> {
  if (name === undefined) {
    const width = Math.max(...modules.map((module) => module.name.length));
    for (const module of modules)
      terminal.out(`${module.name.padEnd(width)}  ${module.kind.padEnd(8)}  ${module.summary}\n`);
    return 0;
  }
  const module = moduleNamed(name);
  if (module === undefined) {
    const known = modules.map((known) => known.name);
    throw new Failure('missing', `there is no module "${name}"`, {
      hint: didYouMean(name, known) ?? `There are ${known.join(', ')}.`,
    });
  }
  terminal.out(modulePage(module));
  return 0;
}
