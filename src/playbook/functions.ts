import type { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { Cidr, Ip } from './addresses.ts';
import { fromCel, toCel } from './cel-values.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Adds what expressions can call besides CEL's own functions. `env` is the controller's environment, read at start. */
export function addFunctions(cel: Environment, env: Env): Environment {
  cel.registerType('Cidr', Cidr).registerType('Ip', Ip);
  for (const [signature, handler] of Object.entries({ ...addressFunctions, ...textFunctions })) {
    cel.registerFunction(signature, handler);
  }
  cel.registerFunction('env(string): string', (name: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) throw new Error(`the environment variable ${name} is not set`);
    return value;
  });
  cel.registerFunction('env(string, string): string', (name: string, otherwise: string) =>
    Object.hasOwn(env, name) ? (env[name] ?? otherwise) : otherwise,
  );
  return cel;
}

const addressFunctions = {
  'cidr(string): Cidr': (text: string) => new Cidr(text),
  'ip(string): Ip': (text: string) => new Ip(text),
  'Cidr.contains(string): bool': (net: Cidr, text: string) => net.contains(text),
  'Cidr.contains(Ip): bool': (net: Cidr, address: Ip) => net.contains(String(address)),
  'Cidr.contains(Cidr): bool': (net: Cidr, other: Cidr) => net.contains(String(other)),
  'Cidr.host(int): string': (net: Cidr, n: bigint) => net.host(Number(n)),
  'Cidr.network(): string': (net: Cidr) => net.network(),
  'Cidr.prefix(): int': (net: Cidr) => BigInt(net.prefix()),
  'Ip.network(int): Cidr': (address: Ip, prefix: bigint) => address.network(Number(prefix)),
  'string(Cidr): string': String,
  'string(Ip): string': String,
};

const textFunctions = {
  'json(string): dyn': (text: string) => {
    try {
      return toCel(JSON.parse(text));
    } catch (thrown) {
      throw new Error('json() was given text that is not JSON', { cause: thrown });
    }
  },
  'to_json(dyn): string': (value: unknown) => JSON.stringify(fromCel(value)),
  // CEL's own matches() is a backtracking RegExp: one hostile line of a host's output could stop the controller.
  'string.re_match(string): bool': (text: string, pattern: string) => RE2JS.compile(pattern).matcher(text).find(),
};
