import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import type { PlaybookText } from '../parse.ts';
import type { Problem } from '../problem.ts';
import type { LostNames } from '../scope/lost-names.ts';
import type { TaskText } from '../texts.ts';

/** A handler as written. */
export interface Handler {
  readonly id: string;
  readonly path: YamlPath;
  readonly value: Json;
  /** Its name, and what it listens to. */
  readonly words: readonly string[];
}

/** The handlers of a play, in the order in which they are done, and who notifies them. */
export class Handlers {
  readonly problems: Problem[] = [];
  readonly #doc: PlaybookText;
  readonly #all: readonly Handler[];
  /** False: they are not in the right shape, so that nobody can say which are missing. */
  readonly #isList: boolean;
  /** Those in the right shape, by id. */
  readonly #tasks = new Map<string, TaskText>();
  readonly #notified = new Set<string>();

  /** `play`: where the play of the list stands. */
  constructor(list: Json | undefined, play: Pick<TaskText, 'id' | 'doc' | 'path'>) {
    this.#doc = play.doc;
    this.#isList = list === undefined || Array.isArray(list);
    const values = Array.isArray(list) ? (list as readonly Json[]) : [];
    this.#all = values.map((value, place) => {
      const at = { id: `${play.id}.handlers.${place}`, path: [...play.path, 'handlers', place] };
      return { ...at, value, words: wordsOf(value) };
    });
    this.#refuseTwins();
  }

  /** Makes tasks of them, once all their names are known: a handler may notify others. */
  read(taskOf: (handler: Handler) => TaskText | undefined): void {
    for (const handler of this.#all) {
      const task = taskOf(handler);
      if (task !== undefined) this.#tasks.set(handler.id, task);
    }
    this.#refuseBackward();
  }

  /** The handlers that a task notifies, by id. Says what is wrong with its `notify`. */
  notifiedBy(
    { notify }: { readonly notify?: Json },
    { doc, path, section }: Pick<TaskText, 'doc' | 'path' | 'section'>,
  ): readonly string[] {
    if (notify === undefined) return [];
    const at = [...path, 'notify'];
    if (section === 'require' || section === 'verify') {
      const hint = 'Notify from "tasks" or "cleanup".';
      this.#add(
        doc,
        'bad-section',
        `"notify" has no meaning under "${section}", which changes nothing`,
        at,
        hint,
        true,
      );
      return [];
    }
    const named = [notify].flat().map((word, i) => ({ word, at: Array.isArray(notify) ? [...at, i] : at }));
    return [
      ...new Set(named.flatMap((one) => (typeof one.word === 'string' ? this.#meant(one.word, doc, one.at) : []))),
    ];
  }

  #meant(word: string, doc: PlaybookText, at: YamlPath): readonly string[] {
    const meant = this.#all.filter(({ words }) => words.includes(word)).map(({ id }) => id);
    for (const id of meant) this.#notified.add(id);
    if (meant.length === 0 && this.#isList) {
      const known = this.#all.flatMap(({ words }) => words);
      const hint =
        didYouMean(word, known) ??
        (known.length === 0 ? 'Write it under "handlers" of the play.' : `Handlers: ${known.join(', ')}.`);
      this.#add(doc, 'unknown-handler', `there is no handler "${word}"`, at, hint);
    }
    return meant;
  }

  /** What a change of these tasks can call for, directly or through other handlers, in order. */
  after(tasks: readonly TaskText[]): readonly TaskText[] {
    const called = new Set(tasks.flatMap(({ notifies }) => notifies));
    return this.#all.flatMap(({ id }) => {
      const task = this.#tasks.get(id);
      if (task === undefined || !called.has(id)) return [];
      for (const next of task.notifies) called.add(next);
      return [{ ...task, handler: id }];
    });
  }

  /** Tells those that nobody notifies, once all of the play has been read. `lost`: words that what could not be read may notify by. */
  warnOfIdle(lost: LostNames): void {
    const idle = this.#all.filter(({ id, words }) => !this.#notified.has(id) && !words.some((word) => lost.has(word)));
    for (const { path } of idle) {
      const problem = this.#doc.problem('unused-handler', 'no task notifies this handler: it is never done', path, {
        hint: 'Give a task "notify" with its name, or remove it.',
      });
      this.problems.push(problem);
    }
  }

  /** Those that are not among these tasks. */
  besides(tasks: readonly TaskText[]): readonly TaskText[] {
    const done = new Set(tasks.map(({ handler }) => handler));
    return [...this.#tasks].flatMap(([id, task]) => (done.has(id) ? [] : [task]));
  }

  /** One that stands before has had its turn: it would wait for the end of another section. */
  #refuseBackward(): void {
    for (const [i, { id: own, path }] of this.#all.entries()) {
      const back = this.#all.slice(0, i + 1).find(({ id }) => this.#tasks.get(own)?.notifies.includes(id));
      if (back === undefined) continue;
      const hint = 'Move the one that is notified further down.';
      this.#add(
        this.#doc,
        'not-in-order',
        `a handler can notify only those after it, not "${back.words[0]}"`,
        [...path, 'notify'],
        hint,
      );
    }
  }

  #refuseTwins(): void {
    for (const [i, { words, path }] of this.#all.entries()) {
      const twin = this.#all.slice(0, i).some((other) => other.words[0] === words[0] && words[0] !== undefined);
      if (twin)
        this.#add(
          this.#doc,
          'name-taken',
          `there is a handler "${words[0]}" already`,
          [...path, 'name'],
          'Choose another name; "listen" may be shared.',
        );
    }
  }

  #add(doc: PlaybookText, code: ProblemCode, message: string, path: YamlPath, hint: string, key = false): void {
    this.problems.push(doc.problem(code, message, path, { hint, key }));
  }
}

/** The name first. */
function wordsOf(value: Json): readonly string[] {
  if (!isJsonObject(value)) return [];
  return [value.name, value.listen ?? []].flat().filter((word) => typeof word === 'string');
}
