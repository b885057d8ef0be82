import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { isJsonObject } from '../core/json.ts';
import { type Play, sections } from '../core/play.ts';
import { batchProblems, batchSettings, splitProblems } from './batches.ts';
import { Compiler } from './expressions/compiler.ts';
import type { Language } from './expressions/expressions.ts';
import { plain, type Template } from './expressions/templates.ts';
import { caught } from './found.ts';
import { type Frame, FrameCode, ofPlay, type Surroundings } from './includes/frame.ts';
import { type ExtraSpot, PlayInputs } from './inputs.ts';
import { ProblemFailure } from './parse.ts';
import type { Problem } from './problem.ts';
import { lockProblems, safeguardsOf } from './safeguards.ts';
import { isPlayKeyword } from './schema/play-keywords.ts';
import type { InventoryScope } from './scope/inventory-scope.ts';
import { LostNames } from './scope/lost-names.ts';
import { PlayScope } from './scope/play-scope.ts';
import { PlayShapes } from './scope/play-shapes.ts';
import { notOfItself, reached } from './scope/rests-on.ts';
import type { Sources } from './sources.ts';
import { withFieldsThatAre } from './tasks/field-rules.ts';
import { TaskCode } from './tasks/task.ts';
import { keywordProblems, variableProblems } from './tasks/task-rules.ts';
import type { PlayText, TaskText } from './texts.ts';
import { type Trial, tryOut } from './try-out.ts';
import { type KnownRegister, UseRules } from './use-rules.ts';

export interface PlayParts {
  readonly text: PlayText;
  /** Those of its tasks that are played; what is wrong with the others is told all the same. */
  readonly chosen: ReadonlySet<TaskText>;
  readonly hosts: readonly string[];
  readonly inventory: InventoryScope;
  /** Functions only. */
  readonly base: Language;
  /** What tasks of this play and those before it register. */
  readonly registers: readonly KnownRegister[];
  /** Where a value of -e is written. */
  readonly extraSpot: ExtraSpot;
  /** Files of the controller that tasks name. */
  readonly sources: Sources;
  /** Taken further. */
  readonly problems: Problem[];
}

const placeOf = ({ code, at }: Problem) => `${code} ${at.file}:${at.line}:${at.column}`;

/** Makes one play of its text, and says all that is wrong with it. */
export class PlayBuilder {
  readonly #parts: PlayParts;
  readonly #vars = new Map<string, Template>();
  readonly #inputs: PlayInputs;
  readonly #scope: PlayScope;
  /** Names that may come from what could not be read. */
  readonly #lost: LostNames;
  readonly #uses: UseRules;
  readonly #frames = new Map<Frame, FrameCode>();

  constructor(parts: PlayParts) {
    const { inventory, base, registers, text } = parts;
    const hosts = text.written.isPartial ? [] : parts.hosts;
    const lost = new LostNames(text.lost);
    // Without hosts every name of the inventory would seem unknown: one mistake, not thirty.
    if (hosts.length === 0) lost.addAny();
    this.#lost = lost;
    this.#parts = { ...parts, hosts };
    this.#inputs = new PlayInputs(text.value, inventory.extra);
    this.#scope = new PlayScope({
      inventory,
      base,
      hosts,
      vars: this.#vars,
      varNames: text.written.vars.map(({ name }) => name),
      registered: new Set(registers.map(({ name }) => name)),
      inputs: this.#inputs,
      lost,
    });
    this.#uses = new UseRules({ ...this.#parts, scope: this.#scope });
  }

  build(): Play {
    const { text, chosen, hosts } = this.#parts;
    const { value, tasks, idle, written } = text;
    this.#add(written.problems);
    this.#takeInputs();
    this.#compileVars();
    this.#checkPlay();
    const trials = this.#withFields([...tasks, ...idle].map((task) => this.#task(task)));
    this.#tryOut(trials);
    const own = new Set(tasks);
    const code = trials.filter((one) => one.isGood && own.has(one.code.text)).map((one) => one.code);
    const play = {
      name: typeof value.name === 'string' && value.name !== '' ? value.name : String(value.hosts),
      hosts,
      rollback: value.rollback === 'never' ? ('never' as const) : ('on_failure' as const),
      // What only a part of "verify" says proves no more than that part.
      skipIfVerified:
        value.skip_if_verified === true && tasks.every((one) => one.section !== 'verify' || chosen.has(one)),
      ...safeguardsOf(value),
      ...batchSettings(value),
      tasks: code.filter((one) => chosen.has(one.text)).map((one) => one.task()),
    };
    const isSound = trials.every(({ isGood }) => isGood) && !this.#hasCycle();
    if (hosts.length > 0 && isSound) this.#add(splitProblems(text, play));
    return play;
  }

  #withFields(trials: readonly Trial[]): readonly Trial[] {
    // What could not be read may ask for any field.
    if (this.#lost.isAny) return trials;
    return withFieldsThatAre(trials, this.#vars, this.#shapes(), (error) => this.#report(error));
  }

  #tryOut(trials: readonly Trial[]): void {
    const { text, hosts, problems } = this.#parts;
    // Any variable may be another one than it seems.
    if (hosts.length === 0 || text.written.isLost) return;
    const told = new Set(problems.map(placeOf));
    const tried = trials.filter((one) => one.canBeTried && !this.#restsOnCycle(one.code));
    this.#add(tryOut(tried, hosts, this.#scope.views).filter((problem) => !told.has(placeOf(problem))));
  }

  #takeInputs(): void {
    const { text, inventory, extraSpot } = this.#parts;
    this.#add(this.#inputs.problems(text.doc, text, inventory.extra, extraSpot));
    for (const [name, value] of Object.entries(this.#inputs.defaults)) this.#vars.set(name, plain(value));
  }

  #compileVars(): void {
    const report = (error: unknown) => this.#report(error);
    const { text } = this.#parts;
    const inPlay = isJsonObject(text.value.vars) ? text.value.vars : {};
    for (const { name, value, doc, path } of text.written.vars) {
      const taken = new Set(Object.hasOwn(inPlay, name) ? [] : this.#inputs.names);
      this.#add(variableProblems(doc, name, path, taken));
      const compiler = new Compiler({ doc, language: this.#scope.language, report });
      this.#vars.set(name, compiler.value(value, path));
    }
    for (const [name, template] of this.#vars) {
      for (const use of template.uses) for (const error of this.#uses.ofVariable(use)) this.#report(error);
      if (this.#isMadeOfItself(name)) {
        const { doc, path } = text.written.vars.findLast((one) => one.name === name) ?? text;
        this.#add([
          doc.problem('cycle', `the variable "${name}" is made of itself`, path, { key: true, hint: notOfItself }),
        ]);
      }
    }
  }

  #hasCycle(): boolean {
    return [...this.#vars.keys()].some((name) => this.#isMadeOfItself(name));
  }

  /** Then it would be wrong as well, which nobody needs to read. */
  #restsOnCycle({ uses }: TaskCode): boolean {
    const used = uses.all.map(({ name }) => name);
    return [...reached(used, (name) => this.#madeOf(name))].some((name) => this.#isMadeOfItself(name));
  }

  #isMadeOfItself(name: string): boolean {
    return reached(this.#madeOf(name), (one) => this.#madeOf(one)).has(name);
  }

  #madeOf(variable: string): readonly string[] {
    return this.#vars.get(variable)?.uses.map(({ name }) => name) ?? [];
  }

  #checkPlay(): void {
    const { text } = this.#parts;
    const { doc, value, path } = text;
    this.#add(batchProblems(text));
    this.#add(lockProblems(doc, text, [...this.#parts.inventory.fleet.hosts.keys()]));
    const has = (key: string) => value[key] !== undefined && !(Array.isArray(value[key]) && value[key].length === 0);
    const add = (code: ProblemCode, message: string, key: string[], hint: string) =>
      this.#add([doc.problem(code, message, [...path, ...key], { key: true, hint })]);
    if (value.skip_if_verified === true && !has('verify')) {
      add(
        'missing-key',
        '"skip_if_verified" needs "verify"',
        ['skip_if_verified'],
        'Say under "verify" what must hold.',
      );
    }
    if (has('tasks') && !has('verify')) {
      const hint = 'Say under "verify" what must hold after: it is what a change is kept or undone by.';
      add('no-verify', 'the play proves nothing: it has no "verify"', [], hint);
    }
    // A key that is not known may have been meant for one of them.
    if (sections.every((section) => !has(section)) && Object.keys(value).every(isPlayKeyword)) {
      add('missing-key', 'the play has nothing to do', [], 'Give it "tasks" or "verify".');
    }
  }

  #task(text: TaskText): Trial {
    const { text: play, inventory } = this.#parts;
    const around = this.#around(text.frame);
    const before = this.#parts.problems.length;
    const has = (name: string) => this.#scope.variables.has(name) || around.names.has(name);
    // Of a task that is not in the right shape nobody can say what its keywords mean together.
    if (text.broken === undefined || text.broken.told !== undefined)
      this.#add(keywordProblems(text, play.value, { has }));
    const code = new TaskCode(text, {
      scope: this.#scope,
      around,
      play,
      inventory: inventory.fleet.hosts,
      sources: this.#parts.sources,
      report: (error) => this.#report(error),
    });
    const ofUses = this.#uses.ofTask(code);
    for (const error of ofUses) this.#report(error);
    const isGood = this.#parts.problems.slice(before).every(({ severity }) => severity === 'warning');
    const canBeTried = code.isSound && ofUses.length === 0;
    if (!canBeTried) {
      const look = () => {
        code.checkFixedDelegate();
        return [];
      };
      this.#add(caught(look));
    }
    return { code, isGood: isGood && text.broken === undefined, canBeTried };
  }

  #shapes(): PlayShapes {
    const { text, hosts, inventory } = this.#parts;
    return new PlayShapes({
      ...{ play: text.value, hosts, inventory },
      isRegistered: (name) => this.#scope.isRegistered(name),
      valueOf: (name) => text.written.vars.findLast((one) => one.name === name)?.value,
      usesOf: (name) => this.#vars.get(name)?.uses ?? [],
    });
  }

  #around(frame: Frame | undefined): Surroundings {
    if (frame === undefined) return ofPlay(this.#scope, this.#inputs.types);
    const known = this.#frames.get(frame);
    if (known !== undefined) return known;
    const report = (error: unknown) => this.#report(error);
    const { base } = this.#parts;
    const made = new FrameCode(frame, { outer: this.#around(frame.frame), base, scope: this.#scope, report });
    this.#frames.set(frame, made);
    return made;
  }

  #add(problems: readonly Problem[]): void {
    this.#parts.problems.push(...problems);
  }

  #report(error: unknown): void {
    if (!(error instanceof ProblemFailure)) throw error;
    this.#add(error.all);
  }
}
