import type { LoopItem } from '../core/play.ts';
import { type HostsAlike, Numbering, type View, type Views } from './scope/views.ts';
import type { TaskCode } from './tasks/task.ts';

/** The hosts of a task, those together that see the same under these names. */
export function hostsAlike(code: TaskCode, views: Views, names: readonly string[]): readonly HostsAlike[] {
  const groups = views.groups(views.of(names));
  return code.runOnce ? groups.slice(0, 1).map(([first]) => [first]) : groups;
}

/** Tells the turns of a task's loop apart by what they rest on: those of one key come to the same. */
export class TurnKeys {
  readonly #views: Views;
  readonly #ofStep: readonly string[];
  readonly #ofTurn: readonly string[];
  readonly #items = new Numbering();
  #view: View | undefined;

  /** `ofStep`: names that it rests on whatever is looped over; `ofTurn`: those that the loop gives. */
  constructor(views: Views, ofStep: readonly string[], ofTurn: readonly string[]) {
    this.#views = views;
    this.#ofStep = ofStep;
    this.#ofTurn = ofTurn;
  }

  of(host: string, turn: LoopItem | undefined): string {
    this.#view ??= this.#views.of(this.#ofStep);
    const items = turn === undefined ? [] : this.#ofTurn.map((name) => this.#items.of(turn.names[name] ?? null));
    return `${this.#view.get(host)} ${items.join(' ')}`;
  }
}
