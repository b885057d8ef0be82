import type { Condition } from '../expressions/compiler.ts';
import type { Template, Use } from '../expressions/templates.ts';
import type { Surroundings } from '../includes/frame.ts';
import type { PlayScope } from '../scope/play-scope.ts';
import { reached } from '../scope/rests-on.ts';
import type { Loop } from './loop.ts';
import type { MannerCode } from './manner.ts';

/** The parts of a task that hold expressions. */
interface Parts {
  /** Its own variables. */
  readonly vars: ReadonlyMap<string, Template>;
  readonly when: readonly Condition[];
  readonly loop: Loop | undefined;
  readonly args: Template;
  readonly delegate: Template | undefined;
  readonly manner: MannerCode;
  /** Conditions over its own result. */
  readonly over: readonly Condition[];
  /** The name of that result. */
  readonly register: string | undefined;
}

/** What the expressions of a task use: known without evaluating any. */
export class TaskUses {
  /** Every name from outside of the task that its text uses, apart from what asks for its own result. */
  readonly all: readonly Use[];
  /** The same in `until`, `failed_when` and `changed_when`: they are asked when the task has registered its result. */
  readonly ofResult: readonly Use[];
  /** Registered names that it needs, apart from its own. */
  readonly registered: readonly string[];
  readonly #parts: Parts;
  readonly #around: Surroundings;

  constructor(parts: Parts, around: Surroundings, scope: PlayScope) {
    this.#parts = parts;
    this.#around = around;
    const { vars, when, args, delegate, loop, manner, over, register } = parts;
    const all = [...vars.values(), ...templatesOf(when), args, delegate, loop, manner];
    this.all = [...around.asked, ...this.#outside(usesOf(all))];
    this.ofResult = this.#outside(usesOf(templatesOf(over)));
    const needed = [...this.all, ...this.ofResult.filter(({ name }) => name !== register)];
    this.registered = [...new Set(needed.flatMap(({ name }) => [...scope.reads(name)]))];
  }

  /** Names that the host rests on which the commands run on. */
  get ofDelegate(): readonly string[] {
    return this.#outside(usesOf([this.#parts.delegate])).map(({ name }) => name);
  }

  /** Names that a step rests on besides its turn of the loop, whatever is looped over. */
  get ofStep(): readonly string[] {
    return this.#outside(this.#inStep()).map(({ name }) => name);
  }

  /** Names of the loop that a step rests on. */
  get ofTurn(): readonly string[] {
    const used = new Set(this.#inStep().map(({ name }) => name));
    return this.#parts.loop?.names.filter((name) => used.has(name)) ?? [];
  }

  /** What it loops over, where that is a part of a name's value. */
  get loopsOver(): Use | undefined {
    const [over] = this.#parts.loop?.template.uses.filter(({ whole }) => whole !== undefined) ?? [];
    return over === undefined || this.isOwn(over) ? undefined : over;
  }

  /** What it uses of the item of its loop, and of `loop` itself. */
  get ofItem(): readonly Use[] {
    const { vars, when, args, loop } = this.#parts;
    if (loop === undefined) return [];
    const [item] = loop.names;
    return usesOf([args, ...templatesOf(when), ...vars.values()]).filter(
      ({ name }) => !vars.has(name) && (name === item || name === 'loop'),
    );
  }

  /** Is it a name of the task's own? */
  isOwn({ name }: Use): boolean {
    const { vars, loop } = this.#parts;
    return vars.has(name) || (loop?.names.includes(name) ?? false);
  }

  /** Does it come to something else in each turn of the loop? */
  restsOnTurn(template: Template): boolean {
    const { loop } = this.#parts;
    return loop !== undefined && this.#followed([template]).some(({ name }) => loop.names.includes(name));
  }

  #inStep(): readonly Use[] {
    const { args, delegate, manner, loop, when } = this.#parts;
    const conditions = templatesOf(when).filter((one) => this.restsOnTurn(one));
    return this.#followed([args, delegate, manner, loop?.shown, ...conditions]);
  }

  /** What these parts use, the task's variables followed to what they are made of. */
  #followed(parts: readonly (Pick<Template, 'uses'> | undefined)[]): readonly Use[] {
    const { vars } = this.#parts;
    const written = usesOf(parts);
    const names = reached(
      written.map(({ name }) => name),
      (name) => vars.get(name)?.uses.map((use) => use.name) ?? [],
    );
    const all = [...written, ...usesOf([...names].map((name) => vars.get(name)))];
    return all.filter(({ name }) => !vars.has(name));
  }

  /** Of these uses, those of names from outside of the task, in names of the play. */
  #outside(uses: readonly Use[]): readonly Use[] {
    return this.#around.reach(uses.filter((use) => !this.isOwn(use)));
  }
}

function usesOf(parts: readonly (Pick<Template, 'uses'> | undefined)[]): readonly Use[] {
  return parts.flatMap((part) => part?.uses ?? []);
}

function templatesOf(conditions: readonly Condition[]): readonly Template[] {
  return conditions.map(({ template }) => template);
}
