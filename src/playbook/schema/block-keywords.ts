import type { JsonSchema } from '../../core/module.ts';
import { type BlockPart, blockParts } from '../../core/play.ts';
import { taskKeywords } from './keywords.ts';
import { become, becomeMethod, becomeUser, environment, tags, vars } from './shared-keywords.ts';

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
