import { Failure } from '../core/failure.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { printable } from '../core/printable.ts';
import type { ExtraSpot, Input } from '../playbook/inputs.ts';
import type { ReadText } from '../playbook/sources.ts';
import type { Opener } from '../secrets/opener.ts';
import type { ExtraVars } from './extra-vars.ts';
import type { Terminal } from './terminal.ts';

const tries = 3;

/** The values that a playbook is loaded with, and where each is written. */
export interface Values {
  readonly extraVars: JsonObject;
  readonly extraSpot: ExtraSpot;
}

/** What -e gives, text read as the type that the input has. Nothing is asked for. */
export async function givenValues(playbook: string, read: ReadText, extra: ExtraVars): Promise<Values> {
  // Only text is read as what its input is: without any, the playbook need not be read for it.
  return valuesFor(extra.texts.size === 0 ? [] : await declaredIn(playbook, read), extra);
}

/**
 * The same, and what is missing is asked for on a terminal, once all is decrypted that says what that is. `isSound`: nothing else is wrong with
 * the playbook; where it says no, which is asked only if something is missing, nobody is asked and it is undefined. Throws Failure `invalid`,
 * naming every missing one, where there is nobody to ask.
 */
export async function wantedValues(
  playbook: string,
  read: ReadText,
  extra: ExtraVars,
  terminal: Pick<Terminal, 'askOpenly' | 'err'>,
  opener: Pick<Opener, 'opened'>,
  isSound: (given: Values) => Promise<boolean>,
): Promise<Values | undefined> {
  const { isRequired } = await import('../playbook/inputs.ts');
  const declared = await opener.opened(() => declaredIn(playbook, read));
  const given = await valuesFor(declared, extra);
  const missing = declared.filter((input) => isRequired(input) && !Object.hasOwn(given.extraVars, input.name));
  if (missing.length > 0 && !(await isSound(given))) return undefined;
  const { askOpenly } = terminal;
  if (missing.length > 0 && askOpenly === undefined) throw notGiven(missing);
  const asked: [string, Json][] = [];
  for (const input of missing) {
    if (askOpenly !== undefined) asked.push([input.name, await answer(input, askOpenly, terminal)]);
  }
  return { ...given, extraVars: { ...given.extraVars, ...Object.fromEntries(asked) } };
}

async function declaredIn(playbook: string, read: ReadText): Promise<readonly Input[]> {
  const { declaredInputs } = await import('../playbook/declared-inputs.ts');
  return declaredInputs(playbook, read);
}

async function valuesFor(declared: readonly Input[], extra: ExtraVars): Promise<Values> {
  const { typed } = await import('../playbook/inputs.ts');
  const inputs = new Map(declared.map((input) => [input.name, input]));
  const value = (name: string, given: Json): Json => {
    const input = inputs.get(name);
    return input === undefined || !extra.texts.has(name) ? given : typed(input, String(given));
  };
  return {
    extraVars: Object.fromEntries(Object.entries(extra.values).map(([name, given]) => [name, value(name, given)])),
    extraSpot: (name, path) => (Object.hasOwn(extra.values, name) ? extra.spot(name, path) : undefined),
  };
}

async function answer(input: Input, ask: (prompt: string) => Promise<string>, terminal: Pick<Terminal, 'err'>) {
  const { typed, valueErrors } = await import('../playbook/inputs.ts');
  for (let left = tries; left > 0; left--) {
    const value = typed(input, (await ask(`${described(input)}: `)).trim());
    const errors = valueErrors(input, value);
    if (errors.length === 0) return value;
    terminal.err(`${errors.map(({ message }) => `${input.name} ${message}`).join('\n')}\n`);
  }
  throw new Failure('invalid', `the input "${input.name}" was not understood ${tries} times; nothing has been touched`);
}

function notGiven(missing: readonly Input[]): Failure {
  const lines = missing.map((input) => `  ${described(input)}`);
  return new Failure('invalid', ['the playbook needs what is not given:', ...lines].join('\n'), {
    hint: `Give it with -e ${missing[0]?.name}=..., or all of it with -e @FILE. Nothing has been touched.`,
  });
}

function described({ name, schema }: Input): string {
  const values = Array.isArray(schema.enum) ? ` [${schema.enum.map((one) => JSON.stringify(one)).join(', ')}]` : '';
  const type = schema.type === undefined ? '' : ` (${[schema.type].flat().join(' or ')})`;
  const what = typeof schema.description === 'string' ? `: ${schema.description}` : '';
  return printable(`${name}${type}${what}${values}`, 300);
}
