import { knownHostsName } from './known-hosts.ts';

/** Where to connect, as whom, and what proves both sides. Everything is decided; nothing is looked up any more. */
export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The name to look up in known_hosts, instead of `host` and whatever the port. */
  readonly hostKeyAlias?: string;
  /** Absolute paths. Those that do not exist are passed over. */
  readonly identityFiles: readonly string[];
  readonly knownHostsFiles: readonly string[];
  readonly password?: string;
  readonly connectTimeoutMs: number;
  /** To be gone through, the first one first. */
  readonly jumps: readonly SshTarget[];
  /** A host of which no key is known is taken at its word, and its key noted. */
  readonly acceptNew?: boolean;
  /** Names in known_hosts are to be hashed. */
  readonly hashKnownHosts?: boolean;
  /** The name that ssh's configuration is asked for. */
  readonly asked: string;
  /** What of its configuration only the ssh command can do; in words. */
  readonly beyond?: string;
}

/** What known_hosts calls it. */
export function knownName({ hostKeyAlias, host, port }: SshTarget): string {
  return hostKeyAlias?.toLowerCase() ?? knownHostsName(host, port);
}

/** user@address:port */
export function addressOf({ user, host, port }: SshTarget): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}`;
}
