import { isNode, type YAMLMap } from 'yaml';
import { isJsonObject, type Json } from '../core/json.ts';
import type { Facts } from './context.ts';
import { jsonOf } from './module-call.ts';
import type { Scope } from './names.ts';
import type { Source } from './source.ts';

/**
 * Facts of a play that can be its variables: those that are set once, by a task before all that use them, from results that are
 * registered once.
 */
export class PlayFacts implements Facts {
  readonly made = new Map<string, Json>();
  readonly #play: YAMLMap;
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #known: ReadonlySet<string>;

  constructor(play: YAMLMap, source: Source, scope: Scope, known: readonly string[]) {
    this.#play = play;
    this.#source = source;
    this.#scope = scope;
    this.#known = new Set(known);
  }

  add(name: string, value: Json, task: YAMLMap): boolean {
    const words = [...JSON.stringify(value).matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word);
    const isOnce = this.#times('set', name) === 1 && words.every((word) => this.#times('register', word) <= 1);
    const isUsedBefore = new RegExp(`\\b${name}\\b`).test(this.#before(task));
    if (!isOnce || isUsedBefore || words.includes(name) || this.#known.has(name) || !/^[a-z_]\w*$/.test(name))
      return false;
    this.made.set(name, value);
    this.#scope.give(name);
    return true;
  }

  /** What is written of the play before a task. */
  #before(task: YAMLMap): string {
    const lines = this.#source.lines(this.#play);
    const first = this.#source.spot(this.#play).at.line;
    const { line } = this.#source.spot(isNode(task) ? task : this.#play).at;
    return lines.slice(0, Math.max(0, line - first)).join('\n');
  }

  #times(how: 'set' | 'register', name: string): number {
    let count = 0;
    const look = (value: Json): void => {
      if (Array.isArray(value)) for (const one of value as readonly Json[]) look(one);
      if (!isJsonObject(value)) return;
      const facts = value.set_fact ?? value['ansible.builtin.set_fact'] ?? null;
      if (how === 'register' && value.register === name) count++;
      if (how === 'set' && isJsonObject(facts) && Object.hasOwn(facts, name)) count++;
      if (how === 'set' && typeof facts === 'string' && new RegExp(`\\b${name}=`).test(facts)) count++;
      for (const one of Object.values(value)) look(one as Json);
    };
    look(jsonOf(this.#play, { source: this.#source }));
    return count;
  }
}
