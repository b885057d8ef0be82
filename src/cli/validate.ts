import { readExtraVars } from './extra-vars.ts';
import { disk } from './files.ts';
import { givenValues } from './inputs.ts';
import { inventoryPaths, load } from './load.ts';
import { opening } from './opening.ts';
import { findPlaybook, findProject } from './project.ts';
import { openerFor, type SecretOptions } from './secret-keys.ts';
import { chosenTags, type TagOptions } from './tags.ts';
import type { Terminal } from './terminal.ts';

export interface ValidateOptions extends SecretOptions, TagOptions {
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
  const opener = openerFor(options, project, terminal);
  const files = opening(disk, opener);
  const extra = await opener.opened(() => readExtraVars(options.extraVars, files, terminal.cwd));
  let exit = 0;
  for (const name of names) {
    const playbook = findPlaybook(name, terminal.cwd, project);
    const values = await opener.opened(() => givenValues(playbook, files.read, extra));
    const sources = { playbook, inventory, ...values, ...chosenTags(options) };
    const { errors, warnings } = await load(sources, disk, terminal, opener);
    for (const text of [...errors, ...warnings]) terminal.err(`${text}\n`);
    if (errors.length > 0) exit = 2;
    else
      terminal.out(
        `${name}: valid${warnings.length === 0 ? '' : `, ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`}\n`,
      );
  }
  return exit;
}
