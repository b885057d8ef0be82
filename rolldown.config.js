// What is started is a few files: hundreds, as the compiler writes them, take three times as long to load. Loaded on demand stays apart.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validators } from './scripts/validators.js';

/** Packages of many files, or loaded by nearly every command. The others stay where they are installed. */
const taken = ['@marcbachmann/cel-js', 'ajv', 'commander', 'ip-address', 're2js', 'yaml'];
const below = ['fast-deep-equal', 'fast-uri', 'json-schema-traverse'];
const inside = new RegExp(`^(${[...taken, ...below].join('|')})(/|$)`);

export default {
  input: 'dist/cli/main.js',
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !inside.test(id),
  // The same code, but what it has for Node asks for an environment variable at each token: a fifth of the time of reading.
  resolve: { alias: { yaml: join(import.meta.dirname, 'node_modules/yaml/browser/index.js') } },
  // What the sources compile when they need it is made now.
  plugins: [validators],
  checks: { pluginTimings: false },
  output: {
    dir: 'dist/program',
    cleanDir: true,
    // Names that stay the same from build to build, and that a stack trace can show.
    chunkFileNames: '[name].js',
    minifyInternalExports: false,
    banner: licences,
  },
};

/** The licences of the packages in a file, as they ask for. */
function licences({ moduleIds }) {
  const packages = new Set(moduleIds.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
  return [...packages]
    .map((folder) => `/*!\n${folder.replace(/.*node_modules\//, '')}\n\n${licence(folder)}*/`)
    .join('\n');
}

function licence(folder) {
  const file = ['LICENSE', 'LICENSE.md'].map((name) => join(folder, name)).find(existsSync);
  if (file === undefined) throw new Error(`${folder} has no licence to pass on`);
  return readFileSync(file, 'utf8');
}
