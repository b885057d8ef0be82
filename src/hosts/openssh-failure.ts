import { Failure } from '../core/failure.ts';
import { printable } from '../core/printable.ts';
import type { HostKeyVerdict, KnownKey } from './known-hosts.ts';
import { hostKeyFailure, type ShownKey } from './ssh-failure.ts';
import { addressOf, type SshTarget } from './ssh-target.ts';

/** What ssh said itself, without what it says only with -v. */
function saidLines(stderr: string): string[] {
  return stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && !/^(debug\d:|OpenSSH_\d|Authenticated to |Transferred: |Bytes per second)/.test(line),
    );
}

/** The last line that ssh said; empty where it said nothing. Not yet fit for a terminal. */
export function lastWords(stderr: string): string {
  return saidLines(stderr).at(-1) ?? '';
}

/** The host keys that ssh noted as new. */
export function acceptedKeys(stderr: string): string[] {
  return saidLines(stderr)
    .map((line) => /^Warning: Permanently added '?(.+?)'? \((\S+)\) to the list/.exec(line))
    .filter((match) => match !== null)
    .map(([, host, type]) =>
      printable(`${host} (${type})${shownKey(stderr) === undefined ? '' : ` ${shownKey(stderr)?.fingerprint}`}`),
    );
}

function shownKey(stderr: string): ShownKey | undefined {
  const match = [...stderr.matchAll(/Server host key: (\S+) (SHA256:\S+)/g)].at(-1);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { type: match[1], fingerprint: match[2] };
}

const networkWords: readonly (readonly [RegExp, string])[] = [
  [/Connection refused/, 'ECONNREFUSED'],
  [/Could not resolve hostname/, 'ENOTFOUND'],
  [/No route to host/, 'EHOSTUNREACH'],
  [/Network is unreachable/, 'ENETUNREACH'],
  [/timed out/, 'ETIMEDOUT'],
];

/**
 * Why ssh did not connect, from its words with -v, and in the same shape that the built-in client's errors have: a Failure, or an Error for
 * `connectFailure`. Its exit code is not looked at. `known`: the lines of known_hosts that speak of the host.
 */
export function masterFailure(target: SshTarget, known: readonly KnownKey[], stderr: string): Error {
  const said = saidLines(stderr);
  const words = said.join('\n');
  const verdict = hostKeyVerdict(words);
  if (verdict !== undefined) return keyFailure(target, known, verdict, stderr);
  if (/^(?:.*: )?Permission denied \(|Too many authentication failures/m.test(words)) {
    const offered = [...stderr.matchAll(/Offering public key: (\S+)/g)].map(
      ([, key = '']) => `key ${printable(key, 100)}`,
    );
    const tried = [...new Set(offered), 'by the ssh command, which is given no password'];
    return Object.assign(new Error(printable(words, 300)), { level: 'client-authentication', tried });
  }
  const shaken = stderr.includes('SSH2_MSG_NEWKEYS received');
  const [, code] = networkWords.find(([pattern]) => pattern.test(words)) ?? [];
  const isDropped =
    /kex_exchange_identification|Connection (closed|reset) by|banner exchange/.test(words) && code === undefined;
  const message = said.length === 0 ? 'ssh ended without a word' : printable(said.slice(-3).join(' | '), 300);
  return Object.assign(new Error(message), {
    shaken,
    ...(isDropped ? { code: 'ECONNRESET' } : code === undefined ? {} : { code }),
  });
}

function hostKeyVerdict(words: string): HostKeyVerdict | undefined {
  if (/REVOKED HOST KEY|is marked as revoked/i.test(words)) return 'revoked';
  if (/HOST IDENTIFICATION HAS CHANGED/i.test(words)) return 'changed';
  return /host key is known for|Host key verification failed/i.test(words) ? 'unknown' : undefined;
}

function keyFailure(target: SshTarget, known: readonly KnownKey[], verdict: HostKeyVerdict, stderr: string): Failure {
  const key = shownKey(stderr);
  const failure =
    key === undefined || target.jumps.length > 0 ? undefined : hostKeyFailure(target, known, verdict, key);
  if (failure !== undefined) return failure;
  // Which of the hosts on the way it was, only ssh's own words tell.
  const words = printable(
    saidLines(stderr)
      .filter((line) => !/^@+$/.test(line))
      .join(' '),
    500,
  );
  return new Failure(
    'unreachable',
    `${addressOf(target)}: a host key on the way there is not accepted (${verdict}): ${words}`,
    {
      hint: "Compare the fingerprint with the host's own, then put the right key into known_hosts. Nothing was sent to the host.",
    },
  );
}
