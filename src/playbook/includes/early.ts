import type { Json, JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { compiledWhole, located } from '../expressions/compiler.ts';
import type { ExpressionFault } from '../expressions/expression-fault.ts';
import type { Language } from '../expressions/expressions.ts';
import { holdsTemplate } from '../expressions/templates.ts';
import { PlayInputs } from '../inputs.ts';
import type { PlaybookText } from '../parse.ts';

/** What is known of a play before its variables are. */
export interface EarlyContext {
  readonly doc: PlaybookText;
  readonly play: JsonObject;
  readonly extra: JsonObject;
  /** Functions only. */
  readonly base: Language;
}

/**
 * A value whose templates may use the play's inputs and what was given with -e, no more. undefined: it rests on an input
 * that nothing has been given for. Throws ProblemFailure.
 */
export function earlyValue(value: Json, at: YamlPath, { doc, play, extra, base }: EarlyContext): Json | undefined {
  if (!holdsTemplate(value)) return value;
  const inputs = new PlayInputs(play, extra);
  const known: JsonObject = { ...inputs.defaults, ...extra };
  const language = base.with(Object.keys(extra), 'extra').with(inputs.names);
  const locate = (inner: YamlPath, fault: ExpressionFault, text: string) =>
    located(doc, [...at, ...inner], fault, text);
  const template = compiledWhole(value, language, locate);
  if (template.uses.some(({ name }) => inputs.unknown.has(name))) return undefined;
  return template.render((name) => known[name] ?? null);
}
