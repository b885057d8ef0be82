import { Failure, reason } from '../core/failure.ts';
import { fingerprint, type HostKeyVerdict, type KnownKey } from './known-hosts.ts';
import { addressOf, knownName, type SshTarget } from './ssh-target.ts';

/** A host key as it is shown to people. */
export interface ShownKey {
  readonly type: string;
  /** `SHA256:...` */
  readonly fingerprint: string;
}

/** Why this host key is not accepted; undefined when it is. `known`: the lines of known_hosts that speak of the host. */
export function hostKeyFailure(
  target: SshTarget,
  known: readonly KnownKey[],
  verdict: HostKeyVerdict,
  key: ShownKey,
): Failure | undefined {
  const address = addressOf(target);
  const shown = `${key.type} ${key.fingerprint}`;
  switch (verdict) {
    case 'known':
      return undefined;
    case 'unknown':
      return unknownKey(target, known, key, shown);
    case 'changed': {
      const before = known.filter(({ type, revoked }) => type === key.type && !revoked);
      const expected = before.map((line) => `${fingerprint(line.key)} (${line.file}, line ${line.line})`).join(' or ');
      return new Failure(
        'unreachable',
        `${address} shows another host key than known: ${shown}, expected ${expected}`,
        {
          hint:
            'It was installed anew, or somebody else answers in its place: ask who runs it. ' +
            `If the new key is right: ssh-keygen -R '${knownName(target)}' -f ${before[0]?.file ?? '~/.ssh/known_hosts'}, then add it. ` +
            'Nothing was sent to the host.',
        },
      );
    }
    case 'revoked':
      return new Failure('unreachable', `${address} shows a host key that is marked @revoked: ${shown}`, {
        hint: 'Whoever answers has a key that must no longer be trusted: ask who runs the host. Nothing was sent to it.',
      });
  }
}

function unknownKey(target: SshTarget, known: readonly KnownKey[], key: ShownKey, shown: string): Failure {
  const [file = '~/.ssh/known_hosts'] = target.knownHostsFiles;
  const types = [...new Set(known.filter(({ revoked }) => !revoked).map(({ type }) => type))];
  const others = types.length === 0 ? '' : ` (known of it: ${types.join(', ')})`;
  const ways =
    types.length === 0
      ? ', or accept the keys of new hosts with --accept-new-host-keys'
      : '; a host that is known by another key is never accepted as new';
  const named = target.hostKeyAlias === undefined ? '' : ` | sed 's/^[^ ]*/${knownName(target)}/'`;
  return new Failure('unreachable', `${addressOf(target)} shows a host key that is not known: ${shown}${others}`, {
    hint:
      `Compare the fingerprint with the host's own (on the host: ssh-keygen -lf /etc/ssh/ssh_host_${family(key)}_key.pub), ` +
      `then add the key: ssh-keyscan -p ${target.port} -t ${family(key)} ${target.host}${named} >> ${file}${ways}. Nothing was sent to the host.`,
  });
}

/** `ed25519`, `ecdsa` or `rsa`, as ssh-keyscan and key files name them. */
function family({ type }: ShownKey): string {
  return /ed25519|ecdsa|rsa/.exec(type)?.[0] ?? 'ed25519';
}

interface ConnectError {
  readonly code?: string | number;
  readonly level?: string;
  /** The key exchange was over. */
  readonly shaken?: boolean;
  /** Ways to log in. */
  readonly tried?: readonly string[];
}

const networkErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ETIMEDOUT: 'no answer',
};

/** The connection ended before the key exchange, as sshd ends it under load; nothing was wrong with what was said. */
export function isDropped(thrown: unknown): boolean {
  const { code, shaken, level } = thrown as ConnectError;
  if (shaken !== false || level === 'handshake') return false;
  const lost = /Connection lost before handshake|closed/i.test(reason(thrown));
  return lost || code === 'ECONNRESET' || code === 'EPIPE';
}

/** What ssh2 threw, in words. `attempts`: how often it was tried. */
export function connectFailure(target: SshTarget, thrown: unknown, attempts: number): Failure {
  const { code, level, tried = [] } = thrown as ConnectError;
  const address = addressOf(target);
  if (level === 'client-authentication') {
    return new Failure('unreachable', `${address} refuses the login; tried: ${tried.join(', ') || 'nothing'}`, {
      hint: `Try "ssh -v -p ${target.port} ${target.user}@${target.host}"; give a key, an agent or a password that the host takes.`,
      cause: thrown,
    });
  }
  if (/no matching/.test(reason(thrown))) {
    return new Failure('unreachable', `${address}: ${reason(thrown)}`, {
      hint: 'Host certificates and post-quantum key exchange are not supported: the host must offer curve25519-sha256 or ECDH, and a plain host key.',
      cause: thrown,
    });
  }
  const what = networkErrors[String(code)] ?? reason(thrown);
  return new Failure('unreachable', `${address}: ${what}${attempts > 1 ? ` (tried ${attempts} times)` : ''}`, {
    hint: 'Nothing was run there. See that the host is up, that its sshd runs, and that the address and port are right.',
    cause: thrown,
  });
}

export function aborted(target: SshTarget): Failure {
  return new Failure('unreachable', `${addressOf(target)}: interrupted while connecting`);
}

/** Logged in, and no shell to be had. undefined: it ended or the connection did. */
export function noShell(name: string, address: string, why: 'timeout' | 'aborted' | 'refused' | undefined): Failure {
  if (why === 'aborted') return new Failure('unreachable', `${name}: interrupted`);
  if (why === 'refused') {
    return new Failure('unreachable', `${name}: ${address} takes the login and opens no session`, {
      hint: 'Nothing was run there. Its sshd allows none: look at MaxSessions in sshd_config.',
    });
  }
  return new Failure('unreachable', `${name}: ${address} starts no POSIX shell`, {
    hint: 'The login works, but "exec /bin/sh" does not answer: look at the login shell of that user.',
  });
}
