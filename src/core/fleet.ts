import type { JsonObject } from './json.ts';
import type { TextPart } from './text-part.ts';

/** The hosts of an inventory with their merged variables. */
export interface Fleet {
  /** In the order in which the inventory first names them; `localhost` comes last where it does not name it. */
  readonly hosts: ReadonlyMap<string, FleetHost>;
  /** Group name -> names of all its hosts, then its children's, level by level. `all` and `ungrouped` are there. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Every password and passphrase that its text holds, also those that another beats or nobody uses. Absent: those of the connections. */
  readonly passwords?: readonly string[];
  /** Host pattern as in Ansible, or several that are one together -> names, in Ansible's order. Throws Failure `invalid` for an unknown name. */
  select(pattern: string | readonly string[]): readonly string[];
  /** Where a host has a variable from. Absent, or undefined: nobody can tell. */
  written?(host: string, name: string): WrittenVariable | undefined;
}

/** A variable as it stands in a file of the inventory. */
export interface WrittenVariable {
  /** Where a part of a text in its value stands; `path` leads to that text. */
  place(path: readonly (string | number)[], part: TextPart): SourcePlace;
}

export interface SourcePlace {
  readonly file: string;
  /** From 1, as `column`. */
  readonly line: number;
  readonly column: number;
  /** The whole line, as it stands there; empty where it must not be shown. */
  readonly source: string;
  /** How many characters are meant. */
  readonly width: number;
}

export interface FleetHost {
  readonly name: string;
  /** Without the connection variables' secrets. */
  readonly vars: JsonObject;
  readonly connection: Connection;
  /** What is wrong with its connection variables, in words: it must not be connected to. */
  readonly faults?: readonly string[];
}

export type BecomeMethod = 'sudo' | 'su' | 'doas';
export type SshClient = 'builtin' | 'openssh';

/** How to reach a host. What is left out comes from ~/.ssh/config, then from ssh's defaults. */
export interface Connection {
  readonly kind: 'ssh' | 'local';
  readonly address?: string;
  readonly port?: number;
  readonly user?: string;
  /** Absolute path. */
  readonly identityFile?: string;
  /** Absolute path. */
  readonly knownHostsFile?: string;
  readonly password?: string;
  readonly becomePassword?: string;
  /** Become this user for every command. */
  readonly becomeUser?: string;
  readonly connectTimeoutMs?: number;
  /** How to become that user, and any other that a command names. Default: sudo. */
  readonly becomeMethod?: BecomeMethod;
  /** Which ssh: the built-in one, or the ssh command. Neither: the built-in one, unless only the command can do it. */
  readonly ssh?: SshClient;
  /** Take a host at its word of which no key is known, and note its key. */
  readonly acceptNewHostKeys?: boolean;
  /** `[user@]host[:port],...` as in ssh's ProxyJump. */
  readonly proxyJump?: string;
  /** As in ssh's ProxyCommand. */
  readonly proxyCommand?: string;
  /** Absolute path. */
  readonly certificateFile?: string;
}

/** Is it a name of this machine? Each of them is `localhost` where the inventory does not have it. */
export function isItself(name: string): boolean {
  return ['localhost', '127.0.0.1', '::1'].includes(name);
}
