import type { Json } from '../core/json.ts';
import type { LoopItem } from '../core/play.ts';
import type { TurnNumbers, TurnUses } from './scope/numbering.ts';
import { once } from './scope/shapes.ts';
import type { HostsAlike, View, Views } from './scope/views.ts';
import type { Turns } from './tasks/loop.ts';
import type { TaskCode } from './tasks/task.ts';

/** The hosts of a task, those together that see the same under these names. */
export function hostsAlike(code: TaskCode, views: Views, names: readonly string[]): readonly HostsAlike[] {
  const groups = views.groups(views.of(names));
  return code.runOnce ? groups.slice(0, 1).map(([first]) => [first]) : groups;
}

/** What was found in turns by hosts that see the same. */
interface Seen<T> {
  /** By the number of the turn. */
  readonly turns: T[];
  /** How many of them there are. */
  count: number;
  /** Each that differs, once. */
  readonly finds: Set<T>;
}

/** What is found in the turns of a task's loop, each looked at once that differs by what it rests on: hosts times items can be many more. */
export class TurnLooks<T> {
  readonly #view: () => View;
  readonly #numbers: TurnNumbers;
  /** By what hosts see. */
  readonly #seen = new Map<number | undefined, Seen<T>>();
  /** The same where nothing is known of the turns. */
  readonly #ofAny = new Map<number | undefined, T>();

  /** `ofStep`: names that a step rests on whatever is looped over; `ofTurn`: what of the turn it does; `loop`: as it is written. */
  constructor(
    views: Views,
    { ofStep, ofTurn, loop }: { ofStep: readonly string[]; ofTurn: TurnUses; loop: Json | undefined },
  ) {
    this.#view = once(() => views.of(ofStep));
    this.#numbers = views.turns(loop, ofTurn);
  }

  /** `take` is handed what `look` finds in the turns on a host: each that differs, once. */
  on(host: string, turns: Turns, look: (turn: LoopItem) => T, take: (found: T) => void): void {
    const seen = this.#seenBy(host);
    const numbers = this.#numbers.of(turns.items);
    if (seen.count < this.#numbers.size) {
      for (const [place, number] of numbers.entries()) {
        if (seen.turns[number] !== undefined) continue;
        const found = look(turns.at(place));
        seen.turns[number] = found;
        seen.count += 1;
        seen.finds.add(found);
      }
    }
    const finds = seen.finds.size === 1 ? seen.finds : new Set(numbers.map((number) => seen.turns[number] as T));
    if (numbers.length > 0) for (const found of finds) take(found);
  }

  /** The same where there is no loop, or its turns are not known. */
  ofAny(host: string, look: () => T): T {
    const view = this.#view().get(host);
    const found = this.#ofAny.get(view) ?? look();
    this.#ofAny.set(view, found);
    return found;
  }

  #seenBy(host: string): Seen<T> {
    const view = this.#view().get(host);
    const seen = this.#seen.get(view) ?? { turns: [], count: 0, finds: new Set() };
    this.#seen.set(view, seen);
    return seen;
  }
}
