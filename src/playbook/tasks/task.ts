import type { Json, JsonObject } from '../../core/json.ts';
import type { Judging, LoopItem, Registered, Resolution, Step, Task } from '../../core/play.ts';
import { Compiler, type Condition } from '../expressions/compiler.ts';
import type { Language } from '../expressions/expressions.ts';
import type { Get, Template } from '../expressions/templates.ts';
import type { Surroundings } from '../includes/frame.ts';
import { isOfError, ProblemFailure } from '../parse.ts';
import type { Problem } from '../problem.ts';
import { problemOf } from '../schema/schema-problem.ts';
import { type PlayScope, taskGet } from '../scope/play-scope.ts';
import { type Sources, withSource } from '../sources.ts';
import type { PlayText, TaskText } from '../texts.ts';
import { argumentErrors } from './argument-errors.ts';
import { argsTemplate, askedOf, assertedConditions, comesOutOfTemplate } from './assertion.ts';
import { allSaid, failedTypes, isRecovery, said, varsSaid } from './blocks.ts';
import { Delegate } from './delegate.ts';
import { EarlyLook, type EarlyParts } from './early-look.ts';
import { type Entered, resolution } from './entered.ts';
import { ifKnown } from './if-known.ts';
import { Loop, loopNames } from './loop.ts';
import { MannerCode } from './manner.ts';
import { neverDone } from './never-done.ts';
import { settingsOf } from './settings.ts';
import { TaskUses } from './task-uses.ts';

/** What a task's text is compiled against. */
export interface TaskContext {
  readonly scope: PlayScope;
  /** The play, and the includes that the task comes from. */
  readonly around: Surroundings;
  readonly play: PlayText;
  /** By name, all hosts of the inventory, for delegate_to. */
  readonly inventory: ReadonlyMap<string, unknown>;
  readonly sources: Sources;
  report(error: unknown): void;
}

/** Conditions over the task's own result, by their keywords. */
type ResultConditions = Readonly<Record<'until' | 'failed_when' | 'changed_when', readonly Condition[]>>;

type Skipped = Extract<Resolution, { readonly skip: string }>;

/** A task's text with its expressions compiled. */
export class TaskCode {
  readonly text: TaskText;
  readonly uses: TaskUses;
  /** Where nothing outside of its arguments has faults, what they come to can be looked at. */
  readonly isSound: boolean;
  /** Nothing that says whether it is done, or on what, has faults. */
  readonly isAskedSoundly: boolean;
  readonly #context: TaskContext;
  readonly #compiler: Compiler;
  readonly #vars: ReadonlyMap<string, Template>;
  /** Conditions that are asked once, and those that are asked for each item. */
  readonly #when: readonly Condition[];
  readonly #perItem: readonly Condition[];
  readonly #loop: Loop | undefined;
  readonly #args: Template;
  /** Of an assertion. */
  readonly #asserts: readonly Condition[];
  readonly #delegate: Delegate;
  readonly #manner: MannerCode;
  readonly #over: ResultConditions;

  constructor(text: TaskText, context: TaskContext) {
    const { doc, value, path } = text;
    const { loop, until, failed_when, changed_when } = value;
    const { scope, around, play } = context;
    this.text = text;
    this.#context = context;
    let faults = 0;
    const report = (error: unknown) => {
      if (isOfError(error)) faults++;
      context.report(error);
    };
    const own = varsSaid(text);
    const known = isRecovery(text.blocks) ? around.language.withTypes(failedTypes) : around.language;
    const language = excusing(known.with([...own.map(({ name }) => name), ...loopNames(value)]), text);
    const compiler = new Compiler({ doc, language, report });
    const ofPlay = new Compiler({ doc: play.doc, language: scope.language, report });
    this.#compiler = compiler;
    const compiled = own.map((one) => [one.name, compiler.value(one.value, one.path)] as const);
    this.#vars = new Map(compiled.filter(([name]) => !scope.isExtra(name)));
    this.#loop = loop === undefined ? undefined : new Loop(loop, text, compiler);
    this.#asserts = assertedConditions(text, compiler);
    const before = faults;
    const args = argsTemplate(text, this.#asserts, compiler);
    this.#args = withSource(args, text, { ...context, report, language });
    const inArgs = faults - before;
    for (const key of text.broken?.keys ?? []) compiler.value(value[key] as Json, [...path, key]);
    this.#delegate = new Delegate(text, context, compiler);
    this.#manner = new MannerCode(text, play, around, ofPlay, compiler);
    this.#over = {
      until: compiler.conditions(until, [...path, 'until']),
      failed_when: compiler.conditions(failed_when, [...path, 'failed_when']),
      changed_when: compiler.conditions(changed_when, [...path, 'changed_when']),
    };
    const when = allSaid(text, 'when').flatMap((one) => compiler.conditions(one.value, one.path));
    this.uses = new TaskUses(
      {
        ...{ vars: this.#vars, when, loop: this.#loop, args: this.#args, delegate: this.#delegate.template },
        ...{ manner: this.#manner, over: Object.values(this.#over).flat(), register: this.#register },
      },
      around,
      scope,
    );
    const isLooped = loop === undefined || this.#loop?.template.isBroken !== true;
    this.isAskedSoundly =
      (text.broken?.keys ?? []).length === 0 &&
      (text.broken?.names ?? []).length === 0 &&
      around.isSound &&
      isLooped &&
      [...when, ...this.#vars.values()].every(({ isBroken }) => !isBroken);
    const isInShape = text.broken === undefined || text.broken.told !== undefined;
    this.isSound = isInShape && faults === inArgs && around.isSound && !comesOutOfTemplate(text);
    [this.#perItem, this.#when] = partition(when, ({ template }) => this.uses.restsOnTurn(template));
  }

  /** The module's arguments are the same for every host and item. */
  get isStatic(): boolean {
    return !this.#args.dynamic;
  }

  /** Only for the first host of the play. */
  get runOnce(): boolean {
    return said(this.text, 'run_once')?.value === true;
  }

  get #register(): string | undefined {
    return this.text.value.register as string | undefined;
  }

  /** What the task's names are looked up in after its own. */
  #get(host: string, registered: Registered): Get {
    return this.#context.around.get(this.#context.scope.on(host, registered));
  }

  /** As the engine takes it. */
  task(): Task {
    return {
      ...settingsOf(this.text, this.#context.play.tags),
      runOnce: this.runOnce,
      ...(this.#isSecret ? { secret: true } : {}),
      reads: this.uses.registered,
      resolve: (host, registered) => this.resolve(host, registered),
      machines: (host) => this.machines(host),
      ...this.#judging('until', 'until'),
      ...this.#judging('failedWhen', 'failed_when'),
      ...this.#judging('changedWhen', 'changed_when'),
    };
  }

  #judging(name: 'until' | 'failedWhen' | 'changedWhen', key: keyof ResultConditions): { [key: string]: Judging } {
    const conditions = this.#over[key];
    if (conditions.length === 0) return {};
    const own = (result: Json): JsonObject => ({ [this.#register ?? '']: result });
    return {
      [name]: (step, registered, result) => {
        const get = taskGet(this.#get(step.host, registered), this.#vars, { ...step.loop?.names, ...own(result) });
        return conditions.every((condition) => this.#compiler.holds(condition, get));
      },
    };
  }

  /** Every step on a host. Throws ProblemFailure. */
  resolve(host: string, registered: Registered): Resolution {
    const entered = this.enter(host, registered);
    return 'step' in entered ? resolution(entered, this.#register !== undefined) : entered;
  }

  /** The task on a host up to its steps: of a large loop only some are looked at. Throws ProblemFailure. */
  enter(host: string, registered: Registered): Entered | Skipped {
    const { around, scope } = this.#context;
    const ofPlay = scope.on(host, registered);
    const play = around.get(ofPlay);
    const whole = taskGet(play, this.#vars);
    const above = around.unmet(ofPlay);
    if (above !== undefined) return this.#skipped(`when: ${above}`, whole);
    const unmet = this.#when.find((condition) => !this.#compiler.holds(condition, whole));
    if (unmet !== undefined)
      return { ...this.#skipped(`when: ${unmet.text}`, whole), ...(this.#isOwn(unmet) ? {} : { around: true }) };
    const step = (turn?: LoopItem) => {
      const get = taskGet(play, this.#vars, turn?.names);
      const left = this.#perItem.find((condition) => !this.#compiler.holds(condition, get));
      return left === undefined ? this.#step(host, get, turn) : { skip: `when: ${left.text}` };
    };
    const left = `when: ${this.#perItem[0]?.text}`;
    if (this.#loop === undefined) return { step, left };
    const turns = this.#loop.turns(whole);
    return { step, turns, left: turns.items.length === 0 ? 'the loop has no items' : left };
  }

  /** With the task each turn of its loop is skipped; what it loops over may itself rest on the condition. */
  #skipped(skip: string, get: Get): Skipped {
    if (this.#loop === undefined || this.#register === undefined) return { skip };
    const turns = ifKnown(() => this.#loop?.turns(get));
    return turns === undefined ? { skip } : { skip, turns: turns.all().map((loop) => ({ loop, skip })) };
  }

  #isOwn(condition: Condition): boolean {
    return this.text.path.every((part, i) => condition.path[i] === part);
  }

  /** Told where each host skips the task for these conditions. */
  neverDone(skips: ReadonlySet<string>): Problem | undefined {
    return neverDone({ ...this.#early, serial: this.#context.play.value.serial !== undefined }, skips);
  }

  /** What can be said of it before there are the results that it needs. */
  earlyLook(): EarlyLook {
    return new EarlyLook(this.#early);
  }

  get #early(): EarlyParts {
    const { scope, around } = this.#context;
    return {
      ...{ text: this.text, scope, around, compiler: this.#compiler, vars: this.#vars },
      ...{ when: this.#when, perItem: this.#perItem, loop: this.#loop, asserts: this.#asserts },
    };
  }

  /** The host that the commands run on, where that rests on nothing that is known only later. */
  checkDelegate(host: string): void {
    const { template } = this.#delegate;
    if (template === undefined || this.uses.restsOnTurn(template)) return;
    const { around, scope } = this.#context;
    if (template.uses.some((use) => this.uses.isOwn(use))) return;
    if (around.reach(template.uses).some((use) => scope.reads(use.name).size > 0)) return;
    this.#delegate.on(host, this.#get(host, new Map()));
  }

  /** The same of one that is written as it is, in a task of which the rest cannot be looked at. */
  checkFixedDelegate(): void {
    this.#delegate.checkFixed();
  }

  /** The machines that its steps for a host may be on, as far as that rests on no result, whatever else rests on one. */
  machines(host: string): readonly string[] {
    const play = this.#get(host, new Map());
    const whole = taskGet(play, this.#vars);
    const isLeftOut = (conditions: readonly Condition[], get: Get) =>
      conditions.some((condition) => ifKnown(() => this.#compiler.holds(condition, get)) === false);
    const above = ifKnown(() => this.#context.around.unmet(this.#context.scope.on(host, new Map())));
    if (above !== undefined || isLeftOut(this.#when, whole)) return [];
    const turns = ifKnown(() => this.#loop?.turns(whole).all()) ?? [undefined];
    return turns.flatMap((turn) => {
      const get = turn === undefined ? whole : taskGet(play, this.#vars, turn.names);
      return isLeftOut(this.#perItem, get) ? [] : only(ifKnown(() => this.#delegate.on(host, get)));
    });
  }

  get #isSecret(): boolean {
    return said(this.text, 'secret')?.value === true;
  }

  #step(host: string, get: Get, turn?: LoopItem): Step {
    const { module, path } = this.text;
    const args = this.#args.render(get);
    if (this.#args.dynamic) {
      const errors = argumentErrors(module, args, this.text.args, 'none');
      const [error = module.faults?.(args as JsonObject)[0]] = errors;
      if (error !== undefined) throw new ProblemFailure(problemOf(this.text.doc, error, [...path, module.name]));
    }
    const item = turn === undefined ? undefined : this.#loop?.label(turn, get, this.#isSecret);
    return {
      host,
      on: this.#delegate.on(host, get),
      ...(turn === undefined || item === undefined ? {} : { item, loop: turn }),
      args: args as JsonObject,
      ...(this.#asserts.length === 0 ? {} : { asserted: askedOf(this.#asserts, this.#compiler, get) }),
      ...this.#manner.render(get),
    };
  }
}

/** What a task that is not in the right shape may have meant as a name is no fault of its expressions. */
function excusing(language: Language, { broken }: TaskText): Language {
  return broken === undefined || broken.names.length === 0
    ? language
    : language.excusing((name) => broken.names.includes(name));
}

function only<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}

function partition<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
