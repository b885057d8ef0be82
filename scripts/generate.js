#!/usr/bin/env node
// Writes what is derived from the code: the schema for editors and the reference. `--check` only tells whether they are
// as they would be written. Reads the built program: `npm run schemas` builds it first.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Environment } from '@marcbachmann/cel-js';
import { runProgram } from '../dist/cli/program.js';
import { failedNames } from '../dist/core/play.js';
import { modules } from '../dist/modules/list.js';
import { addFunctions } from '../dist/playbook/functions.js';
import { builtins, resultFields } from '../dist/playbook/play-scope.js';
import { playbookSchema } from '../dist/playbook/schema.js';
import { argumentTable, modulePage } from '../dist/ui/module-page.js';
import { builtinWords, exitCodes, fieldWords, functionWords, macroWords } from './reference-words.js';
import { schemas } from './schemas.js';

const root = join(import.meta.dirname, '..');
const reference = 'docs/reference';
const note = '<!-- Written by `npm run schemas`. Edit the code that it is derived from. -->';
const byName = modules.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const files = new Map([
  ...schemas(byName).map(([file, schema]) => [`schemas/${file}`, json(schema)]),
  [`${reference}/README.md`, page('Reference', indexPage())],
  ...byName.map((module) => [`${reference}/modules/${module.name}.md`, marked(modulePage(module))]),
  [`${reference}/keywords.md`, page('Keywords', keywordsPage())],
  [`${reference}/functions.md`, page('Names and functions in expressions', functionsPage())],
  [`${reference}/commands.md`, page('Commands', await commandsPage())],
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

function indexPage() {
  return [
    'Derived from the code; a test fails when it is stale. The same is told by `runbook modules`, `runbook modules NAME` and',
    '`runbook COMMAND --help`.',
    '',
    '- [Commands](commands.md): options and exit codes.',
    '- [Keywords](keywords.md): what a play and a task can say.',
    '- [Names and functions](functions.md): what expressions know.',
    '',
    '## Modules',
    '',
    '| module | kind | |',
    '| --- | --- | --- |',
    ...byName.map(
      ({ name, kind, summary }) => `| [${name}](modules/${name}.md) | ${kind} | ${summary.replace(/\.$/, '')} |`,
    ),
  ];
}

function keywordsPage() {
  const schema = playbookSchema([]);
  return [
    'A key that is not known is an error with the nearest known one; it is never ignored.',
    '',
    '## Play',
    '',
    ...argumentTable(schema.items),
    '',
    '## Task',
    '',
    'Besides these a task names exactly one [module](README.md#modules).',
    '',
    ...argumentTable({ properties: schema.$defs.task.properties }),
    '',
    '## Handler',
    '',
    'What a task says, with a `name`, and:',
    '',
    ...argumentTable({ properties: { listen: schema.$defs.handler.properties.listen } }),
    '',
    '## Block',
    '',
    'In place of a task:',
    '',
    ...argumentTable({ properties: schema.$defs.block.properties, required: schema.$defs.block.required }),
    '',
    '## Meta',
    '',
    'In place of a task:',
    '',
    ...argumentTable(schema.$defs.meta),
  ];
}

function functionsPage() {
  const options = { unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: false, enableOptionalTypes: true };
  const cel = signatures(new Environment(options)).filter(({ name }) => name !== 'matches' && name !== 'type');
  const known = new Set(signatures(new Environment(options)).map(({ signature }) => signature));
  const own = signatures(addFunctions(new Environment(options), {})).filter(({ signature }) => !known.has(signature));
  const [macros, plain] = [cel.filter(({ macro }) => macro), cel.filter(({ macro }) => !macro)];
  return [
    'What they are for, with examples: [Expressions](../expressions.md).',
    '',
    '## Names',
    '',
    ...table('name', [...builtins, ...failedNames], builtinWords),
    '',
    '## Fields of a registered result',
    '',
    ...table('field', resultFields, fieldWords),
    '',
    '## Functions',
    '',
    ...table(
      'function',
      own.filter(({ name }) => name !== 'type').map(({ signature }) => signature),
      functionWords,
    ),
    '',
    "## CEL's own",
    '',
    'Macros and optional values:',
    '',
    ...table('form', [...new Set(macros.map(({ name }) => name))], macroWords),
    '',
    'Functions; before the dot stands the type of what they are called on:',
    '',
    '```text',
    ...plain.map(({ signature }) => signature),
    '```',
    '',
    '`matches` is not offered, because some patterns never end: use `re_match`.',
  ];
}

/** As people write them: `optional.none()`, not the type that stands behind the name. */
function signatures(environment) {
  return environment.getDefinitions().functions.map(({ name, signature, params }) => ({
    name,
    macro: params.some(({ type }) => type === 'ast'),
    signature: signature
      .replace('OptionalNamespace', 'optional')
      .replace('CelNamespace', 'cel')
      .replaceAll('google.protobuf.', ''),
  }));
}

/** One row for each; a word that is missing or left over is an error, so none can rot. */
function table(title, names, words) {
  const missing = names.filter((name) => words[name] === undefined);
  const leftOver = Object.keys(words).filter((name) => !names.includes(name));
  if (missing.length + leftOver.length > 0) {
    throw new Error(
      `scripts/reference-words.js: says nothing of ${missing.join('; ') || '-'}, too much of ${leftOver.join('; ') || '-'}`,
    );
  }
  return [`| ${title} | |`, '| --- | --- |', ...names.map((name) => `| \`${name}\` | ${words[name]} |`)];
}

async function commandsPage() {
  const commands = await commandsUnder([]);
  return [
    'As `runbook COMMAND --help` prints it.',
    '',
    '## Exit codes',
    '',
    '| code | means |',
    '| --- | --- |',
    ...Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | ${meaning} |`),
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

function page(title, lines) {
  return marked(`# ${title}\n\n${lines.join('\n')}\n`);
}

function marked(markdown) {
  return `${note}\n\n${markdown.trimEnd()}\n`;
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
