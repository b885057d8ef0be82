import type { JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml.ts';
import { located } from '../expressions/compiler.ts';
import type { ExpressionFault } from '../expressions/expression-fault.ts';
import type { Language } from '../expressions/expressions.ts';
import { compileValue, isTemplate } from '../expressions/templates.ts';
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
 * A text whose templates may use the play's inputs and what was given with -e, no more. undefined: it rests on an input
 * that nothing has been given for. Throws ProblemFailure.
 */
export function earlyText(text: string, at: YamlPath, { doc, play, extra, base }: EarlyContext): string | undefined {
  if (!isTemplate(text)) return text;
  const inputs = new PlayInputs(play, extra);
  const known: JsonObject = { ...inputs.defaults, ...extra };
  const language = base.with(Object.keys(extra), 'extra').with(inputs.names);
  const locate = (_: unknown, fault: ExpressionFault, whole: string) => located(doc, at, fault, whole);
  const template = compileValue(text, language, locate, () => undefined);
  if (template.uses.some(({ name }) => inputs.unknown.has(name))) return undefined;
  return String(template.render((name) => known[name] ?? null));
}
