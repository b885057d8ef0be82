import {
  becomeMethods,
  type ConnectionVariable,
  connectionKinds,
  firstOf,
  mostPort,
  mostTimeout,
  secretVariables,
  sshClients,
  wordsOfTruth,
} from '../core/connection-variables.ts';
import type { Connection } from '../core/fleet.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { sshArguments } from './ssh-arguments.ts';

export function isSecret(name: string): boolean {
  return secretVariables.has(name);
}

export function withoutSecretVariables(vars: ReadonlyMap<string, Json>): JsonObject {
  return Object.fromEntries([...vars].filter(([name]) => !secretVariables.has(name)));
}

/** Where relative paths and `~` lead. */
export interface Places {
  /** Absolute folder of the inventory file. */
  readonly folder: string;
  /** Absolute. */
  readonly home: string;
}

/** How to reach a host, from Ansible's connection variables. What is wrong with them goes to `fault`. */
export function connectionOf(
  vars: ReadonlyMap<string, Json>,
  places: Places,
  fault: (message: string) => void,
): Connection {
  const first = (variable: ConnectionVariable): [string, Json] | undefined => {
    const [name, value] = firstOf(vars, variable) ?? [];
    return name === undefined || value === undefined ? undefined : [name, filled(value, vars)];
  };
  const text = (variable: ConnectionVariable): string | undefined => {
    const [name, value] = first(variable) ?? [];
    if (value === undefined) return undefined;
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value === '') fault(`${name} must be text`);
    else if (value.includes('{{'))
      fault(`${name} is a template of more than names of variables; write the value itself`);
    else return value;
    return undefined;
  };
  const path = (variable: ConnectionVariable): string | undefined => absolute(text(variable), places);
  const kind = text('ansible_connection') ?? 'ssh';
  if (!connectionKinds.some((known) => known === kind)) fault(`ansible_connection: "${kind}" is not ssh or local`);
  const args = sshArguments(vars, fault);
  const becomes = truth(first('ansible_become'), fault);
  const connection: { -readonly [K in keyof Connection]: Connection[K] | undefined } = {
    kind: kind === 'local' ? 'local' : 'ssh',
    address: text('ansible_host'),
    port: whole(first('ansible_port'), mostPort, fault),
    user: text('ansible_user'),
    identityFile: path('ansible_ssh_private_key_file') ?? absolute(args.identityFile, places),
    knownHostsFile: path('ansible_ssh_known_hosts_file') ?? absolute(args.knownHostsFile, places),
    password: text('ansible_password'),
    becomePassword: text('ansible_become_password'),
    becomeUser: becomes ? (text('ansible_become_user') ?? 'root') : undefined,
    becomeMethod: oneOf('ansible_become_method', becomeMethods, text, fault),
    connectTimeoutMs: thousand(whole(first('ansible_ssh_timeout'), mostTimeout, fault)),
    ssh: oneOf('runbook_ssh', sshClients, text, fault),
    acceptNewHostKeys: args.acceptNew ? true : undefined,
    proxyJump: args.proxyJump,
    proxyCommand: args.proxyCommand,
    certificateFile: absolute(args.certificateFile, places),
  };
  return Object.fromEntries(
    Object.entries(connection).filter(([, value]) => value !== undefined),
  ) as unknown as Connection;
}

/** `{{ name }}` is the value of that variable; anything more is left as it stands. */
export function filled(value: Json, vars: ReadonlyMap<string, Json>, depth = 0): Json {
  if (typeof value !== 'string' || depth > 8 || !value.includes('{{')) return value;
  const [, whole] = reference.exec(value) ?? [];
  const of = (name: string) => (vars.has(name) ? filled(vars.get(name) as Json, vars, depth + 1) : undefined);
  if (whole !== undefined) return of(whole) ?? value;
  return value.replace(/\{\{\s*(\w+)\s*\}\}/g, (text, name: string) => {
    const inner = of(name);
    return inner === undefined || inner === null || typeof inner === 'object' ? text : String(inner);
  });
}

const reference = /^\{\{\s*(\w+)\s*\}\}$/;

function absolute(path: string | undefined, { folder, home }: Places): string | undefined {
  if (path === undefined || path.startsWith('/')) return path;
  return path === '~' || path.startsWith('~/')
    ? home + path.slice(1)
    : `${folder}/${path}`.replace(/\/(?:\.\/)+/g, '/');
}

function whole(named: [string, Json] | undefined, most: number, fault: (message: string) => void): number | undefined {
  if (named === undefined) return undefined;
  const number = Number(named[1]);
  if (Number.isInteger(number) && number > 0 && number <= most && named[1] !== true) return number;
  fault(`${named[0]} must be a whole number from 1 to ${most}`);
  return undefined;
}

function thousand(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}

/** In an INI file `yes` and `true` are text. */
function truth(named: [string, Json] | undefined, fault: (message: string) => void): boolean {
  if (named === undefined) return false;
  const [name, value] = named;
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (wordsOfTruth.true.some((yes) => yes === word)) return true;
  if (word !== '' && !wordsOfTruth.false.some((no) => no === word)) fault(`${name} must be true or false`);
  return false;
}

/** The variable's word, if it is one of these. */
function oneOf<const Word extends string>(
  name: ConnectionVariable,
  words: readonly Word[],
  text: (name: ConnectionVariable) => string | undefined,
  fault: (message: string) => void,
): Word | undefined {
  const said = text(name);
  const word = words.find((one) => one === said);
  if (said !== undefined && word === undefined) fault(`${name}: "${said}" is not one of ${words.join(', ')}`);
  return word;
}
