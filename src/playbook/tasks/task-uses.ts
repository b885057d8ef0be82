import type { Condition } from '../expressions/compiler.ts';
import type { Template, TextExpression, Use } from '../expressions/templates.ts';
import type { Surroundings } from '../includes/frame.ts';
import type { TurnUses } from '../scope/numbering.ts';
import type { PlayScope } from '../scope/play-scope.ts';
import { reached } from '../scope/rests-on.ts';
import { loopShape } from '../scope/result-shape.ts';
import { firm, isAstray, itemOf, type Shape, shapeOf, walk } from '../scope/shapes.ts';
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

  /** What of a turn of its loop a step rests on. */
  get ofTurn(): TurnUses {
    const used = new Set(this.#inStep().map(({ name }) => name));
    const [item = '', ...others] = this.#parts.loop?.names ?? [];
    return { item: used.has(item), place: others.some((name) => used.has(name)) };
  }

  /** All that its text asks. */
  get expressions(): readonly TextExpression[] {
    return this.#own().flatMap((part) => part?.expressions ?? []);
  }

  /** What the includes around it ask, in which their inputs are not known yet. */
  get expressionsAround(): readonly TextExpression[] {
    return this.#around.expressions;
  }

  /** What it uses of the inputs of the file that it stands in. */
  get ofInput(): readonly Use[] {
    return usesOf(this.#own()).filter((use) => this.#around.inputs.has(use.name) && !this.isOwn(use));
  }

  /** What is known in the task of a name. `ofPlay`: what is known in the play. */
  shapeOf(name: string, ofPlay: (name: string) => Shape): Shape {
    const { vars, loop } = this.#parts;
    if (loop?.names.includes(name)) return this.#shapeOfTurn(name, loop, ofPlay);
    if (vars.has(name)) return undefined;
    return this.#around.names.has(name) ? this.#around.inputs.get(name) : ofPlay(name);
  }

  /** The same where the includes around it are written. */
  shapeAround(name: string, ofPlay: (name: string) => Shape): Shape {
    return this.#around.names.has(name) ? undefined : ofPlay(name);
  }

  #shapeOfTurn(name: string, { names: [item], template }: Loop, ofPlay: (name: string) => Shape): Shape {
    if (name !== item) return name === 'loop' ? loopShape : firm('int');
    if (!template.dynamic) return itemOf(shapeOf(template.render(noName)));
    const over = template.uses.find(({ whole }) => whole !== undefined);
    if (over?.whole === undefined || this.isOwn(over)) return undefined;
    const found = walk(this.shapeOf(over.name, ofPlay), over.whole);
    return isAstray(found) ? undefined : itemOf(found);
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

  #own(): readonly (Template | MannerCode | Loop | undefined)[] {
    const { vars, when, args, delegate, loop, manner, over } = this.#parts;
    return [...vars.values(), ...templatesOf(when), args, delegate, loop, manner, ...templatesOf(over)];
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

function noName(name: string): never {
  throw new Error(`plain data asks for "${name}"`);
}

function templatesOf(conditions: readonly Condition[]): readonly Template[] {
  return conditions.map(({ template }) => template);
}
