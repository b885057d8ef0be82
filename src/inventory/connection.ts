import type { Connection } from '../core/fleet.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { sshArguments } from './ssh-arguments.ts';

/** Variables that must never be shown or recorded: they are taken out of a host's variables. */
const secret = new Set([
  ...['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password', 'ansible_become_password', 'ansible_become_pass'],
  ...['ansible_sudo_pass', 'ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase'],
]);

export function isSecret(name: string): boolean {
  return secret.has(name);
}

export function withoutSecrets(vars: ReadonlyMap<string, Json>): JsonObject {
  return Object.fromEntries([...vars].filter(([name]) => !secret.has(name)));
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
  const first = (...names: string[]): [string, Json] | undefined => {
    const name = names.find((one) => vars.has(one) && vars.get(one) !== null);
    return name === undefined ? undefined : [name, filled(vars.get(name) as Json, vars, 0)];
  };
  const text = (...names: string[]): string | undefined => {
    const [name, value] = first(...names) ?? [];
    if (value === undefined) return undefined;
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value === '') fault(`${name} must be text`);
    else if (value.includes('{{'))
      fault(`${name} is a template of more than names of variables; write the value itself`);
    else return value;
    return undefined;
  };
  const path = (...names: string[]): string | undefined => absolute(text(...names), places);
  const kind = text('ansible_connection') ?? 'ssh';
  if (!['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'local'].includes(kind))
    fault(`ansible_connection: "${kind}" is not ssh or local`);
  const args = sshArguments(vars, fault);
  const becomes = truth(first('ansible_become'), fault);
  const connection: { -readonly [K in keyof Connection]: Connection[K] | undefined } = {
    kind: kind === 'local' ? 'local' : 'ssh',
    address: text('ansible_host', 'ansible_ssh_host'),
    port: whole(first('ansible_port', 'ansible_ssh_port'), 65_535, fault),
    user: text('ansible_user', 'ansible_ssh_user'),
    identityFile:
      path('ansible_ssh_private_key_file', 'ansible_private_key_file') ?? absolute(args.identityFile, places),
    knownHostsFile: path('ansible_ssh_known_hosts_file') ?? absolute(args.knownHostsFile, places),
    password: text('ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'),
    becomePassword: text('ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'),
    becomeUser: becomes ? (text('ansible_become_user') ?? 'root') : undefined,
    becomeMethod: oneOf('ansible_become_method', ['sudo', 'su', 'doas'], text, fault),
    connectTimeoutMs: thousand(whole(first('ansible_ssh_timeout', 'ansible_timeout'), 86_400, fault)),
    ssh: oneOf('runbook_ssh', ['builtin', 'openssh'], text, fault),
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
function filled(value: Json, vars: ReadonlyMap<string, Json>, depth: number): Json {
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
  if (['yes', 'true', 'on', '1', 'y', 't'].includes(word)) return true;
  if (!['no', 'false', 'off', '0', 'n', 'f', ''].includes(word)) fault(`${name} must be true or false`);
  return false;
}

/** The variable's word, if it is one of these. */
function oneOf<const Word extends string>(
  name: string,
  words: readonly Word[],
  text: (name: string) => string | undefined,
  fault: (message: string) => void,
): Word | undefined {
  const said = text(name);
  const word = words.find((one) => one === said);
  if (said !== undefined && word === undefined) fault(`${name}: "${said}" is not one of ${words.join(', ')}`);
  return word;
}
