import type { BlockPart, Task } from '../core/play.ts';

/** A block with its parts, in which other blocks may stand. */
export interface Block {
  readonly parts: Readonly<Record<BlockPart, readonly Entry[]>>;
}

export type Entry = Task | Block;

/** Tasks in the order in which they are written, as the blocks that they stand in. `depth`: how many blocks are around all of them. */
export function nested(tasks: readonly Task[], depth = 0): readonly Entry[] {
  const entries: Entry[] = [];
  for (let i = 0; i < tasks.length; ) {
    const task = tasks[i] as Task;
    const block = task.within?.[depth]?.block;
    if (block === undefined) {
      entries.push(task);
      i += 1;
      continue;
    }
    const end = tasks.findIndex((other, k) => k > i && other.within?.[depth]?.block !== block);
    const own = tasks.slice(i, end === -1 ? tasks.length : end);
    const part = (name: BlockPart) =>
      nested(
        own.filter(({ within }) => within?.[depth]?.part === name),
        depth + 1,
      );
    entries.push({ parts: { block: part('block'), rescue: part('rescue'), always: part('always') } });
    i += own.length;
  }
  return entries;
}
