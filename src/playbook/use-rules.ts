import { failedNames } from '../core/play.ts';
import type { Step } from './expressions/syntax.ts';
import type { Use } from './expressions/templates.ts';
import { ElsewhereFailure } from './parse.ts';
import { some } from './problem.ts';
import type { InventoryScope } from './scope/inventory-scope.ts';
import type { PlayScope } from './scope/play-scope.ts';
import type { TaskCode } from './tasks/task.ts';
import type { PlayText, Register, TaskText } from './texts.ts';

const ownResultHint = 'Only "until", "failed_when" and "changed_when" are asked when there is a result.';

/** A name that a task registers, on which hosts, and whether that task is played. */
export interface KnownRegister extends Register {
  readonly hosts: readonly string[];
  readonly isChosen: boolean;
}

interface UseParts {
  readonly text: PlayText;
  readonly chosen: ReadonlySet<TaskText>;
  readonly hosts: readonly string[];
  readonly registers: readonly KnownRegister[];
  readonly scope: PlayScope;
  readonly inventory: InventoryScope;
}

/** Names that are known somewhere in a play: are they known where they are used, on every host, and by then? */
export class UseRules {
  readonly #parts: UseParts;

  constructor(parts: UseParts) {
    this.#parts = parts;
  }

  /** What is wrong with a use in a variable of the play, which is made whenever it is asked for. */
  ofVariable(use: Use): readonly Error[] {
    return this.#of(use, Number.POSITIVE_INFINITY);
  }

  /** What is wrong with all uses of a task. */
  ofTask({ text, uses }: TaskCode): readonly Error[] {
    const after = (name: string) => (name === text.value.register ? text.order + 1 : text.order);
    return [
      ...uses.all.flatMap((use) => this.#of(use, text.order, text)),
      ...uses.ofResult.flatMap((use) => this.#of(use, after(use.name), text)),
    ];
  }

  /** `order`: of the task that uses it. */
  #of(use: Use, order: number, task?: TaskText): readonly Error[] {
    const { scope } = this.#parts;
    const found: Error[] = [];
    const without = scope.without(use.name);
    if (use.steps === undefined && without.length > 0 && without.length < this.#parts.hosts.length) {
      const hint = `Give it to all of them, or write host.?${use.name}.orValue("...").`;
      found.push(use.error('not-everywhere', `"${use.name}" is not known on ${some(without)}`, hint));
    }
    if (use.steps !== undefined) return [...found, ...this.#inInventory(use, use.steps)];
    if (scope.isUnknown(use.name)) return found;
    for (const name of scope.reads(use.name)) {
      if (scope.isUnknown(name) || (failedNames as readonly string[]).includes(name)) continue;
      const before = this.#parts.registers.filter((one) => one.name === name && one.order < order);
      if (order !== Number.POSITIVE_INFINITY && before.length === 0) {
        const isOwn = task?.value.register === name;
        found.push(
          isOwn
            ? use.error('not-registered', `"${name}" is what this task itself registers`, ownResultHint)
            : use.error(
                'not-registered',
                `"${name}" is registered only by a later task`,
                'Move that task before this one.',
              ),
        );
      } else if (before.length > 0 && before.every(({ hosts }) => this.#isElsewhere(hosts))) {
        const on = some([...new Set(before.flatMap(({ hosts }) => hosts))]);
        const hint = 'A result is known on the hosts of its own play: register it in this one.';
        found.push(use.error('not-registered', `"${name}" is registered on ${on}, and on no host of this play`, hint));
      } else if (task !== undefined && this.#parts.chosen.has(task) && !before.some(({ isChosen }) => isChosen)) {
        const hint = 'Give both the same tag, or tag the one that registers it `always`.';
        found.push(use.error('not-chosen', `"${name}" is registered by a task that the tags leave out`, hint));
      } else if (task?.section === 'verify' && !this.#isRegisteredBeforeTasks(name)) {
        const hint = 'An audit asks "verify" alone. Register it under "require" or "verify".';
        found.push(use.error('not-auditable', `"${name}" is registered only while the change is made`, hint));
      }
    }
    return found;
  }

  /** A variable whose own text has a fault is not there for who looks it up in its host: the fault is told, not that. */
  #inInventory(use: Use, [first, second]: readonly Step[]): readonly Error[] {
    const { hosts, inventory } = this.#parts;
    const [of, key] =
      use.name === 'host'
        ? [hosts, first?.key]
        : use.name === 'peers'
          ? [hosts, second?.key]
          : use.name === 'hostvars'
            ? [[String(first?.key)], second?.key]
            : [[], undefined];
    if (typeof key !== 'string') return [];
    return of.flatMap((host) => {
      if (!Object.hasOwn(inventory.fleet.hosts.get(host)?.vars ?? {}, key)) return [];
      try {
        inventory.own(host, key);
        return [];
      } catch (thrown) {
        return thrown instanceof ElsewhereFailure
          ? [thrown.usedAt(use.error('no-such-key', '', undefined, first))]
          : [];
      }
    });
  }

  /** None of these hosts is in this play. */
  #isElsewhere(hosts: readonly string[]): boolean {
    return hosts.length > 0 && this.#parts.hosts.length > 0 && !hosts.some((host) => this.#parts.hosts.includes(host));
  }

  #isRegisteredBeforeTasks(name: string): boolean {
    return this.#parts.text.registers.some(
      (one) => one.name === name && (one.section === 'require' || one.section === 'verify'),
    );
  }
}
