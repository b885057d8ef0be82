import type { Manner } from '../../core/command.ts';
import type { BecomeMethod } from '../../core/fleet.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { shown } from '../../core/shown.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import type { Compiler } from '../expressions/compiler.ts';
import type { Get, Template, TextExpression, Use } from '../expressions/templates.ts';
import type { Surroundings } from '../includes/frame.ts';
import type { PlayText, TaskText } from '../texts.ts';
import { allSaid, said } from './blocks.ts';

interface Part {
  readonly template: Template;
  readonly compiler: Compiler;
  readonly path: YamlPath;
}

/** As whom, and with which environment, a task's commands are run: as the task says, else a block or include around it, else its play. */
export class MannerCode {
  readonly #become: boolean;
  readonly #method: BecomeMethod | undefined;
  readonly #user: Part;
  /** The later one's variables win. */
  readonly #environments: readonly Part[];

  /** `ofPlay` compiles what the play says, `ofTask` what is said nearer. */
  constructor(
    text: TaskText,
    { value: play, path }: PlayText,
    around: Surroundings,
    ofPlay: Compiler,
    ofTask: Compiler,
  ) {
    const inPlay = (key: string, value: Json): Part => part(ofPlay, { value, path: [...path, key] });
    const inherited = (key: 'become_user' | 'environment') =>
      around.keywords(key).map((template): Part => ({ template, compiler: ofTask, path: [...text.path, key] }));
    const nearer = (key: string) => said(text, key)?.value ?? play[key];
    this.#become = nearer('become') === true;
    this.#method = nearer('become_method') as BecomeMethod | undefined;
    const user = said(text, 'become_user');
    this.#user =
      user === undefined
        ? (inherited('become_user').at(-1) ?? inPlay('become_user', play.become_user ?? 'root'))
        : part(ofTask, user);
    this.#environments = [
      ...(play.environment === undefined ? [] : [inPlay('environment', play.environment)]),
      ...inherited('environment'),
      ...allSaid(text, 'environment').map((one) => part(ofTask, one)),
    ];
  }

  /** As whoever is logged in, with the environment that is there: as most tasks are. */
  get #isPlain(): boolean {
    return !this.#become && this.#method === undefined && this.#environments.length === 0;
  }

  get uses(): readonly Use[] {
    return [this.#user, ...this.#environments].flatMap(({ template }) => template.uses);
  }

  get expressions(): readonly TextExpression[] {
    return [this.#user, ...this.#environments].flatMap(({ template }) => template.expressions);
  }

  render(get: Get): Manner {
    if (this.#isPlain) return asLoggedIn;
    const { template, compiler, path } = this.#user;
    return {
      ...this.#environment(get),
      ...(this.#become ? { become: compiler.text(template, get, path) } : {}),
      ...(this.#method === undefined ? {} : { becomeMethod: this.#method }),
    };
  }

  #environment(get: Get): Pick<Manner, 'env'> {
    if (this.#environments.length === 0) return {};
    const env = Object.assign({}, ...this.#environments.map((one) => variables(one, get))) as Record<string, string>;
    return Object.keys(env).length === 0 ? {} : { env };
  }
}

const asLoggedIn: Manner = {};

function part(compiler: Compiler, { value, path }: { readonly value: Json; readonly path: YamlPath }): Part {
  return { template: compiler.value(value, path), compiler, path };
}

function variables({ template, compiler, path }: Part, get: Get): Record<string, string> {
  const map = template.render(get);
  const entries = Object.entries(isJsonObject(map) ? map : {});
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        return [name, String(value)];
      const message = `"${name}" must come to text, not ${shown(value)}`;
      throw compiler.failure(
        'wrong-type',
        message,
        [...path, name],
        'Write {{ to_json(...) }}, or {{ list.join(",") }}.',
      );
    }),
  );
}
