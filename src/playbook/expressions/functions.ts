import { type Environment, EvaluationError } from '@marcbachmann/cel-js';
import { reason } from '../../core/failure.ts';
import { addressFunctions } from './address-functions.ts';
import { Cidr, Ip } from './addresses.ts';
import { listFunctions } from './list-functions.ts';
import { textFunctions } from './text-functions.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Adds what expressions can call besides CEL's own functions. `env` is the controller's environment, read at start. */
export function addFunctions(cel: Environment, env: Env): Environment {
  cel.registerType('Cidr', Cidr).registerType('Ip', Ip);
  const same = (a: unknown, b: unknown) => String(a) === String(b);
  cel.registerOperator('Cidr == Cidr', same).registerOperator('Ip == Ip', same);
  for (const [signature, handler] of Object.entries({
    ...addressFunctions,
    ...textFunctions,
    ...listFunctions,
    ...environmentFunctions(env),
  })) {
    cel.registerFunction(signature, placed(handler as Handler));
  }
  return cel;
}

type Handler = (...args: unknown[]) => unknown;

/** What such a function throws gets the place of its call, as CEL gives it to its own errors. */
function placed(handler: Handler): Handler {
  return (...args) => {
    try {
      return handler(...args);
    } catch (thrown) {
      throw new EvaluationError({ code: 'function_failed', message: reason(thrown), cause: thrown });
    }
  };
}

function environmentFunctions(env: Env) {
  const given = (name: string) => (Object.hasOwn(env, name) ? env[name] : undefined);
  return {
    'env(string): string': (name: string) => {
      const value = given(name);
      if (value === undefined) throw new Error(`the environment variable ${name} is not set`);
      return value;
    },
    'env(string, string): string': (name: string, otherwise: string) => given(name) ?? otherwise,
  };
}
