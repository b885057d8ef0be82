// Makes code of the program's own schemas when it is built: to compile them anew at every start takes a good part of what a command takes.
import { join } from 'node:path';
import { _, Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';

/** Where the schemas are, seen from dist/playbook: file -> what it exports. */
const own = {
  './blocks.js': ['oneBlock'],
  './include-keywords.js': ['includeSchema'],
  './input-keywords.js': ['inputSchema'],
  './keywords.js': ['metaSchema', 'keywordsSchema', 'handlerSchema'],
  './outline.js': ['onePlay'],
  './play-keywords.js': ['taskFileShape', 'importShape'],
};

/** The text of a module that stands for dist/playbook/prepared.js. */
export async function preparedText() {
  const at = (path) => import(join(import.meta.dirname, '../dist/playbook', path));
  const { modules } = await at('../modules/list.js');
  const { ajvOptions } = await at('./schema-errors.js');
  const schemas = Object.fromEntries(modules.map((module, i) => [`modules[${i}].schema`, module.schema]));
  for (const [path, names] of Object.entries(own)) {
    const exported = await at(path);
    for (const name of names) schemas[name] = exported[name];
  }
  const code = { ...ajvOptions.code, source: true, esm: true, formats: _`formats` };
  const ajv = new Ajv2020({ ...ajvOptions, code });
  const names = Object.keys(schemas).map((_, i) => `schema${i}`);
  for (const [i, schema] of Object.values(schemas).entries()) ajv.addSchema(schema, names[i]);
  const made = standalone.default(ajv, Object.fromEntries(names.map((name) => [`of_${name}`, name])));
  const imports = Object.entries(own).map(([path, exported]) => `import { ${exported.join(', ')} } from '${path}';`);
  const pairs = Object.keys(schemas).map((place, i) => `[${place}, of_${names[i]}]`);
  return [
    "import { modules } from '../modules/list.js';",
    "import { formats } from '../modules/support/formats.js';",
    ...imports,
    withImports(made),
    'let known;',
    `export const preparedValidator = (schema) => (known ??= new Map([${pairs.join(', ')}])).get(schema);`,
  ].join('\n');
}

/** What it needs of Ajv it asks for by `require`. */
function withImports(code) {
  const needed = [...new Set(code.match(/require\("[^"]+"\)\.default/g) ?? [])];
  return needed.reduce((text, call, i) => {
    const [, path] = /"([^"]+)"/.exec(call) ?? [];
    return `import needed${i} from '${path}.js';\n${text.replaceAll(call, `(needed${i}.default ?? needed${i})`)}`;
  }, code);
}
