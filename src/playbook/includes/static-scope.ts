import type { Json, JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { compiledWhole, located } from '../expressions/compiler.ts';
import { ExpressionFault } from '../expressions/expression-fault.ts';
import type { Language } from '../expressions/expressions.ts';
import { compileValue, type Get, holdsTemplate } from '../expressions/templates.ts';
import { PlayInputs } from '../inputs.ts';
import type { PlaybookText } from '../parse.ts';
import type { PlayVar } from '../scope/play-vars.ts';
import { isOfRow, making } from '../scope/rests-on.ts';

const sameEverywhere =
  "Which tasks there are is the same for every host: here a name is a variable of the play, an input or of -e, not the inventory's and not registered.";

/** What is known of a play before its hosts are: enough for the name of a file, and for the list of its loop. */
export class StaticScope {
  readonly #language: Language;
  readonly #get: Get;

  private constructor(language: Language, get: Get) {
    this.#language = language;
    this.#get = get;
  }

  static ofPlay(base: Language, play: JsonObject, written: readonly PlayVar[], extra: JsonObject): StaticScope {
    const inputs = new PlayInputs(play, extra);
    const own = Object.fromEntries(written.map(({ name, value }) => [name, value]));
    const vars: JsonObject = { ...inputs.defaults, ...own, ...extra };
    const language = base.with(Object.keys(extra), 'extra').with([...Object.keys(own), ...inputs.names]);
    const get: Get = (name) => {
      if (Object.hasOwn(vars, name)) return scope.#variable(name, vars[name] as Json);
      const hint = `Give it with -e ${name}=..., or give the input a default: which file is meant must be known.`;
      throw new ExpressionFault('not-static', `"${name}" is not given`, { offset: 0, hint });
    };
    const scope = new StaticScope(language, get);
    return scope;
  }

  /** Inside of an include: `own` are plain values, `vars` may use each other, `handed` are made outside of the file. */
  inside(own: JsonObject, vars: JsonObject, handed: JsonObject): StaticScope {
    const withVars: StaticScope = new StaticScope(
      this.#language.with([...Object.keys(own), ...Object.keys(vars)]),
      (name) => {
        if (Object.hasOwn(own, name)) return own[name] as Json;
        return Object.hasOwn(vars, name) ? withVars.#variable(name, vars[name] as Json) : this.#get(name);
      },
    );
    return new StaticScope(withVars.#language.with(Object.keys(handed)), (name) =>
      Object.hasOwn(handed, name)
        ? withVars.#variable(name, handed[name] as Json, `with ${name}`)
        : withVars.#get(name),
    );
  }

  /** A value of the playbook with its templates filled in. Throws ProblemFailure. */
  render(value: Json, doc: PlaybookText, path: YamlPath): Json {
    const locate = (inner: YamlPath, fault: ExpressionFault, text: string) =>
      located(doc, [...path, ...inner], inWords(fault), text);
    return compiledWhole(value, this.#language, locate).render(this.#get);
  }

  readonly #pending = new Set<string>();

  #variable(name: string, raw: Json, key = name): Json {
    if (!holdsTemplate(raw)) return raw;
    const locate = (_: YamlPath, found: ExpressionFault) => {
      const { code, message, hint } = inWords(found);
      if (isOfRow(found)) return found;
      return new ExpressionFault(code, `the variable "${name}": ${message}`, { offset: 0, hint });
    };
    return making(this.#pending, key, name, () =>
      compileValue(raw, this.#language, locate, () => undefined).render(this.#get),
    );
  }
}

function inWords(fault: ExpressionFault): ExpressionFault {
  if (fault.code !== 'unknown-name') return fault;
  const { offset, width, hint, message } = fault;
  const near = hint?.startsWith('Did you mean') ? `${hint} ` : '';
  const place = { offset, width, hint: `${near}${sameEverywhere}` };
  return new ExpressionFault('not-static', message.replace('known here', 'known before the run'), place);
}
