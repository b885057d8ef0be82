import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Command } from '../../src/core/command.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { isAssertion, type Module } from '../../src/core/module.ts';
import { modules } from '../../src/modules/list.ts';
import { formats } from '../../src/modules/shared/formats.ts';
import { type Answer, outcomeOf } from '../support/laws.ts';

/** What the modules' own tests ask, and what was answered: by a recording's name, or itself. */
interface Asked {
  readonly module: string;
  readonly args: JsonObject;
  readonly host: Answer;
}

export const asked = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8')) as readonly Asked[];

const ajv = new Ajv2020({ strict: false, formats });
const validators = new Map<string, ValidateFunction>();

export function isValid(module: Module, args: Json): boolean {
  const validate = validators.get(module.name) ?? ajv.compile(module.schema as AnySchema);
  validators.set(module.name, validate);
  return validate(args) === true && (module.faults?.(args as JsonObject) ?? []).length === 0;
}

export function moduleOf({ module }: Asked): Module {
  const found = modules.find(({ name }) => name === module);
  if (found === undefined) throw new Error(`there is no module ${module}`);
  return found;
}

/** That a thing is not there, what it was, and what is wanted of it. */
export function statesOf(module: Module, args: JsonObject, host: Answer): readonly Json[] {
  if (module.kind !== 'resource') return [];
  const now = orRefused(() => module.read(outcomeOf(module.name, host), args));
  return now === undefined ? [null] : [null, now, orRefused(() => module.want(args, now)) ?? null];
}

/** Every command that a module makes of such arguments and states. What it does not take it refuses with a Failure. */
export function commandsOf(module: Module, args: JsonObject, states: readonly Json[]): readonly Command[] {
  if (isAssertion(module)) return [];
  const probe = orRefused(() => module.probe(args)) ?? null;
  const commands = probe === null ? [] : [probe];
  if (module.kind === 'check') return commands;
  for (const from of states) {
    for (const to of states) {
      commands.push(...(orRefused(() => module.move(from, to, args)) ?? []));
      const restore = orRefused(() => module.restore?.(from, to, args)) ?? null;
      if (restore !== null) commands.push(restore);
    }
  }
  return commands;
}

function orRefused<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
}
