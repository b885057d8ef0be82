// The page of the reference about expressions.
import { Environment } from '@marcbachmann/cel-js';
import { failedNames } from '../dist/core/play.js';
import { addFunctions } from '../dist/playbook/expressions/functions.js';
import { builtins } from '../dist/playbook/scope/play-scope.js';
import { resultTypes } from '../dist/playbook/scope/result-shape.js';
import { builtinWords, fieldWords, functionWords, macroWords } from './reference-words.js';

export function functionsPage() {
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
    ...table('field', Object.keys(resultTypes), fieldWords, { type: resultTypes }),
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
function table(title, names, words, { type } = {}) {
  const missing = names.filter((name) => words[name] === undefined);
  const leftOver = Object.keys(words).filter((name) => !names.includes(name));
  if (missing.length + leftOver.length > 0) {
    throw new Error(
      `scripts/reference-words.js: says nothing of ${missing.join('; ') || '-'}, too much of ${leftOver.join('; ') || '-'}`,
    );
  }
  if (type === undefined)
    return [`| ${title} | |`, '| --- | --- |', ...names.map((name) => `| \`${name}\` | ${words[name]} |`)];
  const rows = names.map((name) => `| \`${name}\` | ${type[name]} | ${words[name]} |`);
  return [`| ${title} | type | |`, '| --- | --- | --- |', ...rows];
}
