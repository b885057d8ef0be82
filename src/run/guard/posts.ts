import { type Manner, mannerOf } from '../../core/command.ts';
import type { UndoEntry } from '../../core/event.ts';

/** One guard: a user on a machine. */
export interface Post extends Omit<Manner, 'env'> {
  readonly on: string;
  readonly seconds: number;
}

/** All guards that there may be, from notes. */
export function postsOf(notes: readonly UndoEntry[]): readonly Post[] {
  const posts = new Map<string, Post>();
  for (const entry of notes) {
    const { on, guardSeconds: seconds } = entry;
    const { env: _, ...who } = mannerOf(entry);
    if (seconds !== undefined) posts.set(placeOf(entry), { on, seconds, ...who });
  }
  return [...posts.values()];
}

/** Two users of one machine have a guard each. */
export function placeOf({ on, become = '' }: Pick<UndoEntry, 'on' | 'become'>): string {
  return `${on}|${become}`;
}
