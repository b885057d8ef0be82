import { readExtraVars } from './extra-vars.ts';
import { disk } from './files.ts';
import { givenValues } from './inputs.ts';
import { inventoryPaths, load } from './load.ts';
import { findPlaybook, findProject } from './project.ts';
import { chosenTags, type TagOptions } from './tags.ts';
import type { Terminal } from './terminal.ts';

export interface ValidateOptions extends TagOptions {
  readonly inventory: readonly string[];
  readonly extraVars: readonly string[];
}

/** 0: every playbook is well; 2: one is not. No host is touched. */
export async function validateCommand(
  names: readonly string[],
  options: ValidateOptions,
  terminal: Terminal,
): Promise<number> {
  const project = findProject(terminal.cwd);
  const inventory = inventoryPaths(options.inventory, terminal.cwd, project);
  const extra = readExtraVars(options.extraVars, disk, terminal.cwd);
  let exit = 0;
  for (const name of names) {
    const playbook = findPlaybook(name, terminal.cwd, project);
    const values = await givenValues(playbook, disk.read, extra);
    const { errors, warnings } = await load({ playbook, inventory, ...values, ...chosenTags(options) }, disk, terminal);
    for (const text of [...errors, ...warnings]) terminal.err(`${text}\n`);
    if (errors.length > 0) exit = 2;
    else
      terminal.out(
        `${name}: valid${warnings.length === 0 ? '' : `, ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`}\n`,
      );
  }
  return exit;
}
