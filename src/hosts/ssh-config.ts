import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, reason } from '../core/failure.ts';
import type { Connection } from '../core/fleet.ts';
import type { SshTarget } from './ssh-target.ts';

export interface SshConfigOptions {
  /** Absolute path of the operator's home. */
  readonly home: string;
  /** For a connection that says nothing itself. Milliseconds. */
  readonly connectTimeoutMs: number;
}

/** What ssh's configuration says of a host: keyword in lower case -> its values, one for each line. */
type SshConfig = ReadonlyMap<string, readonly string[]>;

/**
 * Everything needed to connect: the inventory's word first, then ~/.ssh/config's, then ssh's defaults.
 * Throws Failure `invalid` for a configuration that ssh does not accept, or that asks for what is not supported.
 */
export async function sshTarget(name: string, connection: Connection, options: SshConfigOptions): Promise<SshTarget> {
  const asked = connection.address ?? name;
  const config = await readSshConfig(asked, options.home);
  const target = targetOf(asked, connection, config, options);
  return { ...target, jumps: await jumpsOf(config, options) };
}

/** One `ssh -G`, only where there is a ~/.ssh/config. */
async function readSshConfig(host: string, home: string): Promise<SshConfig> {
  const file = join(home, '.ssh', 'config');
  if (!existsSync(file)) return new Map();
  // ssh itself takes the home from the password database, whatever HOME says.
  const from = home === userInfo().homedir ? [] : ['-F', file];
  try {
    const { stdout } = await promisify(execFile)('ssh', [...from, '-G', '--', host]);
    return parseSshConfig(stdout);
  } catch (thrown) {
    const { stderr } = thrown as { stderr?: string };
    throw new Failure('invalid', `ssh does not understand ${file}: ${stderr?.trim() || reason(thrown)}`, {
      hint: `Correct it; "ssh -G ${host}" shows the same. Nothing has been connected.`,
      cause: thrown,
    });
  }
}

/** The output of `ssh -G`. */
function parseSshConfig(text: string): SshConfig {
  const config = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, keyword, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (keyword === undefined || value === undefined) continue;
    config.set(keyword, [...(config.get(keyword) ?? []), value]);
  }
  return config;
}

function targetOf(asked: string, connection: Connection, config: SshConfig, options: SshConfigOptions): SshTarget {
  const { home } = options;
  const one = (keyword: string) => config.get(keyword)?.[0];
  const proxy = one('proxycommand');
  if (proxy !== undefined && proxy !== 'none') {
    throw new Failure('invalid', `~/.ssh/config gives ${asked} a ProxyCommand, which is not supported`, {
      hint: 'Use ProxyJump instead. Nothing has been connected.',
    });
  }
  const alias = one('hostkeyalias');
  const files = (keyword: string, fallback: string) =>
    words(one(keyword) ?? fallback).map((file) => expand(file, home));
  const identities = config.get('identityfile') ?? ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];
  return {
    host: one('hostname') ?? asked,
    port: connection.port ?? Number(one('port') ?? 22),
    user: connection.user ?? one('user') ?? userInfo().username,
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    identityFiles:
      connection.identityFile === undefined ? identities.map((file) => expand(file, home)) : [connection.identityFile],
    knownHostsFiles:
      connection.knownHostsFile === undefined
        ? [
            ...files('userknownhostsfile', '~/.ssh/known_hosts ~/.ssh/known_hosts2'),
            ...files('globalknownhostsfile', '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2'),
          ]
        : [connection.knownHostsFile],
    ...(connection.password === undefined ? {} : { password: connection.password }),
    connectTimeoutMs: connection.connectTimeoutMs ?? options.connectTimeoutMs,
    jumps: [],
  };
}

/** `ProxyJump [user@]host[:port],...`, each looked up in the configuration itself. */
async function jumpsOf(config: SshConfig, options: SshConfigOptions): Promise<SshTarget[]> {
  const text = config.get('proxyjump')?.[0] ?? 'none';
  if (text === 'none') return [];
  return Promise.all(
    text.split(',').map(async (spec) => {
      const jump = jumpConnection(spec);
      return targetOf(jump.address, jump, await readSshConfig(jump.address, options.home), options);
    }),
  );
}

/** One hop of a ProxyJump: `[user@]host[:port]`, `[user@][address]:port` or `ssh://...`. Throws Failure `invalid`. */
export function jumpConnection(spec: string): Connection & { readonly address: string } {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?\/?$/.exec(spec.trim());
  const address = match?.[2] ?? match?.[3];
  if (address === undefined) throw new Failure('invalid', `ProxyJump "${spec}" is not [user@]host[:port]`);
  return {
    kind: 'ssh',
    address,
    ...(match?.[1] === undefined ? {} : { user: match[1] }),
    ...(match?.[4] === undefined ? {} : { port: Number(match[4]) }),
  };
}

/** ssh separates by blanks and quotes what holds some. */
function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((word) => word !== 'none');
}

function expand(file: string, home: string): string {
  return file.startsWith('~/') ? join(home, file.slice(2)) : file;
}
