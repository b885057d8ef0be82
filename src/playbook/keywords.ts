import { durationPattern } from '../core/duration.ts';
import type { JsonSchema } from '../core/module.ts';
import { type BlockPart, blockParts, type Section, sections } from '../core/play.ts';
import { importSchema, taskFileSchema } from './include-keywords.ts';

/** For schemas: names that expressions can use. */
const namePattern = '^[a-z_][a-zA-Z0-9_]*$';

const vars: JsonSchema = {
  type: 'object',
  description: 'Variables. A value may be a template: "{{ ... }}".',
  propertyNames: { pattern: namePattern },
};
const become: JsonSchema = {
  type: 'boolean',
  description: "Run commands as another user, by sudo or as the host's ansible_become_method says.",
};
const becomeUser: JsonSchema = {
  type: 'string',
  minLength: 1,
  default: 'root',
  description: 'The user to become with `become: true`.',
};
const becomeMethod: JsonSchema = {
  type: 'string',
  enum: ['sudo', 'su', 'doas'],
  description: "The way to become another user, whatever the host's ansible_become_method says.",
};
const environment: JsonSchema = {
  type: 'object',
  propertyNames: {
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    description: 'Letters, digits and _, with no digit in front.',
  },
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  description: "Environment of the commands on the host, beside what is there. A task's variables beat the play's.",
};
const conditions = (description: string): JsonSchema => ({
  type: ['string', 'boolean', 'array'],
  items: { type: ['string', 'boolean'] },
  description,
});
const nothingGathered: JsonSchema = {
  const: false,
  description: 'Nothing is gathered from hosts: false is taken as it is from a playbook of Ansible, true is refused.',
};
const tags: JsonSchema = {
  type: ['string', 'array'],
  minLength: 1,
  pattern: '^[^{}]*$',
  items: { type: 'string', minLength: 1, pattern: '^[^{}]*$' },
  description:
    'A list, or text with commas: what --tags and --skip-tags choose by; also `always` and `never`. Not a template.',
};
const duration = (description: string): JsonSchema => ({ type: 'string', pattern: durationPattern, description });

const ignoreUnreachable: JsonSchema = {
  type: 'boolean',
  description: 'Hosts that are lost drop out, are pending, and are not counted as failures.',
};

/** What a task may say besides its module. Each is in the schema only because it works. */
export const taskKeywords = {
  name: { type: 'string', description: 'What the task is for, as people read it while it runs. Not a template.' },
  when: conditions('An expression; the task is skipped on hosts where it is false. Of a list, all must be true.'),
  loop: {
    type: ['array', 'object', 'string'],
    description:
      'The task is done for each `item` of this list, or each `item.key` and `item.value` of this map. `loop` has index (from 1), first, last, length.',
  },
  loop_control: {
    type: 'object',
    properties: {
      label: { description: 'What is shown of an item, as a template: "{{ item.key }}". Default: the item.' },
      loop_var: { type: 'string', pattern: namePattern, description: 'The name of the item. Default: item.' },
      index_var: { type: 'string', pattern: namePattern, description: 'A name for the number of the item, from 0.' },
    },
    additionalProperties: false,
    description: 'How the items of a loop are named and shown.',
  },
  register: {
    type: 'string',
    pattern: namePattern,
    description: 'The name under which later tasks see the result: its ok, changed, exit, stdout, before, after, ...',
  },
  protect: {
    type: 'boolean',
    description:
      'Change nothing: note the state at this point, for an undo to restore it. For what other programs change.',
  },
  run_once: { type: 'boolean', description: 'Only for the first host of the play.' },
  delegate_to: { type: 'string', minLength: 1, description: 'The host of the inventory that the commands run on.' },
  become,
  become_user: becomeUser,
  become_method: becomeMethod,
  environment,
  retries: {
    type: 'integer',
    minimum: 0,
    maximum: 10_000,
    description: 'How often to try again. Default: 0; 3 with `until`.',
  },
  delay: { ...duration('Time between two tries: 500ms, 2s, 1.5m.'), default: '1s' },
  until: {
    type: ['string', 'boolean'],
    description: 'An expression over the registered result; tried again until it is true.',
  },
  timeout: { ...duration('Time for one command of this task: 10s, 2m.'), default: '30s' },
  failed_when: conditions(
    'An expression over the registered result: the task has failed where it is true. Of a list, all must be true. Of a command, in place of its exit code.',
  ),
  changed_when: conditions(
    'An expression over the registered result: whether it is told as a change. false, on a command: it only reads.',
  ),
  check_mode: {
    type: 'boolean',
    description:
      'true: never change anything, only say what would be. false, on a command with `changed_when: false`: ask it in a plan too.',
  },
  secret: {
    type: 'boolean',
    description:
      'Nothing of what the task does and finds is recorded or shown; what it registers is secret from then on.',
  },
  ignore_errors: { type: 'boolean', description: 'A failure of this task does not stop the run.' },
  notify: {
    type: ['string', 'array'],
    items: { type: 'string' },
    minLength: 1,
    description:
      'The handlers to be done at the end of the section, if this task changes something: names, or what they listen to.',
  },
  ignore_unreachable: ignoreUnreachable,
  throttle: {
    type: 'integer',
    minimum: 1,
    description: 'Hosts at a time for this task, where `forks` allows for more.',
  },
  vars,
  tags,
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** What a handler may say besides what a task may. */
export const handlerKeywords = {
  listen: {
    type: ['string', 'array'],
    items: { type: 'string' },
    minLength: 1,
    description: 'Other words that tasks can notify it by; several handlers may listen to one.',
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** What a block may say besides its parts: its tasks take it over, as far as they do not say otherwise. */
export const blockSettings = {
  name: { type: 'string', description: 'What the tasks of the block do together.' },
  when: { ...taskKeywords.when, description: 'Asked for each task of the block, before its own.' },
  run_once: taskKeywords.run_once,
  delegate_to: taskKeywords.delegate_to,
  become,
  become_user: becomeUser,
  become_method: becomeMethod,
  environment,
  secret: taskKeywords.secret,
  ignore_errors: taskKeywords.ignore_errors,
  vars,
  tags,
} as const satisfies Readonly<Record<string, JsonSchema>>;

const blockTexts: Readonly<Record<BlockPart, string>> = {
  block: 'Tasks that belong together. A host on which one fails takes no more of them.',
  rescue: 'What is done on the hosts on which a task of the block failed. Then the failure counts as handled.',
  always: 'What is done in any case, on every host that has begun the block.',
};

/** Schema of a block; `entry` is what its parts hold. */
export function blockSchema(entry: JsonSchema): JsonSchema {
  const parts = blockParts.map((part) => [
    part,
    { type: 'array', items: entry, minItems: 1, description: blockTexts[part] },
  ]);
  return {
    type: 'object',
    properties: { ...blockSettings, ...Object.fromEntries(parts) },
    required: ['block'],
    additionalProperties: false,
  };
}

/** Stands where a task may, and is none. */
export const metaSchema: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'For who reads the playbook.' },
    meta: {
      type: 'string',
      enum: ['flush_handlers'],
      description: 'flush_handlers: do the handlers that have been notified so far now, not at the end of the section.',
    },
  },
  required: ['meta'],
  additionalProperties: false,
};

const anyNumber: JsonSchema = { type: 'number' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const types = ['string', 'integer', 'number', 'boolean', 'array', 'object'];
/** One of a play's inputs: what of JSON Schema is of use for a value that a person gives. */
const inputSchema: JsonSchema = {
  type: 'object',
  properties: {
    type: {
      type: 'string',
      enum: types,
      description: 'What the value is. Text of -e and of a terminal is read as this.',
    },
    description: { type: 'string', minLength: 1, description: 'What is asked for, as people read it.' },
    default: { description: 'Taken when nothing is given. Without it the input must be given.' },
    enum: { type: 'array', minItems: 1, description: 'The only values.' },
    examples: { type: 'array' },
    pattern: { type: 'string', description: 'A regular expression that the text must match.' },
    ...{ minLength: count, maxLength: count, minItems: count, maxItems: count, uniqueItems: { type: 'boolean' } },
    ...{
      minimum: anyNumber,
      maximum: anyNumber,
      exclusiveMinimum: anyNumber,
      exclusiveMaximum: anyNumber,
      multipleOf: anyNumber,
    },
    items: { type: 'object', description: 'JSON Schema of each item of a list.' },
    properties: {
      type: 'object',
      additionalProperties: { type: 'object' },
      description: 'JSON Schemas of the keys of a map.',
    },
    required: { type: 'array', items: { type: 'string' } },
    additionalProperties: { type: ['boolean', 'object'] },
  },
  required: ['type', 'description'],
  additionalProperties: false,
};

const sectionTexts: Readonly<Record<Section, string>> = {
  require: 'Asked before anything is touched; one that fails refuses the play. Changes nothing.',
  tasks: 'In order, each on all hosts before the next.',
  verify: 'Must hold after; one that does not undoes everything. A resource here is an assertion. Changes nothing.',
  cleanup: 'Only once the change is proven; `verify` is then asked again.',
};

const batchSize = { type: ['integer', 'string'], minimum: 1, pattern: '^([1-9][0-9]?|100)%$' };

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
    propertyNames: { pattern: '^[A-Za-z0-9_-]+$' },
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

/** A file of tasks; what its tasks are is looked at apart. */
export const taskFileShape = taskFileSchema({}, playSettings.inputs);

/** An item of a playbook that stands for the plays of another one. */
export const importShape: JsonSchema = {
  ...importSchema,
  properties: { ...importSchema.properties, vars, tags },
};

/** Schema of a task's keywords; its module is looked at apart. */
export const keywordsSchema: JsonSchema = { type: 'object', properties: taskKeywords };

export const handlerSchema: JsonSchema = {
  type: 'object',
  properties: { ...taskKeywords, ...handlerKeywords },
  required: ['name'],
};

export function isTaskKeyword(key: string): boolean {
  return Object.hasOwn(taskKeywords, key);
}
