import type { JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { PlayText, TaskText } from '../texts.ts';

/** What `--tags` and `--skip-tags` name. Empty lists: everything but `never`. */
export interface TagChoice {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** All but `never`. */
export const everything: TagChoice = { only: [], skip: [] };

/** Those that mean something without being written anywhere. */
const special = ['all', 'tagged', 'untagged', 'always', 'never'];

/** The tags that a play, a task or an include says of itself: a list, or text with commas. */
export function tagsOf({ tags }: JsonObject): readonly string[] {
  return splitTags([tags ?? []].flat().filter((tag) => typeof tag === 'string'));
}

/** `a,b` and `c` as they are given on a command line or in a list: each tag once. */
export function splitTags(texts: readonly string[]): readonly string[] {
  const all = texts.flatMap((text) => text.split(',')).map((tag) => tag.trim());
  return [...new Set(all.filter((tag) => tag !== ''))];
}

/** Every tag that is written somewhere in the playbook, sorted. */
export function knownTags(plays: readonly PlayText[]): readonly string[] {
  const tasksOf = ({ tasks, idle }: PlayText) => [...tasks, ...idle];
  return [...new Set(plays.flatMap((play) => [...play.tags, ...tasksOf(play).flatMap(({ tags }) => tags)]))].toSorted();
}

/** What is wrong with a choice, in words: a tag that nobody wrote chooses nothing, and that silently. */
export function choiceFaults({ only, skip }: TagChoice, plays: readonly PlayText[]): readonly string[] {
  const known = knownTags(plays);
  const named = [...only.map((tag) => ['--tags', tag] as const), ...skip.map((tag) => ['--skip-tags', tag] as const)];
  return named
    .filter(([, tag]) => !known.includes(tag) && !special.includes(tag))
    .map(([option, tag]) => {
      const hint =
        didYouMean(tag, [...known, ...special]) ??
        (known.length === 0 ? 'The playbook has no tags.' : `Its tags: ${known.join(', ')}.`);
      return `${option}: no task has the tag "${tag}". ${hint}`;
    });
}

/** The tasks of a play that a choice takes. */
export function chosenTasks(choice: TagChoice, play: PlayText): ReadonlySet<TaskText> {
  const isChosen = ({ tags, handler }: TaskText) => handler === undefined && takes(choice, [...play.tags, ...tags]);
  const changes = play.tasks.filter(({ section }) => section === 'tasks' || section === 'cleanup').filter(isChosen);
  const isPlayed = changes.length > 0 || takes(choice, play.tags) || play.tags.length === 0;
  // A change that is chosen is never left unproven: what asks, and has no tag of its own, is asked with it.
  const proves = ({ section, tags }: TaskText) =>
    (section === 'require' || section === 'verify') && tags.length === 0 && isPlayed;
  const begun = new Set(changes.flatMap(({ blocks }) => blocks.map(({ block }) => block.id)));
  // So is what mends: of a block that is begun, the parts that have no tag of their own.
  const mends = ({ value, blocks }: TaskText) =>
    tagsOf(value).length === 0 && blocks.some(({ block, part }) => part !== 'block' && begun.has(block.id));
  const isCalled = ({ handler }: TaskText) => handler !== undefined && changes.length > 0;
  return new Set(play.tasks.filter((task) => isChosen(task) || proves(task) || mends(task) || isCalled(task)));
}

/** As in Ansible: `always` is taken unless skipped by name, `never` only if another of its tags is asked for. */
function takes({ only, skip }: TagChoice, tags: readonly string[]): boolean {
  const isTagged = tags.length > 0;
  const own = isTagged ? tags : ['untagged'];
  const asked =
    own.includes('always') ||
    own.some((tag) => only.includes(tag)) ||
    (!own.includes('never') && (only.length === 0 || only.includes('all') || (isTagged && only.includes('tagged'))));
  const skipped =
    own.some((tag) => skip.includes(tag)) ||
    (isTagged && skip.includes('tagged')) ||
    (skip.includes('all') && !own.includes('always'));
  return asked && !skipped;
}
