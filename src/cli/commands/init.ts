import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Failure, reason } from '../../core/failure.ts';
import { printable } from '../../core/printable.ts';
import { isThere } from '../files.ts';
import { schemaUrl } from '../schema-url.ts';
import { starterFiles } from '../starter-files.ts';
import type { Terminal } from '../terminal.ts';

/** Writes a small project that can be played at once into `folder`: all of it, or nothing where one of its files is there. */
export function initCommand(folder: string, terminal: Terminal): number {
  const root = resolve(terminal.cwd, folder);
  const files = [...starterFiles(schemaFrom(root))].map(([name, text]) => ({ path: join(root, name), text }));
  const taken = files.map(({ path }) => path).filter(isThere);
  if (taken.length > 0)
    throw new Failure('refused', `there is something already, so nothing was written:\n${listed(taken)}`, {
      hint: 'Move it away, or name another folder: runbook init DIR.',
    });
  writeAll(files);
  const shown = files.map(({ path }) => `  ${printable(relative(terminal.cwd, path), 1_000)}\n`).join('');
  const there = root === resolve(terminal.cwd) ? '' : `in ${printable(root, 1_000)}, `;
  terminal.out(`written:\n${shown}next, ${there}see what it would do: runbook play hello.yml --check\n`);
  return 0;
}

/** Never over a file that has come meanwhile. What was written is taken away again where the rest cannot be. */
function writeAll(files: readonly { readonly path: string; readonly text: string }[]): void {
  const written: string[] = [];
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { flag: 'wx' });
      written.push(path);
    }
  } catch (thrown) {
    for (const path of written) rmSync(path);
    throw new Failure('unwritable', `the project cannot be written: ${reason(thrown)}`, {
      hint: 'No file of it is left. Name a folder that you may write to: runbook init DIR.',
      cause: thrown,
    });
  }
}

function listed(paths: readonly string[]): string {
  return paths.map((path) => `  ${path}`).join('\n');
}

/** Where a file of the project finds a schema: inside of the project by the path from it, else by a URL. */
function schemaFrom(root: string): (file: string, schema: string) => string {
  const project = isThere(root) ? realpathSync(root) : root;
  return (file, schema) => {
    const url = schemaUrl(schema);
    const path = decodeURIComponent(url.pathname);
    return path.startsWith(`${project}/`) ? relative(dirname(join(project, file)), path) : url.href;
  };
}
