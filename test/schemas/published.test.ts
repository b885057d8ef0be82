import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingFault } from '../../src/cli/setting-fault.ts';
import { connectionVariables, olderNames } from '../../src/core/connection-variables.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { readYaml } from '../../src/core/yaml.ts';
import { inventory } from '../../src/lab/access.ts';
import { planLab } from '../../src/lab/plan.ts';
import { rehearsalInventory } from '../../src/lab/rehearse/inventory.ts';
import { modules } from '../../src/modules/list.ts';
import { Language } from '../../src/playbook/expressions/expressions.ts';
import { IncludedFiles } from '../../src/playbook/includes/included-files.ts';
import { outline } from '../../src/playbook/outline.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';
import { editorSchema } from '../../src/playbook/schema/editor-schema.ts';
import { playbookSchema } from '../../src/playbook/schema/schema.ts';
import { Sources } from '../../src/playbook/sources.ts';
import { allDocuments } from '../docs/documents.ts';
import { cases } from '../inventory/side-by-side-cases.ts';
import { corpus } from '../playbook/bad/corpus.ts';
import { checkout } from '../support/cli.ts';
import { objections, type Published, published, publishedSchema } from './published.ts';

const against = Object.fromEntries(published.map((name) => [name, objections(publishedSchema(name))])) as Readonly<
  Record<Published, ReturnType<typeof objections>>
>;

function ofText(name: Published, text: string): readonly string[] {
  const { value, faults } = readYaml(text, { dialect: name === 'inventory' ? 'ansible' : 'strict' });
  return faults.length > 0 ? faults.map(({ message }) => message) : against[name](value);
}

const kinds: Readonly<Record<string, Published>> = {
  'yaml playbook': 'playbook',
  'yaml task': 'tasks',
  'yaml tasks': 'tasks',
  'yaml inventory': 'inventory',
  'yaml config': 'runbook',
};

test('the package has them, and nothing else beside them', () => {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [made] = JSON.parse(execFileSync('npm', words, { cwd: checkout, encoding: 'utf8' })) as [Packed];
  const names = made.files.map(({ path }) => path).filter((path) => path.startsWith('schemas/'));
  expect(names.toSorted()).toEqual(published.map((name) => `schemas/${name}.schema.json`).toSorted());
});

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

describe('the published schemas accept what is shipped', () => {
  const blocks = allDocuments().flatMap(({ blocks: all }) => all.filter(({ info }) => info in kinds));
  test.each(blocks.map((block) => [`${block.file}:${block.line}`, block] as const))('%s', (_, { info, text }) => {
    expect(ofText(kinds[info] as Published, text)).toEqual([]);
  });

  test.each(readdirSync(join(checkout, 'playbooks')))('playbooks/%s, which names it', (name) => {
    const text = readFileSync(join(checkout, 'playbooks', name), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schemas\/playbook\.schema\.json\n/);
    expect(ofText('playbook', text)).toEqual([]);
  });

  test('the settings of this project', () => {
    expect(ofText('runbook', readFileSync(join(checkout, 'runbook.yml'), 'utf8'))).toEqual([]);
  });

  test.each([
    ['a lab', inventory(planLab({ name: 'mine', nodes: 3 }))],
    ['a rehearsal', rehearsalInventory(planLab({ name: 'mine', nodes: 2 }))],
    ['the documents', readFileSync(join(checkout, 'test/docs/fixtures/inventory.yml'), 'utf8')],
  ])('the inventory of %s', (_, text) => {
    expect(ofText('inventory', text)).toEqual([]);
  });

  const yamlInventories = cases.flatMap(({ name, files }) =>
    Object.entries(files)
      .slice(0, 1)
      .flatMap(([path, text]) => (/\.ya?ml$/.test(path) ? [[name, text] as const] : [])),
  );
  test.each(yamlInventories)('an inventory that Ansible accepts: %s', (_, text) => {
    expect(ofText('inventory', text)).toEqual([]);
  });

  test('there is something of each kind', () => {
    expect(new Set(blocks.map(({ info }) => kinds[info]))).toEqual(new Set(published));
    expect(yamlInventories.length).toBeGreaterThan(2);
  });
});

/** A playbook on its own: no other file, nothing from -e. */
function context() {
  const sources = new Sources(() => undefined);
  const files = new IncludedFiles(sources, () => undefined);
  return { modules, files, sources, base: Language.create({}), extra: {} };
}

describe('the published schemas refuse', () => {
  // What is found without an expression, a variable, another task or another file: the schema's business.
  const others = ['blocks', 'handlers', 'includes', 'imports', 'presence', 'types'];
  const alone = Object.entries(corpus).flatMap(([about, rows]) => (others.includes(about) ? [] : rows));
  // An address, an expression: what no pattern can say, an editor does not know.
  const ofFormat = / must be (?!a duration|a MAC address,|the name of a network device).*, not "/;
  const refused = alone.filter(({ text, error }) => {
    if (error.code === 'bad-value' && ofFormat.test(` ${error.message}`)) return false;
    const doc = parsePlaybook(text, 'bad.yml');
    return doc.problems.length === 0 && outline(doc, context()).problems.length > 0;
  });
  const validate = objections(editorSchema('playbook.schema.json', playbookSchema(modules)));

  test.each(refused.map(({ name, text }) => [name, text] as const))('%s', (_, text) => {
    expect(validate(readYaml(text).value)).not.toEqual([]);
  });

  test('is most of what can be told so early', () => expect(refused.length).toBeGreaterThan(100));

  test.each<[Published, string, string, string]>([
    [
      'playbook',
      'a misspelt state',
      '- hosts: a\n  tasks:\n    - supervisor: { program: a, state: runing }\n',
      '/0/tasks/0/supervisor/state must be equal to one of the allowed values',
    ],
    ['tasks', 'a play', '- hosts: a\n  tasks: []\n', '/0 must match exactly one schema in oneOf'],
    ['tasks', 'inputs without tasks', 'inputs: {}\n', " must have required property 'tasks'"],
    ['tasks', 'a list of nothing', '[]\n', ' must NOT have fewer than 1 items'],
    ['inventory', 'an unknown part of a group', 'web: { host: { a: } }\n', '/web must NOT have additional properties'],
    ['inventory', 'a list of hosts', 'web: { hosts: [a, b] }\n', '/web/hosts must be object,string,null'],
    ['inventory', 'a configuration of a plugin', 'plugin: aws_ec2\n', '/plugin must be object,null'],
    [
      'inventory',
      'a port that cannot be',
      'web: { hosts: { a: { ansible_port: 70000 } } }\n',
      '/web/hosts/a/ansible_port must be <= 65535',
    ],
    [
      'inventory',
      'an unknown way to become',
      'web: { vars: { ansible_become_method: pbrun } }\n',
      '/web/vars/ansible_become_method must be equal to one of the allowed values',
    ],
    [
      'inventory',
      'the older name of a variable, wrongly',
      'web: { vars: { ansible_ssh_port: ssh } }\n',
      '/web/vars/ansible_ssh_port must be integer',
    ],
  ])('in %s: %s', (name, _, text, objection) => {
    expect(ofText(name, text)).toContain(objection);
  });
});

describe('one truth', () => {
  test.each<[JsonObject]>([
    [{ inventory: 'a.yml' }],
    [{ inventory: ['a.yml', 'b'] }],
    [{ inventory: [] }],
    [{ inventory: [''] }],
    [{ inventory: '' }],
    [{ inventory: 5 }],
    [{ records: 'r', forks: 1, require_signature: 'k', ssh: 'builtin' }],
    [{ records: ['r'] }],
    [{ records: null }],
    [{ forks: 0 }],
    [{ forks: 1.5 }],
    [{ forks: '5' }],
    [{ require_signature: true }],
    [{ ssh: 'putty' }],
    [{ forkz: 5 }],
    [{}],
  ])('runbook.yml and its schema are of one mind about %j', (value) => {
    expect(against.runbook(value).length > 0).toBe(settingFault(value) !== undefined);
  });

  test('docs/inventory.md has every connection variable, and no more', () => {
    const text = readFileSync(join(checkout, 'docs/inventory.md'), 'utf8');
    const table = text.slice(text.indexOf('## Connection'), text.indexOf('A value may be made of'));
    const told = new Set([...table.matchAll(/`((?:ansible|runbook)_\w+)`/g)].map(([, name]) => name));
    const known = [...Object.keys(connectionVariables), ...Object.values(olderNames).flat()];
    expect([...told].toSorted()).toEqual(known.toSorted());
  });
});

describe.each(published)('%s.schema.json', (name) => {
  const schema = publishedSchema(name);

  test('is named by its file and refers to nothing outside it', () => {
    expect(schema.$id).toBe(`${name}.schema.json`);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    const refs = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
    expect(refs.filter((ref) => !ref?.startsWith('#/$defs/'))).toEqual([]);
  });

  test('has a title and tells every default', () => {
    expect(schema.title).toEqual(expect.any(String));
    expect(untold(schema as Json)).toEqual([]);
  });
});

test('every module and its examples are in the schemas', () => {
  for (const name of ['playbook', 'tasks'] as const) {
    const { task } = publishedSchema(name).$defs as { task: { properties: Record<string, { examples?: Json[] }> } };
    for (const module of modules) expect(task.properties[module.name]?.examples).toHaveLength(module.examples.length);
  }
});

/** Descriptions that do not say the default beside them. */
function untold(node: Json): readonly string[] {
  if (Array.isArray(node)) return node.flatMap((one) => untold(one as Json));
  if (!isJsonObject(node)) return [];
  const { default: preset, description } = node;
  const isUntold = preset !== undefined && typeof description === 'string' && !description.includes('Default: ');
  return [...(isUntold ? [description] : []), ...Object.values(node).flatMap(untold)];
}
