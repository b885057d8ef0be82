import { durationPattern } from '../core/duration.ts';
import type { JsonSchema } from '../core/module.ts';
import { type Section, sections } from '../core/play.ts';

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
  description: 'The user to become with `become: true`. Default: root.',
};
const duration = (description: string): JsonSchema => ({ type: 'string', pattern: durationPattern, description });

/** What a task may say besides its module. Each is in the schema only because it works. */
export const taskKeywords = {
  name: { type: 'string', description: 'What the task is for, as people read it while it runs. Not a template.' },
  when: {
    type: ['string', 'boolean', 'array'],
    items: { type: ['string', 'boolean'] },
    description: 'An expression; the task is skipped on hosts where it is false. Of a list, all must be true.',
  },
  loop: {
    type: ['array', 'string'],
    description: 'The task is done for each `item` of this list; `loop.index` counts from 1.',
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
  retries: {
    type: 'integer',
    minimum: 0,
    maximum: 10_000,
    description: 'How often to try again. Default: 0; 3 with `until`.',
  },
  delay: duration('Time between two tries: 500ms, 2s, 1.5m. Default: 1s.'),
  until: {
    type: ['string', 'boolean'],
    description: 'An expression over the registered result; tried again until it is true.',
  },
  timeout: duration('Time for one command of this task: 10s, 2m. Default: 30s.'),
  ignore_errors: { type: 'boolean', description: 'A failure of this task does not stop the run.' },
  vars,
} as const satisfies Readonly<Record<string, JsonSchema>>;

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
  inputs: {
    type: 'object',
    description:
      'Values that the play asks for, each with its JSON Schema: given with -e, else the default, else asked for on a terminal.',
    propertyNames: { pattern: namePattern },
    additionalProperties: inputSchema,
  },
  skip_if_verified: {
    type: 'boolean',
    description: 'When all of `verify` holds already, there is nothing to do. Default: false.',
  },
  rollback: {
    type: 'string',
    enum: ['on_failure', 'never'],
    description: 'on_failure (default): a failed task or check, a lost host or an interrupt undoes everything.',
  },
  guard: {
    type: 'string',
    pattern: `^off$|${durationPattern}`,
    description:
      'Without contact for this long, each host undoes by itself what this run changed on it: 120s (default), 5m; or off.',
  },
  lock: {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z0-9_-]+$' },
    additionalProperties: { type: 'string', minLength: 1 },
    description:
      'Names that only one run may hold at a time, each with the host that keeps it. Hosts are locked anyway.',
  },
  become,
  become_user: becomeUser,
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** Schema of a play; `task` is what each section holds. */
export function playSchema(task: JsonSchema): JsonSchema {
  const lists = sections.map((section) => [
    section,
    { type: 'array', items: task, description: sectionTexts[section] },
  ]);
  return {
    type: 'object',
    properties: { ...playSettings, ...Object.fromEntries(lists) },
    required: ['hosts'],
    additionalProperties: false,
  };
}

/** Schema of a task's keywords; its module is looked at apart. */
export const keywordsSchema: JsonSchema = { type: 'object', properties: taskKeywords };

export function isTaskKeyword(key: string): boolean {
  return Object.hasOwn(taskKeywords, key);
}
