import type { LoopItem, Resolution, Step, Turn } from '../../core/play.ts';
import type { Turns } from './loop.ts';

/** A task on a host where it is done. */
export interface Entered {
  /** Absent: it has no loop. */
  readonly turns?: Turns;
  /** Says why it is left out, where it is. Throws ProblemFailure. */
  step(turn?: LoopItem): Step | { readonly skip: string };
  /** Why the task is skipped where no turn of it has a step. */
  readonly left: string;
}

/** Every step of it. `isRegistered`: turns without one are told too. Throws ProblemFailure. */
export function resolution({ turns, step, left }: Entered, isRegistered: boolean): Resolution {
  const all = turns?.all() ?? [undefined];
  const skips = new Map<LoopItem | undefined, string>();
  const steps = all.flatMap((turn) => {
    const made = step(turn);
    if (!('skip' in made)) return [made];
    skips.set(turn, made.skip);
    return [];
  });
  const told =
    isRegistered && skips.size > 0
      ? {
          turns: withSkips(
            all.filter((turn) => turn !== undefined),
            skips,
          ),
        }
      : {};
  return { ...(steps.length === 0 ? { skip: left } : { steps: toldApart(steps) }), ...told };
}

/** Turns with why some have no step. */
function withSkips(turns: readonly LoopItem[], skips: ReadonlyMap<LoopItem | undefined, string>): readonly Turn[] {
  return turns.map((loop) => {
    const skip = skips.get(loop);
    return skip === undefined ? { loop } : { loop, skip };
  });
}

/** A step is told from the others of its task by its item: what is shown alike is counted, past what another is called. */
export function toldApart(steps: readonly Step[]): readonly Step[] {
  const own = new Set(steps.map(({ item = '' }) => item));
  const seen = new Map<string, number>();
  return steps.map((step) => {
    const { item = '' } = step;
    const before = seen.get(item);
    let times = (before ?? 0) + 1;
    while (before !== undefined && own.has(`${item} (${times})`)) times += 1;
    seen.set(item, times);
    return before === undefined ? step : { ...step, item: `${item} (${times})` };
  });
}
