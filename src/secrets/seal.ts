/** What a text is encrypted with. */
export type Seal = 'age' | 'vault' | 'sops';

export const ageBegin = '-----BEGIN AGE ENCRYPTED FILE-----';
export const ageEnd = '-----END AGE ENCRYPTED FILE-----';
export const vaultBegin = '$ANSIBLE_VAULT;';

/** What a whole text is encrypted with; undefined: it is not, though values in it may be. */
export function sealOf(text: string): Seal | undefined {
  if (text.startsWith(vaultBegin)) return 'vault';
  if (text.trimStart().startsWith(ageBegin)) return 'age';
  return isSops(text) ? 'sops' : undefined;
}

/** sops encrypts values one by one and adds a map `sops`, whose `mac` is over all of them. */
function isSops(text: string): boolean {
  if (/^sops:[ \t]*\r?$/m.test(text)) return /^[ \t]+mac: /m.test(text);
  if (!/^\s*\{/.test(text) || !text.includes('"sops"')) return false;
  try {
    const { sops } = JSON.parse(text) as { sops?: { mac?: unknown } | null };
    return sops?.mac !== undefined;
  } catch {
    return false;
  }
}

/** The bytes of a file that age wrote without armor, in armor: so it is text like any other. undefined: they are something else. */
export function armored(bytes: Buffer): string | undefined {
  if (!bytes.subarray(0, 21).equals(Buffer.from('age-encryption.org/v1'))) return undefined;
  return `${ageBegin}\n${bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n${ageEnd}\n`;
}
