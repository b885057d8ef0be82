import { Failure, reason } from '../core/failure.ts';
import { ageBegin, ageEnd } from './seal.ts';

/** Loaded when the first secret is met: most runs have none. */
const library = () => import('age-encryption');

/** Encrypts to each of the recipients (`age1...`). Armored. Throws Failure `invalid` for a recipient that is none. */
export async function sealWithAge(text: string, recipients: readonly string[]): Promise<string> {
  const { armor, Encrypter } = await library();
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new Failure('invalid', `"${recipient}" is not a recipient of age`, {
        hint: 'One looks like age1...: `age-keygen -y KEYFILE` tells yours. SSH keys are not taken.',
      });
    }
  }
  return `${armor.encode(await encrypter.encrypt(text)).trimEnd()}\n`;
}

/** What opens a text of age: identities (`AGE-SECRET-KEY-1...`), or a passphrase where it was encrypted with one. */
export type AgeKeys = { readonly identities: readonly string[] } | { readonly passphrase: string };

/**
 * The text in an armored one; undefined: these keys do not open it. Throws Failure `invalid`, its message without a place, for an identity
 * that is none and for a text that was altered.
 */
export async function openWithAge(armored: string, keys: AgeKeys): Promise<string | undefined> {
  const { armor, Decrypter } = await library();
  const decrypter = new Decrypter();
  if ('passphrase' in keys) decrypter.addPassphrase(keys.passphrase);
  else for (const identity of keys.identities) decrypter.addIdentity(identity);
  try {
    const bytes = await decrypter.decrypt(armor.decode(armored));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    if (reason(thrown).startsWith('no identity matched')) return undefined;
    const because = thrown instanceof TypeError ? 'what is in it is not UTF-8 text' : 'it is cut short, or was altered';
    throw new Failure('invalid', because, { cause: thrown });
  }
}

/** Was it encrypted with a passphrase, and not to recipients? The header tells it in the clear. */
export function hasPassphrase(armored: string): boolean {
  const body = armored.replace(ageBegin, '').replace(ageEnd, '');
  return /\n-> scrypt /.test(Buffer.from(body, 'base64').toString('latin1').slice(0, 200));
}

/** The identities in the text of a key file. Throws Failure `invalid`, its message without a place. */
export async function identitiesIn(text: string): Promise<readonly string[]> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const { identityToRecipient } = await library();
  for (const identity of identities) {
    await identityToRecipient(identity).catch(() => {
      const ssh = /PRIVATE KEY/.test(identity) ? ' SSH keys are not taken.' : '';
      throw new Failure('invalid', 'it holds something else than identities of age (AGE-SECRET-KEY-1...)', {
        hint: `\`age-keygen -o KEYFILE\` makes one.${ssh}`,
      });
    });
  }
  if (identities.length === 0) throw new Failure('invalid', 'there is no identity of age in it');
  return identities;
}
