import type { RunInputs, TagsGiven } from '../history/run-store.ts';
import { splitTags } from '../playbook/tasks/tags.ts';

export interface TagOptions {
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
}

/** What a command line chooses; nothing where it names no tag. */
export function chosenTags({ tags = [], skipTags = [] }: TagOptions): { readonly tags?: TagsGiven } {
  const chosen = { only: splitTags(tags), skip: splitTags(skipTags) };
  return chosen.only.length + chosen.skip.length === 0 ? {} : { tags: chosen };
}

/** The same in words, for the journal. */
export function tagsTold({ tags }: Pick<RunInputs, 'tags'>): { readonly chosen?: string } {
  if (tags === undefined) return {};
  const options = [['--tags', tags.only] as const, ['--skip-tags', tags.skip] as const];
  const words = options
    .filter(([, named]) => named.length > 0)
    .map(([option, named]) => `${option} ${named.join(',')}`);
  return { chosen: words.join(' ') };
}
