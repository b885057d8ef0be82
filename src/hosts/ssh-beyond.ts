import { readFile } from 'node:fs/promises';

interface Beyond {
  readonly proxyCommand: string | undefined;
  /** Absolute paths that are named as such. */
  readonly certificateFiles: readonly string[];
  readonly identityFiles: readonly string[];
}

/** What of this only the ssh command can do, in words; undefined: nothing. */
export async function beyondBuiltin({
  proxyCommand,
  certificateFiles,
  identityFiles,
}: Beyond): Promise<string | undefined> {
  if (proxyCommand !== undefined && proxyCommand !== 'none') return 'a ProxyCommand';
  if (certificateFiles.length > 0) return `a certificate, ${certificateFiles[0]}`;
  const keys = await Promise.all(identityFiles.map(async (file) => ({ file, kind: await kindOf(file) })));
  const certified = keys.find(({ kind }) => kind === 'certified');
  if (certified !== undefined) return `a certificate, ${certified.file}-cert.pub`;
  const usable = keys.filter(({ kind }) => kind !== 'none');
  const onToken = usable.every(({ kind }) => kind === 'token') ? usable[0] : undefined;
  return onToken === undefined ? undefined : `a key on a security token, ${onToken.file}`;
}

async function kindOf(file: string): Promise<'none' | 'plain' | 'token' | 'certified'> {
  const read = (name: string) => readFile(name, 'utf8').catch(() => undefined);
  const [key, certificate] = await Promise.all([read(file), read(`${file}-cert.pub`)]);
  if (key === undefined) return 'none';
  if (certificate !== undefined) return 'certified';
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(key)?.[1] ?? '';
  // The public half stands in front, in plain, also of a key with a passphrase.
  const front = Buffer.from(body, 'base64').subarray(0, 400).toString('latin1');
  return /sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/.test(front) ? 'token' : 'plain';
}
