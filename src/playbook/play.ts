import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { isJsonObject } from '../core/json.ts';
import { failedNames, type Play, sections } from '../core/play.ts';
import { batchProblems, batchSettings, splitProblems } from './batches.ts';
import { Compiler } from './expressions/compiler.ts';
import type { Language } from './expressions/expressions.ts';
import { plain, type Template, type Use } from './expressions/templates.ts';
import { type Frame, FrameCode, ofPlay, type Surroundings } from './includes/frame.ts';
import { type ExtraSpot, PlayInputs } from './inputs.ts';
import { ProblemFailure } from './parse.ts';
import { type Problem, some } from './problem.ts';
import { lockProblems, safeguardsOf } from './safeguards.ts';
import { isPlayKeyword } from './schema/play-keywords.ts';
import type { InventoryScope } from './scope/inventory-scope.ts';
import { PlayScope } from './scope/play-scope.ts';
import { PlayShapes } from './scope/play-shapes.ts';
import { reached } from './scope/rests-on.ts';
import type { Sources } from './sources.ts';
import { withFieldsThatAre } from './tasks/field-rules.ts';
import { TaskCode } from './tasks/task.ts';
import { keywordProblems, variableProblems } from './tasks/task-rules.ts';
import type { PlayText, Register, TaskText } from './texts.ts';
import { tryOut } from './try-out.ts';

const ownResultHint = 'Only "until", "failed_when" and "changed_when" are asked when there is a result.';

/** A name that a task registers, on which hosts, and whether that task is played. */
export interface KnownRegister extends Register {
  readonly hosts: readonly string[];
  readonly isChosen: boolean;
}

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

/** Makes one play of its text, and says all that is wrong with it. */
export class PlayBuilder {
  readonly #parts: PlayParts;
  readonly #vars = new Map<string, Template>();
  readonly #inputs: PlayInputs;
  readonly #scope: PlayScope;
  readonly #frames = new Map<Frame, FrameCode>();

  constructor(parts: PlayParts) {
    const { inventory, base, registers, text } = parts;
    const hosts = text.written.isPartial ? [] : parts.hosts;
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
    });
  }

  build(): Play {
    const { text, chosen, hosts, problems } = this.#parts;
    const { value, tasks, idle, written } = text;
    // Without hosts every name of the inventory would seem unknown: one mistake, not thirty.
    this.#add(written.problems);
    this.#takeInputs();
    if (hosts.length > 0) this.#compileVars();
    this.#checkPlay();
    const compiled = tasks.map((task) => this.#task(task)).filter((one) => one !== undefined);
    for (const task of idle) this.#task(task);
    const code = withFieldsThatAre(compiled, this.#vars, this.#shapes(), (error) => this.#report(error));
    if (!this.#hasCycle()) problems.push(...tryOut(code, hosts, this.#scope.views));
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
    if (hosts.length > 0 && !this.#hasCycle()) this.#add(splitProblems(text, play));
    return play;
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
      for (const use of template.uses) this.#checkUse(use, Number.POSITIVE_INFINITY);
      if (this.#isMadeOfItself(name)) {
        const { doc, path } = text.written.vars.findLast((one) => one.name === name) ?? text;
        this.#add([doc.problem('cycle', `the variable "${name}" is made of itself`, path, { key: true })]);
      }
    }
  }

  /** What rests on such a variable would be wrong as well, which nobody needs to read. */
  #hasCycle(): boolean {
    return [...this.#vars.keys()].some((name) => this.#isMadeOfItself(name));
  }

  #isMadeOfItself(name: string): boolean {
    const restsOn = (one: string) => this.#vars.get(one)?.uses.map((use) => use.name) ?? [];
    return reached(restsOn(name), restsOn).has(name);
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

  #task(text: PlayText['tasks'][number]): TaskCode | undefined {
    const { text: play, inventory } = this.#parts;
    const around = this.#around(text.frame);
    const before = this.#parts.problems.length;
    const has = (name: string) => this.#scope.variables.has(name) || around.names.has(name);
    this.#add(keywordProblems(text, play.value, { has }));
    if (this.#parts.hosts.length === 0) return undefined;
    const code = new TaskCode(text, {
      scope: this.#scope,
      around,
      play,
      inventory: inventory.fleet.hosts,
      sources: this.#parts.sources,
      report: (error) => this.#report(error),
    });
    for (const use of code.uses.all) this.#checkUse(use, text.order, text);
    for (const use of code.uses.ofResult)
      this.#checkUse(use, use.name === text.value.register ? text.order + 1 : text.order, text);
    const isGood = this.#parts.problems.slice(before).every(({ severity }) => severity === 'warning');
    return isGood ? code : undefined;
  }

  /** A name that is known somewhere: is it known here, on every host, and by now? `order`: of the task that uses it. */
  #checkUse(use: Use, order: number, task?: TaskText): void {
    const without = this.#scope.without(use.name);
    if (use.steps === undefined && without.length > 0 && without.length < this.#parts.hosts.length) {
      const hint = `Give it to all of them, or write host.?${use.name}.orValue("...").`;
      this.#report(use.error('not-everywhere', `"${use.name}" is not known on ${some(without)}`, hint));
    }
    if (this.#scope.isUnknown(use.name)) return;
    if (use.steps !== undefined) return;
    for (const name of this.#scope.reads(use.name)) {
      if (this.#scope.isUnknown(name) || (failedNames as readonly string[]).includes(name)) continue;
      const before = this.#parts.registers.filter((one) => one.name === name && one.order < order);
      if (order !== Number.POSITIVE_INFINITY && before.length === 0) {
        const isOwn = task?.value.register === name;
        this.#report(
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
        this.#report(
          use.error('not-registered', `"${name}" is registered on ${on}, and on no host of this play`, hint),
        );
      } else if (task !== undefined && this.#parts.chosen.has(task) && !before.some(({ isChosen }) => isChosen)) {
        const hint = 'Give both the same tag, or tag the one that registers it `always`.';
        this.#report(use.error('not-chosen', `"${name}" is registered by a task that the tags leave out`, hint));
      } else if (task?.section === 'verify' && !this.#isRegisteredBeforeTasks(name)) {
        const hint = 'An audit asks "verify" alone. Register it under "require" or "verify".';
        this.#report(use.error('not-auditable', `"${name}" is registered only while the change is made`, hint));
      }
    }
  }

  /** None of these hosts is in this play. */
  #isElsewhere(hosts: readonly string[]): boolean {
    return hosts.length > 0 && !hosts.some((host) => this.#parts.hosts.includes(host));
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

  #isRegisteredBeforeTasks(name: string): boolean {
    return this.#parts.text.registers.some(
      (one) => one.name === name && (one.section === 'require' || one.section === 'verify'),
    );
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
    this.#add([error.problem]);
  }
}
