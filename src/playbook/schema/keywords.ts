import type { JsonSchema } from '../../core/module.ts';
import {
  become,
  becomeMethod,
  becomeUser,
  conditions,
  duration,
  environment,
  ignoreUnreachable,
  namePattern,
  tags,
  vars,
} from './shared-keywords.ts';

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
