import { Failure } from '../core/failure.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { printable } from '../core/printable.ts';
import type { ExtraSpot, Input } from '../playbook/inputs.ts';
import type { ReadText } from '../playbook/sources.ts';
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
  const [{ declaredInputs }, { typed }] = await Promise.all([
    import('../playbook/declared-inputs.ts'),
    import('../playbook/inputs.ts'),
  ]);
  // Only text is read as what its input is: without any, the playbook need not be read for it.
  const declared = extra.texts.size === 0 ? [] : declaredInputs(playbook, read);
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

/**
 * The same, and what is missing is asked for on a terminal. Throws Failure `invalid`, naming every missing one, where there is
 * nobody to ask.
 */
export async function wantedValues(
  playbook: string,
  read: ReadText,
  extra: ExtraVars,
  terminal: Pick<Terminal, 'askOpenly' | 'err'>,
): Promise<Values> {
  const [{ declaredInputs }, { isRequired }] = await Promise.all([
    import('../playbook/declared-inputs.ts'),
    import('../playbook/inputs.ts'),
  ]);
  const given = await givenValues(playbook, read, extra);
  const missing = declaredInputs(playbook, read).filter(
    (input) => isRequired(input) && !Object.hasOwn(given.extraVars, input.name),
  );
  const { askOpenly } = terminal;
  if (missing.length > 0 && askOpenly === undefined) throw notGiven(missing);
  const asked: [string, Json][] = [];
  for (const input of missing) {
    if (askOpenly !== undefined) asked.push([input.name, await answer(input, askOpenly, terminal)]);
  }
  return { ...given, extraVars: { ...given.extraVars, ...Object.fromEntries(asked) } };
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
  return printable(`${name} (${schema.type}): ${schema.description}${values}`, 300);
}
