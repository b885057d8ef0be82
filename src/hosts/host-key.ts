import { Failure, reason } from '../core/failure.ts';
import { fingerprint, judgeHostKey, type KnownKey, keysOf, keyType } from './known-hosts.ts';
import { addKnownHost, readKnownHosts } from './known-hosts-file.ts';
import { hostKeyFailure } from './ssh-failure.ts';
import { addressOf, knownName, type SshTarget } from './ssh-target.ts';

/**
 * Why this host key is not accepted; undefined when it is. `known`: the lines of known_hosts that speak of the host.
 * Where new hosts are to be accepted, one of which nothing at all is known is written to known_hosts, and said.
 */
export async function refusedHostKey(
  target: SshTarget,
  known: readonly KnownKey[],
  key: Buffer,
  say: (text: string) => void,
): Promise<Failure | undefined> {
  const verdict = judgeHostKey(known, key);
  const shown = { type: keyType(key), fingerprint: fingerprint(key) };
  const isNew = verdict === 'unknown' && known.every(({ revoked }) => revoked);
  if (!isNew || target.acceptNew !== true) return hostKeyFailure(target, known, verdict, shown);
  const [file] = target.knownHostsFiles;
  const name = knownName(target);
  try {
    if (file === undefined) throw new Error('there is no known_hosts file');
    const added = await addKnownHost(file, { name, key, hashed: target.hashKnownHosts === true });
    if (added)
      say(`${addressOf(target)}: its host key was not known and is now in ${file}: ${shown.type} ${shown.fingerprint}`);
  } catch (thrown) {
    return new Failure('unreachable', `${addressOf(target)}: its new host key cannot be noted: ${reason(thrown)}`, {
      hint: `A key that is accepted must be known the next time. See that ${file ?? 'a known_hosts file'} can be written. Nothing was sent to the host.`,
      cause: thrown,
    });
  }
  // Another program may have been faster, with another key.
  const now = keysOf(await readKnownHosts(target.knownHostsFiles), name);
  return hostKeyFailure(target, now, judgeHostKey(now, key), shown);
}
