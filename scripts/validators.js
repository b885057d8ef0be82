// Makes code of the program's own schemas when it is built: to compile them anew at every start takes a good part of what a command takes.
import { join } from 'node:path';
import { _, Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';

/** Where the schemas are that are no module's, seen from dist/playbook/schema: file -> what it exports. */
const own = {
  '../tasks/blocks.js': ['oneBlock'],
  './include-keywords.js': ['includeSchema'],
  './input-keywords.js': ['inputSchema'],
  './keywords.js': ['metaSchema', 'keywordsSchema', 'handlerSchema'],
  './play-errors.js': ['playShape'],
  './play-keywords.js': ['taskFileShape', 'importShape'],
};

/**
 * Puts a module in the place of dist/playbook/schema/prepared.js that knows a file for each schema. All of them together are nearly half of the
 * program, and a command needs a few.
 */
const ofPlaybooks = {
  name: 'validators-of-playbooks',
  load: {
    filter: { id: /\/playbook\/schema\/prepared\.js$/ },
    async handler() {
      const schemas = await ownSchemas();
      await emitCompiled(this, schemas);
      return preparedText(schemas);
    },
  },
};

/** The same for dist/cli/project-validator.js. Nothing else is loaded with it: commands that play nothing need no other schema. */
const ofProject = {
  name: 'validator-of-project',
  load: {
    filter: { id: /\/cli\/project-validator\.js$/ },
    async handler() {
      const { projectSchema } = await compiledSource('../../cli/project-settings.js');
      const name = 'projectSettings';
      await emitCompiled(this, [{ name, schema: projectSchema() }]);
      return [
        "import { createRequire } from 'node:module';",
        'const load = createRequire(import.meta.url);',
        `export const projectValidator = () => load('./validators/${name}.cjs')({});`,
      ].join('\n');
    },
  },
};

export const validators = [ofPlaybooks, ofProject];

/** A file for each of the schemas. */
async function emitCompiled(plugin, schemas) {
  const { ajvOptions } = await compiledSource('schema-errors.js');
  for (const [i, source] of compiled(schemas, ajvOptions).entries()) {
    plugin.emitFile({ type: 'asset', fileName: `validators/${schemas[i].name}.cjs`, source });
  }
}

/** By its path from dist/playbook/schema. */
function compiledSource(path) {
  return import(join(import.meta.dirname, '../dist/playbook/schema', path));
}

/** Each schema with a name for its file, and how the module that stands for prepared.js writes it. */
async function ownSchemas() {
  const { modules } = await compiledSource('../../modules/list.js');
  const ofModules = modules.map(({ name, schema }, i) => ({ name, schema, written: `modules[${i}].schema` }));
  const others = Object.entries(own).map(async ([path, names]) => {
    const exported = await compiledSource(path);
    return names.map((name) => ({ name, schema: exported[name], written: name }));
  });
  return [...ofModules, ...(await Promise.all(others)).flat()];
}

/** The text of a file for each, which gives the validator when it is given the formats. */
function compiled(schemas, ajvOptions) {
  const ajv = new Ajv2020({ ...ajvOptions, code: { ...ajvOptions.code, source: true, formats: _`formats` } });
  return schemas.map(({ schema }) => {
    const code = standalone.default(ajv, ajv.compile(schema));
    return `'use strict';\nmodule.exports = (formats) => {\nconst module = {};\n${code}\nreturn module.exports;\n};\n`;
  });
}

function preparedText(schemas) {
  const imports = Object.entries(own).map(([path, names]) => `import { ${names.join(', ')} } from '${path}';`);
  return [
    "import { createRequire } from 'node:module';",
    "import { modules } from '../../modules/list.js';",
    "import { formats } from '../../modules/shared/formats.js';",
    ...imports,
    'const load = createRequire(import.meta.url);',
    'let names;',
    'export function preparedValidator(schema) {',
    `  names ??= new Map([${schemas.map(({ name, written }) => `[${written}, '${name}']`).join(', ')}]);`,
    '  const name = names.get(schema);',
    "  return name === undefined ? undefined : load('./validators/' + name + '.cjs')(formats);",
    '}',
  ].join('\n');
}
