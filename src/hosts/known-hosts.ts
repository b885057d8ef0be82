import { createHash, createHmac, randomBytes } from 'node:crypto';

/** One line of a known_hosts file. */
export interface KnownKey {
  /** The first field: patterns, or `|1|salt|hash`. */
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
  readonly revoked: boolean;
  /** Where it stands. */
  readonly file: string;
  readonly line: number;
}

export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

/** The usable lines; comments, broken lines and certificate authorities (not supported) are passed over. */
export function parseKnownHosts(text: string, file = ''): KnownKey[] {
  return text.split('\n').flatMap((line, index) => {
    const fields = line.trim().split(/[ \t]+/);
    if (fields[0] === undefined || fields[0] === '' || fields[0].startsWith('#')) return [];
    const mark = fields[0].startsWith('@') ? fields.shift() : undefined;
    const [hosts, type, base64] = fields;
    if (hosts === undefined || type === undefined || base64 === undefined) return [];
    if (mark !== undefined && mark !== '@revoked') return [];
    const key = Buffer.from(base64, 'base64');
    return keyType(key) === type ? [{ hosts, type, key, revoked: mark === '@revoked', file, line: index + 1 }] : [];
  });
}

/** The lines that speak of a host of this name: that of `knownHostsName`, or an alias. */
export function keysOf(known: readonly KnownKey[], name: string): KnownKey[] {
  return known.filter(({ hosts }) => (hosts.startsWith('|') ? hashedMatch(hosts, name) : patternsMatch(hosts, name)));
}

/** `known`: the lines that speak of this host. changed: another key of the same type is known. */
export function judgeHostKey(known: readonly KnownKey[], key: Buffer): HostKeyVerdict {
  const same = known.filter((line) => line.key.equals(key));
  if (same.some(({ revoked }) => revoked)) return 'revoked';
  if (same.length > 0) return 'known';
  const type = keyType(key);
  return known.some((line) => line.type === type && !line.revoked) ? 'changed' : 'unknown';
}

/** As known_hosts has it: `host`, or `[host]:port` for a port other than 22. */
export function knownHostsName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** `SHA256:...`, as ssh shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a public key in SSH's own encoding says it has; empty when it is none. */
export function keyType(key: Buffer): string {
  if (key.length < 4) return '';
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

/** A name as HashKnownHosts writes it: the file then does not tell which hosts it knows. */
export function hashedName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function hashedMatch(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function patternsMatch(hosts: string, name: string): boolean {
  const patterns = hosts.split(',');
  const says = (pattern: string) => glob(pattern.toLowerCase(), name);
  if (patterns.some((pattern) => pattern.startsWith('!') && says(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && says(pattern));
}

/** `*` and `?`; everything else is itself, brackets too. Linear in the name for each star. */
function glob(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let from = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++;
      from = n;
    } else if (pattern[p] === '?' || pattern[p] === name[n]) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++from;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
