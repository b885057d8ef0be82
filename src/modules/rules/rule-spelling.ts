import {
  originName,
  otherSpellings,
  protocolName,
  tableName,
  tosHex,
  tosName,
  tosNumber,
  tosWord,
} from '../shared/ip-names.ts';
import { prefixOf } from '../shared/prefix.ts';

/** What a user says of a selector, as a word that `ip rule` takes, and takes for the same. */
export function forIp(name: string, value: string): string {
  switch (name) {
    case 'from':
    case 'to':
      return prefixWord(value);
    case 'fwmark':
      return markWord(value);
    case 'tos':
      return tosWord(value);
    case 'ipproto':
      return protocolWord(value);
    case 'sport':
    case 'dport':
      return rangeWord(value).replace(/^(\d+)-\1$/, '$1');
    case 'uidrange':
      return rangeWord(value);
    default:
      return value;
  }
}

/** One spelling for all that mean the same: of what a user says, and of what `ip` prints by the names that a host has. */
export function usualSpelling(name: string, value: string): string {
  switch (name) {
    case 'tos':
      return tosName(value);
    case 'ipproto':
      return protocolName(value);
    case 'lookup':
      return tableName(value);
    case 'proto':
      return originName(value);
    case 'suppress_ifgroup':
      return value === 'default' ? '0' : plainNumber(value);
    case 'realms':
      return value
        .split('/')
        .map((part) => (part === 'cosmos' ? '0' : plainNumber(part)))
        .join('/')
        .replace(/^0\//, '');
    default:
      return value;
  }
}

/** For the guard: every other spelling of a selector that `ip` may print, as `NAME VALUE`. */
export function printedOtherwise(name: string, value: string): readonly string[] {
  const number = name === 'tos' ? tosNumber(value) : undefined;
  const others = name === 'ipproto' ? otherSpellings(value) : number === undefined ? [] : [tosHex(number)];
  return others.filter((other) => other !== value).map((other) => `${name} ${other}`);
}

function prefixWord(text: string): string {
  if (text === 'all' || text === 'default') return 'all';
  const short = prefixOf(text).text;
  return short === 'default' ? 'all' : short;
}

/** In hexadecimal, and of all bits where no mask is said. `ip` takes 0 alone for no mark at all, so it has its mask. */
function markWord(text: string): string {
  const [mark = '', mask] = text.split('/').map((part) => {
    const number = Number(part);
    return number === 0 ? '0' : `0x${number.toString(16)}`;
  });
  return mask === undefined || (mask === '0xffffffff' && mark !== '0') ? mark : `${mark}/${mask}`;
}

/** Usual names and numbers every host knows; of other names the number. */
function protocolWord(text: string): string {
  if (/^\d+$/.test(text)) return String(Number(text));
  const name = protocolName(text);
  return name === text.toLowerCase() ? name : (otherSpellings(name).at(-1) ?? name);
}

function rangeWord(text: string): string {
  return text.replace(/\b0+(?=\d)/g, '');
}

function plainNumber(text: string): string {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) ? String(Number(text)) : text;
}
