import { type BlockPart, blockParts, type Task } from '../../src/core/play.ts';

let made = 0;

/** The tasks of a block, as a playbook would have them; blocks stand in each other. */
export function block(name: string, parts: Partial<Record<BlockPart, readonly Task[]>>): readonly Task[] {
  made += 1;
  const id = `0.tasks.b${made}`;
  return blockParts.flatMap((part) =>
    (parts[part] ?? []).map((task) => ({
      ...task,
      within: [{ block: id, name, part }, ...(task.within ?? [])],
    })),
  );
}
