import { durationPattern } from '../../core/duration.ts';
import type { JsonSchema } from '../../core/module.ts';
import { type Section, sections } from '../../core/play.ts';
import { importSchema, taskFileSchema } from './include-keywords.ts';
import { inputSchema } from './input-keywords.ts';
import {
  become,
  becomeMethod,
  becomeUser,
  environment,
  ignoreUnreachable,
  namePattern,
  tags,
  vars,
} from './shared-keywords.ts';

const nothingGathered: JsonSchema = {
  const: false,
  description: 'Nothing is gathered from hosts: false is taken as it is from a playbook of Ansible, true is refused.',
};
const sectionTexts: Readonly<Record<Section, string>> = {
  require: 'Asked before anything is touched; one that fails refuses the play. Changes nothing.',
  tasks: 'In order, each on all hosts before the next.',
  verify: 'Must hold after; one that does not undoes everything. A resource here is an assertion. Changes nothing.',
  cleanup: 'Only once the change is proven; `verify` is then asked again.',
};

const batchSize = {
  type: ['integer', 'string'],
  minimum: 1,
  pattern: '^([1-9][0-9]?|100)%$',
  description: 'So many hosts, 1 or more, or a part of them: 2, "30%".',
};

/** What a play may say besides its sections. */
const playSettings = {
  name: { type: 'string', description: 'What the play does, as people read it.' },
  hosts: {
    type: ['string', 'array'],
    items: { type: 'string' },
    minLength: 1,
    minItems: 1,
    description: 'Hosts and groups: web:&prod:!web3, globs, ~regex, subscripts.',
  },
  vars,
  vars_files: {
    type: 'array',
    items: { type: ['string', 'array'], items: { type: 'string' }, minItems: 1 },
    description:
      'Files of variables, by their paths from the playbook; they beat `vars`. Of a list inside, the first that is there.',
  },
  inputs: {
    type: 'object',
    description:
      'Values that the play asks for, each with its JSON Schema: given with -e, else the default, else asked for on a terminal.',
    propertyNames: { pattern: namePattern },
    additionalProperties: inputSchema,
  },
  skip_if_verified: {
    type: 'boolean',
    default: false,
    description: 'When all of `verify` holds already, there is nothing to do.',
  },
  rollback: {
    type: 'string',
    enum: ['on_failure', 'never'],
    default: 'on_failure',
    description: 'on_failure: a failed task or check, a lost host or an interrupt undoes everything.',
  },
  guard: {
    type: 'string',
    default: '120s',
    pattern: `^off$|${durationPattern}`,
    description:
      'Without contact for this long, each host undoes by itself what this run changed on it: 120s, 5m; or off.',
  },
  serial: {
    ...batchSize,
    type: ['integer', 'string', 'array'],
    items: batchSize,
    minItems: 1,
    description: 'Batch by batch, so many hosts at a time: 2, "30%", or a list of these, of which the last repeats.',
  },
  order: {
    type: 'string',
    enum: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted'],
    description:
      'In which order the hosts are taken: inventory (default), ... Not shuffle: a plan and a replay would come out otherwise.',
  },
  max_fail_percentage: {
    type: 'number',
    minimum: 0,
    maximum: 100,
    description:
      'Of the hosts of a batch so many in a hundred may drop out, failed or lost. One more undoes everything. Default: none may.',
  },
  any_errors_fatal: {
    type: 'boolean',
    description: 'true (default): a failure on one host undoes everything. false needs `max_fail_percentage`.',
  },
  ignore_unreachable: ignoreUnreachable,
  lock: {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z0-9_-]+$', description: 'Letters, digits, _ and -.' },
    additionalProperties: { type: 'string', minLength: 1 },
    description:
      'Names that only one run may hold at a time, each with the host that keeps it. Hosts are locked anyway.',
  },
  become,
  become_user: becomeUser,
  become_method: becomeMethod,
  environment,
  gather: nothingGathered,
  gather_facts: nothingGathered,
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** Schema of a play; `entry` is what each section holds. */
export function playSchema(entry: JsonSchema, handler: JsonSchema): JsonSchema {
  const lists = sections.map((section) => [
    section,
    { type: 'array', items: entry, description: sectionTexts[section] },
  ]);
  const handlers = {
    type: 'array',
    items: handler,
    description:
      'Tasks that are done at the end of a section, in this order, each on the hosts where a change has notified it.',
  };
  return {
    type: 'object',
    properties: { ...playSettings, ...Object.fromEntries(lists), handlers, tags },
    required: ['hosts'],
    additionalProperties: false,
  };
}

export function isPlayKeyword(key: string): boolean {
  const lists: readonly string[] = [...sections, 'handlers', 'tags'];
  return Object.hasOwn(playSettings, key) || lists.includes(key);
}

/** A file of tasks; what its tasks are is looked at apart. */
export const taskFileShape = taskFileSchema({}, playSettings.inputs);

/** An item of a playbook that stands for the plays of another one. */
export const importShape: JsonSchema = {
  ...importSchema,
  properties: { ...importSchema.properties, vars, tags },
};
