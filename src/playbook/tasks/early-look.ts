import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LoopItem } from '../../core/play.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import type { Compiler, Condition } from '../expressions/compiler.ts';
import { type Get, isTemplate, type Template } from '../expressions/templates.ts';
import { caught } from '../found.ts';
import type { Surroundings } from '../includes/frame.ts';
import type { Problem } from '../problem.ts';
import type { SchemaError } from '../schema/schema-errors.ts';
import { problemOf } from '../schema/schema-problem.ts';
import { type PlayScope, taskGet } from '../scope/play-scope.ts';
import type { TaskText } from '../texts.ts';
import { argumentErrors } from './argument-errors.ts';
import { templatedArgs, withConditions } from './assertion.ts';
import type { Loop, Turns } from './loop.ts';
import { nothingWanted } from './task-rules.ts';

/** A task as far as it is known before a run. */
export interface EarlyParts {
  readonly text: TaskText;
  readonly scope: PlayScope;
  readonly around: Surroundings;
  readonly compiler: Compiler;
  readonly vars: ReadonlyMap<string, Template>;
  /** Those that are asked once, and those that are asked for each item. */
  readonly when: readonly Condition[];
  readonly perItem: readonly Condition[];
  readonly loop: Loop | undefined;
  /** Of an assertion. */
  readonly asserts: readonly Condition[];
}

/** Renders what is known already. */
type Known = (get: Get) => Json;

/** What can be said on a host of a task that needs results, before there are any. */
export interface Early {
  readonly problems: readonly Problem[];
  /** Whether it is done at all there rests on a result. */
  readonly isGated: boolean;
}

/** One for all turns in which nothing is wrong, so that they need not be told apart. */
const nothingFound: Early = { problems: [], isGated: false };

interface EarlyTurns extends Early {
  /** `unknown`: what it loops over is not known, or it has no loop; `none`: it is not done, or is wrong already. */
  readonly turns: Turns | 'unknown' | 'none';
}

/** Looks at a task that needs results before there are any, or has faults: at all of it that rests on none. */
export class EarlyLook {
  readonly #parts: EarlyParts;
  readonly #compiler: Compiler;
  readonly #args: Known;

  constructor(parts: EarlyParts) {
    const { text, compiler } = parts;
    this.#parts = parts;
    this.#compiler = compiler.quiet();
    const args = this.#known(templatedArgs(text), [...text.path, text.module.name]);
    this.#args = (get) => withConditions(text, args(get));
  }

  /** Does a name of the play rest on no result? */
  isKnown(name: string): boolean {
    return this.#parts.scope.reads(name).size === 0;
  }

  /** Whether it is done at all on a host. */
  enter(host: string): EarlyTurns {
    const { around, when, loop } = this.#parts;
    const above = () => around.unmet(this.#ofPlay(host)) === undefined;
    const asked = [above, ...when.map((condition) => () => this.#compiler.holds(condition, this.#get(host)))];
    const { isGated, isMet, problems } = met(asked);
    if (!isMet) return { turns: 'none', isGated, problems };
    let turns: EarlyTurns['turns'] = 'unknown';
    const ofLoop = caught(() => {
      if (loop !== undefined) turns = known(() => loop.turns(this.#get(host))) ?? turns;
      return [];
    });
    return { turns: ofLoop.length === 0 ? turns : 'none', isGated, problems: ofLoop };
  }

  /** The arguments in one turn, or in any. */
  look(host: string, turn?: LoopItem): Early {
    const { text, perItem, asserts } = this.#parts;
    const get = this.#get(host, turn);
    const { isGated, isMet, problems } = met(perItem.map((condition) => () => this.#compiler.holds(condition, get)));
    if (!isMet) return problems.length === 0 ? nothingFound : { isGated, problems };
    const ofArgs = caught(() => {
      const args = this.#args(get);
      const errors = argumentErrors(text.module, args, text.args, 'any');
      if (errors.length === 0) return nothingWanted(text, args as JsonObject);
      const told = new Set(text.broken?.told?.map(placeOf));
      const others = errors.filter((error) => !told.has(placeOf(error)));
      return others.map((error) => problemOf(text.doc, error, [...text.path, text.module.name]));
    });
    const asked = met(asserts.map((condition) => () => this.#compiler.holds(condition, get)));
    const all = [...ofArgs, ...asked.problems];
    return all.length === 0 ? nothingFound : { isGated: isGated || asked.isGated, problems: all };
  }

  #ofPlay(host: string): Get {
    const get = this.#parts.scope.on(host, new Map());
    return (name) => (this.isKnown(name) ? get(name) : notYet());
  }

  #get(host: string, turn?: LoopItem): Get {
    const { around, vars, loop } = this.#parts;
    const names = new Set(loop?.names);
    const own = taskGet(around.get(this.#ofPlay(host)), vars, turn?.names);
    return turn === undefined && names.size > 0 ? (name) => (names.has(name) ? notYet() : own(name)) : own;
  }

  /** A text that rests on a result stays as it is written: that may come to anything. */
  #known(value: Json, path: YamlPath): Known {
    if (Array.isArray(value)) {
      const parts = value.map((item: Json, i) => this.#known(item, [...path, i]));
      return (get) => parts.map((part) => part(get));
    }
    if (isJsonObject(value)) {
      const parts = Object.entries(value).map(
        ([key, item]) => [key, this.#known(item as Json, [...path, key])] as const,
      );
      return (get): JsonObject => Object.fromEntries(parts.map(([key, part]) => [key, part(get)]));
    }
    if (!isTemplate(value)) return () => value;
    const template = this.#compiler.value(value, path);
    if (template.isBroken) return () => value;
    return (get) => known(() => template.render(get)) ?? value;
  }
}

const placeOf = ({ code, path }: SchemaError) => `${code} ${path.join('.')}`;

/** Conditions of which each must hold: one that is not known yet may. */
function met(conditions: readonly (() => boolean)[]): Early & { readonly isMet: boolean } {
  const problems: Problem[] = [];
  const answers: (boolean | undefined)[] = [];
  for (const ask of conditions) {
    const wrong = caught(() => {
      answers.push(known(ask));
      return [];
    });
    if (answers.at(-1) === false) break; // the others are not asked either
    problems.push(...wrong);
  }
  return { isMet: problems.length === 0 && !answers.includes(false), isGated: answers.includes(undefined), problems };
}

/** undefined: it rests on a result. */
function known<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (thrown) {
    if (thrown === ofResult) return undefined;
    throw thrown;
  }
}

/** Only ever caught here: it needs no place, and making one for each host and condition takes most of the time. */
const ofResult = new Error('it rests on a result');

function notYet(): never {
  throw ofResult;
}
