import { isItself } from '../../core/fleet.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Compiler } from '../expressions/compiler.ts';
import type { Get, Template } from '../expressions/templates.ts';
import type { Surroundings } from '../includes/frame.ts';
import type { TaskText } from '../texts.ts';
import { said } from './blocks.ts';

/** The host that a task's commands run on: what `delegate_to` comes to, or the task's own. */
export class Delegate {
  readonly template: Template | undefined;
  readonly #text: TaskText;
  readonly #inventory: ReadonlyMap<string, unknown>;
  readonly #compiler: Compiler;

  constructor(
    text: TaskText,
    { around, inventory }: { readonly around: Surroundings; readonly inventory: ReadonlyMap<string, unknown> },
    compiler: Compiler,
  ) {
    const own = said(text, 'delegate_to');
    this.template = own === undefined ? around.keywords('delegate_to').at(-1) : compiler.value(own.value, own.path);
    this.#text = text;
    this.#inventory = inventory;
    this.#compiler = compiler;
  }

  /** The same where it is written as it is, whatever else is known. */
  checkFixed(): void {
    const value = this.template?.dynamic === false ? this.template.render(nothing) : undefined;
    if (typeof value === 'string' && value !== '') this.on(value, nothing);
  }

  /** Throws ProblemFailure for what is no host of the inventory. */
  on(host: string, get: Get): string {
    if (this.template === undefined) return host;
    const path = said(this.#text, 'delegate_to')?.path ?? this.#text.path;
    const on = this.#compiler.text(this.template, get, path);
    if (this.#inventory.has(on)) return on;
    if (isItself(on) && this.#inventory.has('localhost')) return 'localhost';
    const hint = didYouMean(on, this.#inventory.keys());
    throw this.#compiler.failure('unknown-host', `"${on}" is not a host of the inventory`, path, hint);
  }
}

const nothing: Get = () => null;
