import { type ConnectionVariable, connectionVariables, olderNames } from '../core/connection-variables.ts';
import type { JsonSchema } from '../core/module.ts';

/** A value may be made of other variables. */
const template: JsonSchema = { title: 'template', type: 'string', pattern: '\\{\\{' };
const names = Object.keys(connectionVariables) as ConnectionVariable[];

/**
 * The JSON Schema (draft 2020-12) of an inventory in YAML, for editors. Pure; its connection variables are those that
 * connections are made of. Everything that is refused here is refused when the inventory is read or its hosts are asked for.
 */
export function inventorySchema(): JsonSchema {
  const groups = { $ref: '#/$defs/group' };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Inventory',
    description: "An inventory in YAML, as Ansible's own: groups with their hosts, child groups and variables.",
    type: ['object', 'null'],
    properties: {
      all: { ...groups, description: 'The group of all hosts; its variables are for each of them.' },
      ungrouped: { ...groups, description: 'Hosts that are in no other group.' },
    },
    additionalProperties: groups,
    $defs: { group, hostVars: variables({}), groupVars: variables(priority) },
  };
}

const group: JsonSchema = {
  title: 'Group',
  type: ['object', 'null'],
  properties: {
    hosts: {
      type: ['object', 'string', 'null'],
      description: 'Its hosts, each with its variables. A range stands for its names: web[1:3].',
      additionalProperties: { $ref: '#/$defs/hostVars' },
      examples: [{ web1: { ansible_host: '10.4.7.21' } }],
    },
    children: {
      type: ['object', 'string', 'null'],
      description: 'Groups whose hosts belong to it too.',
      additionalProperties: { $ref: '#/$defs/group' },
    },
    vars: { $ref: '#/$defs/groupVars', description: 'Variables of all its hosts.' },
  },
  additionalProperties: false,
};

const priority: JsonSchema = {
  ansible_group_priority: {
    type: ['integer', 'string'],
    default: 1,
    description: 'Of groups on one level, the one with the higher number wins.',
  },
};

/** A map of variables: any name, and the connection variables with what they mean. */
function variables(others: JsonSchema): JsonSchema {
  const present = names.map((name) => [name, orTemplate(connectionVariables[name])] as const);
  const older = names.flatMap((name) =>
    (olderNames[name] ?? []).map((old) => {
      const { default: _, ...schema } = orTemplate(connectionVariables[name]);
      return [old, { ...schema, description: `Older name of \`${name}\`.`, deprecated: true }] as const;
    }),
  );
  return {
    title: 'Variables',
    type: ['object', 'null'],
    properties: { ...Object.fromEntries([...present, ...older]), ...others },
  };
}

function orTemplate({ description, default: preset, examples, writeOnly, ...rest }: JsonSchema): JsonSchema {
  const told = Object.entries({ description, default: preset, examples, writeOnly }).filter(
    ([, value]) => value !== undefined,
  );
  const isText = [rest.type].flat().includes('string');
  return { ...Object.fromEntries(told), ...(isText ? rest : { anyOf: [{ ...rest }, { type: 'null' }, template] }) };
}
