import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, reason } from '../core/failure.ts';
import type { Connection } from '../core/fleet.ts';
import { beyondBuiltin } from './ssh-beyond.ts';
import { type Hop, jumpsOf } from './ssh-jumps.ts';
import type { SshTarget } from './ssh-target.ts';

export interface SshConfigOptions {
  /** Absolute path of the operator's home. */
  readonly home: string;
  /** For a connection that says nothing itself. Milliseconds. */
  readonly connectTimeoutMs: number;
  /** For all hosts, whatever the configuration says: take those of which no key is known at their word. */
  readonly acceptNewHostKeys?: boolean;
}

/** What ssh's configuration says of a host: keyword in lower case -> its values, one for each line. */
type SshConfig = ReadonlyMap<string, readonly string[]>;

/**
 * Everything needed to connect: the inventory's word first, then ~/.ssh/config's, then ssh's defaults.
 * Throws Failure `invalid` for a configuration that ssh does not accept.
 */
export async function sshTarget(name: string, connection: Connection, options: SshConfigOptions): Promise<SshTarget> {
  const asked = connection.address ?? name;
  const look = async (hop: Connection & { readonly address: string }): Promise<Hop<SshTarget>> => {
    const config = await readSshConfig(hop.address, options.home);
    const target = await targetOf(hop.address, hop, config, options);
    return { target, proxyJump: config.get('proxyjump')?.[0] };
  };
  const config = await readSshConfig(asked, options.home);
  const target = await targetOf(asked, connection, config, options);
  const jumps =
    connection.proxyCommand === undefined
      ? await jumpsOf(connection.proxyJump ?? config.get('proxyjump')?.[0], look, [])
      : [];
  const beyond = target.beyond ?? jumps.find((hop) => hop.beyond !== undefined)?.beyond;
  return { ...target, jumps, ...(beyond === undefined ? {} : { beyond }) };
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

async function targetOf(
  asked: string,
  connection: Connection,
  config: SshConfig,
  options: SshConfigOptions,
): Promise<SshTarget> {
  const one = (keyword: string) => config.get(keyword)?.[0];
  const host = one('hostname') ?? asked;
  const port = connection.port ?? Number(one('port') ?? 22);
  const user = connection.user ?? one('user') ?? userInfo().username;
  const { home } = options;
  const tokens = { d: home, h: host, n: asked, p: String(port), r: user, u: userInfo().username, '%': '%' };
  const alias = one('hostkeyalias');
  const files = (keyword: string, fallback: string) =>
    words(one(keyword) ?? fallback).map((file) => inHome(file, home));
  const named = config.get('identityfile') ?? ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];
  const identityFiles =
    connection.identityFile === undefined
      ? named.map((file) => inHome(withTokens(file, tokens), home))
      : [connection.identityFile];
  const acceptNew = connection.acceptNewHostKeys ?? options.acceptNewHostKeys ?? false;
  const beyond = await beyondBuiltin({
    proxyCommand: connection.proxyCommand ?? (connection.proxyJump === undefined ? one('proxycommand') : undefined),
    certificateFiles:
      connection.certificateFile === undefined ? (config.get('certificatefile') ?? []) : [connection.certificateFile],
    identityFiles,
  });
  return {
    asked,
    host,
    port,
    user,
    ...(alias === undefined ? {} : { hostKeyAlias: alias }),
    identityFiles,
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
    ...(acceptNew || one('stricthostkeychecking') === 'accept-new' ? { acceptNew: true } : {}),
    ...(one('hashknownhosts') === 'yes' ? { hashKnownHosts: true } : {}),
    ...(beyond === undefined ? {} : { beyond }),
  };
}

/** ssh separates by blanks and quotes what holds some. */
function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((word) => word !== 'none');
}

/** In the names of keys, and of no other files, `ssh -G` leaves the tokens as they are written. */
function withTokens(file: string, tokens: Readonly<Record<string, string>>): string {
  return file.replace(/%(.)/g, (written, token: string) => tokens[token] ?? written);
}

function inHome(file: string, home: string): string {
  return file.startsWith('~/') ? join(home, file.slice(2)) : file;
}
