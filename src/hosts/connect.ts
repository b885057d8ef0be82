import pLimit from 'p-limit';
import { Failure } from '../core/failure.ts';
import type { Connection, Fleet, FleetHost, SshClient } from '../core/fleet.ts';
import type { Connect, Host } from '../core/host.ts';
import type { Becoming } from './become.ts';
import { localHost } from './local.ts';
import { shellHost } from './shell-host.ts';
import type { AuthOptions } from './ssh-auth.ts';
import type { SshTarget } from './ssh-target.ts';
import type { Transport } from './transport.ts';

export interface ConnectorOptions {
  /** Absolute path of the operator's home: `.ssh/config`, keys, known_hosts. */
  readonly home: string;
  /** Socket of the ssh agent. */
  readonly sshAuthSock?: string;
  /** Asks the operator for a password or passphrase, without echo. Absent: nobody can be asked. */
  readonly ask?: (prompt: string) => Promise<string>;
  /** Tells the operator something, in one line that is safe on a terminal. Default: nobody is told. */
  readonly say?: (text: string) => void;
  /** For hosts whose inventory says nothing. Default: 10 s. */
  readonly connectTimeoutMs?: number;
  /** Take every host at its word of which no key is known, and note its key. */
  readonly acceptNewHostKeys?: boolean;
  /** For hosts whose inventory says nothing. */
  readonly ssh?: SshClient;
  /** For hosts whose inventory says nothing. */
  readonly becomePassword?: string;
}

const handshakesAtOnce = 8;
const defaultConnectTimeoutMs = 10_000;

/** Makes connections to the hosts of an inventory, by ssh or locally. Throws Failure `invalid` for an unknown host. */
export function connector(fleet: Fleet, options: ConnectorOptions): Connect {
  const { ask, sshAuthSock, acceptNewHostKeys } = options;
  const handshakes = pLimit(handshakesAtOnce);
  const starts = pLimit(handshakesAtOnce);
  const questions = pLimit(1);
  const say = options.say ?? (() => undefined);
  const auth: AuthOptions = {
    keys: new Map(),
    passwords: new Map(),
    ...(sshAuthSock === undefined ? {} : { sshAuthSock }),
    ...(ask === undefined ? {} : { ask: (prompt) => questions(() => ask(prompt)) }),
  };
  return (name) => {
    const host = fleet.hosts.get(name);
    if (host === undefined) throw new Failure('invalid', `There is no host "${name}" in the inventory`);
    if (host.faults !== undefined) throw new Failure('invalid', host.faults.join('; '));
    const becoming = becomingOf(host.connection, options.becomePassword);
    return host.connection.kind === 'local' ? localHost(host.name, becoming) : overSsh(host, becoming);
  };

  function overSsh({ name, connection }: FleetHost, becoming: Becoming): Host {
    return shellHost(name, { ...becoming, pace: starts, dial: (abort) => dial(name, connection, abort) });
  }

  async function dial(name: string, connection: Connection, abort: AbortSignal): Promise<Transport> {
    // Loaded when needed: a local play has no use for it.
    const { sshTarget } = await import('./ssh-config.ts');
    const target = await sshTarget(name, connection, {
      home: options.home,
      connectTimeoutMs: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
      ...(acceptNewHostKeys === undefined ? {} : { acceptNewHostKeys }),
    });
    if (clientFor(target, connection.ssh ?? options.ssh) === 'openssh') {
      const { dialOpenSsh } = await import('./openssh.ts');
      return dialOpenSsh(target, connection, { home: options.home, handshakes, say }, abort);
    }
    const { dialSsh } = await import('./ssh.ts');
    return dialSsh(target, { ...auth, handshakes, say }, abort);
  }
}

function clientFor({ asked, beyond }: SshTarget, chosen: SshClient | undefined): SshClient {
  if (chosen !== 'builtin') return chosen ?? (beyond === undefined ? 'builtin' : 'openssh');
  if (beyond !== 'a ProxyCommand') return chosen;
  throw new Failure(
    'unreachable',
    `${asked} is to be reached through a ProxyCommand, which the built-in ssh client cannot do`,
    {
      hint: 'Choose the ssh command with "runbook_ssh: openssh" in the inventory, or use ProxyJump. Nothing has been connected.',
    },
  );
}

function becomingOf(connection: Connection, fallback: string | undefined): Becoming {
  const { becomeUser, becomeMethod, becomePassword = fallback } = connection;
  return {
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(becomeMethod === undefined ? {} : { becomeMethod }),
    ...(becomePassword === undefined ? {} : { becomePassword }),
  };
}
