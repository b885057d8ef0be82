import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { Failure } from '../core/failure.ts';

/** What Ansible Vault has encrypted, taken apart. */
export interface VaultText {
  /** Of format 1.2: which password is meant. */
  readonly label?: string;
  readonly salt: Buffer;
  /** HMAC-SHA256 over `sealed`. */
  readonly mac: Buffer;
  readonly sealed: Buffer;
}

const header = /^\$ANSIBLE_VAULT;(1\.[12]);(\w+)(?:;([^\r\n]*))?\r?\n/;

/** Formats 1.1 and 1.2 with AES256, which is what ansible-vault writes. Throws Failure `invalid`, its message without a place. */
export function parseVault(text: string): VaultText {
  const [line, , cipher, label] = header.exec(text) ?? [];
  if (line === undefined) throw invalid('its first line is not that of a vault of format 1.1 or 1.2');
  if (cipher !== 'AES256') throw invalid(`it is encrypted with ${cipher}; only AES256 is known`);
  const [salt, mac, sealed] = fromHex(text.slice(line.length).replace(/\s+/g, '')).toString('latin1').split('\n');
  if (salt === undefined || mac === undefined || sealed === undefined) throw invalid('it is cut short');
  return {
    salt: fromHex(salt),
    mac: fromHex(mac),
    sealed: fromHex(sealed),
    ...(label === undefined ? {} : { label: label.trim() }),
  };
}

/** The text in it; undefined: this is not its password, or the vault was altered. Throws Failure `invalid`. */
export function openVault({ salt, mac, sealed }: VaultText, password: string): string | undefined {
  const keys = pbkdf2Sync(password, salt, 10_000, 80, 'sha256');
  const found = createHmac('sha256', keys.subarray(32, 64)).update(sealed).digest();
  if (found.length !== mac.length || !timingSafeEqual(found, mac)) return undefined;
  const cipher = createDecipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64, 80));
  const padded = Buffer.concat([cipher.update(sealed), cipher.final()]);
  const bytes = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid('what is in it is not UTF-8 text');
  }
}

function fromHex(text: string): Buffer {
  if (text.length % 2 === 0 && /^[\da-fA-F]*$/.test(text)) return Buffer.from(text, 'hex');
  throw invalid('it is cut short, or was altered');
}

function invalid(message: string): Failure {
  return new Failure('invalid', message);
}
