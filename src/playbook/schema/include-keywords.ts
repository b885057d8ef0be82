import type { JsonSchema } from '../../core/module.ts';

/** Both spellings mean the same: which tasks there are is always known before the run. */
export const includeKeys = ['include_tasks', 'import_tasks'] as const;

/** What an include says for all the tasks of its file. */
export const inheritedKeywords = [
  ...['name', 'when', 'loop', 'tags', 'vars', 'become', 'become_user', 'become_method', 'delegate_to'],
  ...['environment', 'secret', 'run_once', 'ignore_errors', 'timeout'],
] as const;

/** Plain values that a task takes over from what it stands in, unless it says otherwise. */
export const takenOver = ['become', 'become_method', 'secret', 'run_once', 'ignore_errors', 'timeout'] as const;

export const includeSchema: JsonSchema = {
  type: ['string', 'object'],
  description:
    'Does the tasks of another file here: its path from this file, or `file` and the inputs that it declares, under `with`. The same for every host.',
  minLength: 1,
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      description: 'Path from this file. A template may use what is known before the run.',
    },
    with: { type: 'object', description: 'A value for each input of the file that has no default.' },
  },
  required: ['file'],
  additionalProperties: false,
};

/** An item of a playbook that stands for the plays of another. */
export const importSchema = {
  type: 'object',
  properties: {
    import_playbook: { type: 'string', minLength: 1, description: 'Its plays are played here: a path from this file.' },
    name: { type: 'string', description: 'The name of those of its plays that have none.' },
  },
  required: ['import_playbook'],
  additionalProperties: false,
} as const satisfies JsonSchema;

/** A file of tasks that takes inputs. Without any it may be the list of tasks alone. */
export function taskFileSchema(task: JsonSchema, inputs: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      inputs,
      tasks: { type: 'array', items: task, minItems: 1, description: 'What is done where the file is included.' },
    },
    required: ['tasks'],
    additionalProperties: false,
  };
}

/** What to write instead of a role. */
export const insteadOfRoles =
  'A role is a file of tasks here, with its inputs declared: "include_tasks: { file: tasks/NAME.yml, with: { INPUT: VALUE } }".';
