#!/usr/bin/env node
// Writes what is derived from the code: the schema for editors and the reference. `--check` only tells whether they are
// as they would be written. Reads the built program: `npm run schemas` builds it first.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { modules } from '../dist/modules/list.js';
import { modulePage } from '../dist/ui/module-page.js';
import { commandsPage, exitCodesPage } from './page-commands.js';
import { errorsPage } from './page-errors.js';
import { functionsPage } from './page-functions.js';
import { indexPage, keywordsPage } from './page-index.js';
import { schemas } from './schemas.js';

const root = join(import.meta.dirname, '..');
const reference = 'docs/reference';
const note = '<!-- Written by `npm run schemas`. Edit the code that it is derived from. -->';
const byName = modules.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const files = new Map([
  ...schemas(byName).map(([file, schema]) => [`schemas/${file}`, json(schema)]),
  [`${reference}/README.md`, page('Reference', indexPage(byName))],
  ...byName.map((module) => [`${reference}/modules/${module.name}.md`, marked(modulePage(module))]),
  [`${reference}/keywords.md`, page('Keywords', keywordsPage())],
  [`${reference}/functions.md`, page('Names and functions in expressions', functionsPage())],
  [`${reference}/commands.md`, page('Commands', await commandsPage())],
  [`${reference}/errors.md`, page('Codes of problems and failures', errorsPage())],
  [`${reference}/exit-codes.md`, page('Exit codes', await exitCodesPage())],
]);

if (process.argv.includes('--check')) check();
else write();

function check() {
  const stale = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
  const wrong = [...stale, ...strays().map((path) => `${path} (nothing is left to derive it from)`)];
  if (wrong.length === 0) return;
  console.error(`These files are not as the code says:\n${wrong.map((path) => `  ${path}\n`).join('')}`);
  console.error('`npm run schemas` mends it.');
  process.exitCode = 1;
}

function write() {
  for (const path of strays()) rmSync(join(root, path));
  for (const [path, text] of files) {
    if (read(path) === text) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(path);
  }
}

/** Files where only derived ones may be: pages of modules that are gone, schemas of nothing. */
function strays() {
  return ['schemas', reference]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !files.has(path));
}

function read(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}

function page(title, lines) {
  return marked(`# ${title}\n\n${lines.join('\n')}\n`);
}

function marked(markdown) {
  return `${note}\n\n${markdown.trimEnd()}\n`;
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
