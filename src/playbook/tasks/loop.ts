import { cut } from '../../core/cut.ts';
import { isJsonObject, type Json, type JsonObject, stableJson } from '../../core/json.ts';
import type { LoopItem } from '../../core/play.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import type { Compiler } from '../expressions/compiler.ts';
import { type Get, isOneExpression, type Template, type TextExpression, type Use } from '../expressions/templates.ts';
import type { KnownTypes } from '../expressions/type-check.ts';
import type { TaskText } from '../texts.ts';

/** The names that a task's loop gives to its expressions. */
export function loopNames({ loop, loop_control }: JsonObject): readonly string[] {
  if (loop === undefined) return [];
  const { loop_var = 'item', index_var } = isJsonObject(loop_control) ? loop_control : {};
  return [loop_var, 'loop', ...(index_var === undefined ? [] : [index_var])].map(String);
}

/** The turns of a loop on one host. Hosts times items are many, and `validate` looks at few: each turn is made when it is asked for. */
export interface Turns {
  readonly items: readonly Json[];
  /** Of the item in this place, from 0. */
  at(place: number): LoopItem;
  all(): readonly LoopItem[];
}

const ofText = 'The lines of a text are text.lines().';

/** A task's `loop` with its `loop_control`. */
export class Loop {
  readonly names: readonly string[];
  readonly template: Template;
  readonly #label: Template | undefined;
  readonly #indexVar: string | undefined;
  readonly #compiler: Compiler;
  readonly #path: YamlPath;

  constructor(loop: Json, { value: task, path }: Pick<TaskText, 'value' | 'path'>, compiler: Compiler) {
    const { label, index_var } = isJsonObject(task.loop_control) ? task.loop_control : {};
    this.#path = [...path, 'loop'];
    this.#compiler = compiler;
    this.names = loopNames(task);
    this.template = this.#ofItems(compiler.value(loop, this.#path), loop);
    this.#label = label === undefined ? undefined : compiler.value(label, [...path, 'loop_control', 'label']);
    this.#indexVar = index_var === undefined ? undefined : String(index_var);
  }

  /** Held to having items by its type alone, where that is known. */
  #ofItems(template: Template, loop: Json): Template {
    if (template.expressions.length !== 1 || !isOneExpression(loop)) return template;
    const ofItems = (types: KnownTypes, one: TextExpression) => {
      const type = one.typeWith(types);
      if (!['string', 'int', 'double', 'bool'].includes(type)) return type;
      throw this.#notItems(type === 'string' ? ofText : undefined);
    };
    const expressions = template.expressions.map((one) => ({
      ...one,
      typeWith: (types: KnownTypes) => ofItems(types, one),
    }));
    return { ...template, expressions };
  }

  #notItems(hint?: string) {
    return this.#compiler.failure('wrong-type', '"loop" must come to a list or a map', this.#path, hint);
  }

  /** What is shown of an item. */
  get shown(): Template | undefined {
    return this.#label;
  }

  get uses(): readonly Use[] {
    return [...this.template.uses, ...(this.#label?.uses ?? [])];
  }

  get expressions(): readonly TextExpression[] {
    return [...this.template.expressions, ...(this.#label?.expressions ?? [])];
  }

  /** One turn for each item of the list, or for each entry of the map. Throws ProblemFailure for anything else. */
  turns(get: Get): Turns {
    const items = this.#items(get);
    const [itemName = 'item'] = this.names;
    const at = (i: number): LoopItem => {
      const value = items[i] as Json;
      return {
        value,
        names: {
          [itemName]: value,
          loop: { index: i + 1, first: i === 0, last: i === items.length - 1, length: items.length },
          ...(this.#indexVar === undefined ? {} : { [this.#indexVar]: i }),
        },
      };
    };
    return { items, at, all: () => items.map((_, i) => at(i)) };
  }

  #items(get: Get): readonly Json[] {
    const items = this.template.render(get);
    if (Array.isArray(items)) return items as readonly Json[];
    if (isJsonObject(items)) return Object.entries(items).map(([key, value]) => ({ key, value }));
    throw this.#notItems(typeof items === 'string' ? ofText : undefined);
  }

  /** How a turn is shown. What a secret task loops over is shown only by a label. */
  label({ value, names }: LoopItem, get: Get, isSecret: boolean): string {
    if (this.#label !== undefined) return itemText(this.#label.render(get));
    return isSecret ? `#${(names.loop as { index: number }).index}` : itemText(value);
  }
}

/** A host by its name, an entry of a map by its key, text as it is. */
export function itemText(item: Json): string {
  if (typeof item === 'string') return item;
  if (isJsonObject(item) && typeof item.name === 'string') return item.name;
  if (isJsonObject(item) && typeof item.key === 'string' && Object.keys(item).length === 2) return item.key;
  return cut(stableJson(item), 79);
}
