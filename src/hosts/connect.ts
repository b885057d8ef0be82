import pLimit from 'p-limit';
import { Failure } from '../core/failure.ts';
import type { Fleet, FleetHost } from '../core/fleet.ts';
import type { Connect, Host } from '../core/host.ts';
import { localHost } from './local.ts';
import { shellHost } from './shell-host.ts';
import type { AuthOptions } from './ssh-auth.ts';

export interface ConnectorOptions {
  /** Absolute path of the operator's home: `.ssh/config`, keys, known_hosts. */
  readonly home: string;
  /** Socket of the ssh agent. */
  readonly sshAuthSock?: string;
  /** Asks the operator for a password or passphrase, without echo. Absent: nobody can be asked. */
  readonly ask?: (prompt: string) => Promise<string>;
  /** For hosts whose inventory says nothing. Default: 10 s. */
  readonly connectTimeoutMs?: number;
}

const handshakesAtOnce = 8;
const defaultConnectTimeoutMs = 10_000;

/** Makes connections to the hosts of an inventory, by ssh or locally. Throws Failure `invalid` for an unknown host. */
export function connector(fleet: Fleet, options: ConnectorOptions): Connect {
  const { ask, sshAuthSock } = options;
  const handshakes = pLimit(handshakesAtOnce);
  const questions = pLimit(1);
  const auth: AuthOptions = {
    keys: new Map(),
    ...(sshAuthSock === undefined ? {} : { sshAuthSock }),
    ...(ask === undefined ? {} : { ask: (prompt) => questions(() => ask(prompt)) }),
  };
  return (name) => {
    const host = fleet.hosts.get(name);
    if (host === undefined) throw new Failure('invalid', `There is no host "${name}" in the inventory`);
    return host.connection.kind === 'local' ? local(host) : overSsh(host);
  };

  function overSsh({ name, connection }: FleetHost): Host {
    return shellHost(name, {
      ...becoming({ name, connection }),
      async dial(abort) {
        // Loaded when needed: a local play has no use for it.
        const [{ sshTarget }, { dialSsh }] = await Promise.all([import('./ssh-config.ts'), import('./ssh.ts')]);
        const connectTimeoutMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
        const target = await sshTarget(name, connection, { home: options.home, connectTimeoutMs });
        return dialSsh(target, { ...auth, handshakes }, abort);
      },
    });
  }
}

function local(host: FleetHost): Host {
  return localHost(host.name, becoming(host));
}

function becoming({ connection }: Pick<FleetHost, 'connection' | 'name'>) {
  const { becomeUser, becomePassword } = connection;
  return {
    ...(becomeUser === undefined ? {} : { becomeUser }),
    ...(becomePassword === undefined ? {} : { becomePassword }),
  };
}
