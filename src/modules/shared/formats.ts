import { Address4, Address6, AddressError } from 'ip-address';
import { Failure } from '../../core/failure.ts';
import { didYouMean } from '../../core/nearest.ts';
import { re2Fault } from '../../core/re2-fault.ts';
import { remembered } from '../../core/remembered.ts';
import { shown } from '../../core/shown.ts';
import type { TextPart } from '../../core/text-part.ts';
import { protocolWords, tosHex, tosNumber, tosWords } from './ip-names.ts';
import { prefixOf } from './prefix.ts';

/** A kind of text that a schema names by `format`. */
interface Format {
  /** "a network": what it must be. */
  readonly words: string;
  fits(text: string): boolean;
  /** How this text would be right. */
  hint(text: string): string;
  /** The part of it that is wrong, where that is not all of it. */
  place?(text: string): { readonly offset: number; readonly width: number } | undefined;
}

/** For schemas: the name of a device and a MAC address, with patterns for editors. */
export const device = { type: 'string', format: 'device', pattern: '^[^\\s/:@-][^\\s/:@]{0,14}$' } as const;
export const mac = { type: 'string', format: 'mac', pattern: '^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$' } as const;

const devicePattern = new RegExp(device.pattern);
const macPattern = new RegExp(mac.pattern);
const scopes = ['global', 'site', 'link', 'host', 'nowhere'];

const address: Format = {
  words: 'an IP address',
  fits: (text) => isAddress(text),
  hint: (text) =>
    isAddress(text.split('/')[0] ?? '') ? `Without a length: ${text.split('/')[0]}.` : 'As 10.4.7.22 or 2001:db8::22.',
};

const host: Format = {
  words: 'the address or the name of a host',
  fits: (text) => (/^[\d.]+$|:/.test(text) ? isAddress(text) : isHostName(text)),
  hint: (text) => {
    const name = /^[a-z]+:\/\/\[?([^/\]]+?)\]?(:\d+)?(\/.*)?$/i.exec(text)?.[1] ?? /^(.+?)[:/]\d+$/.exec(text)?.[1];
    if (name !== undefined && host.fits(name)) return `Only the host: ${name}.`;
    return 'As 10.4.7.22, 2001:db8::22 or node22.example.com.';
  },
};

const network: Format = {
  words: 'a network',
  fits: (text) => networkFault(text) === undefined,
  hint: (text) => networkFault(text) ?? '',
};

const known = {
  ip: address,
  ipv4: {
    words: 'an IPv4 address',
    fits: (text) => !text.includes(':') && isAddress(text),
    hint: (text) => (text.includes('/') ? address.hint(text) : 'As 10.4.7.22.'),
  },
  ipv6: {
    words: 'an IPv6 address',
    fits: (text) => text.includes(':') && isAddress(text),
    hint: (text) => (text.includes('/') ? address.hint(text) : 'As 2001:db8::22.'),
  },
  'ip-or-empty': { ...address, words: 'an IP address, or empty', fits: (text) => text === '' || isAddress(text) },
  'ip-interface': {
    words: 'an IP address with its length',
    fits: (text) => isAddress(text, true),
    hint: () => 'As 10.4.7.21/24 or 2001:db8::21/64.',
  },
  'ip-network': network,
  'ipv4-network': {
    ...network,
    fits: (text) => text.includes('/') && !text.includes(':') && network.fits(text),
    hint: (text) => (text.includes('/') && !text.includes(':') ? network.hint(text) : 'As 172.7.21.0/24.'),
  },
  'ip-destination': {
    words: 'a network, an address or "default"',
    fits: (text) => text === 'default' || network.fits(text),
    hint: (text) => didYouMean(text, ['default']) ?? network.hint(text),
  },
  'ip-selector': {
    words: 'a network, an address or "all"',
    fits: (text) => text === 'all' || text === 'default' || network.fits(text),
    hint: (text) => didYouMean(text, ['all', 'default']) ?? network.hint(text),
  },
  device: {
    words: 'the name of a network device',
    fits: (text) => devicePattern.test(text) && text !== '.' && text !== '..',
    hint: (text) => {
      const [name = ''] = text.split('@');
      if (name !== text && devicePattern.test(name)) return `What ip shows after @ is not of the name: ${name}.`;
      return 'At most 15 characters, without blanks, slashes and colons: eth0, flannel.1.';
    },
  },
  mac: {
    words: 'a MAC address',
    fits: (text) => macPattern.test(text),
    hint: (text) => {
      const digits = text.replace(/[-.:]/g, '');
      if (!/^[0-9a-f]{12}$/i.test(digits)) return 'Six pairs of hexadecimal digits: 2e:bf:3c:46:c0:e2.';
      return `Write ${digits.match(/../g)?.join(':').toLowerCase()}.`;
    },
  },
  'link-address': {
    words: 'a MAC address or, for a tunnel, an IP address',
    fits: (text) => /^[0-9a-f]{2}(:[0-9a-f]{2})+$/i.test(text) || isAddress(text),
    hint: () => 'As 2e:bf:3c:46:c0:e2, in quotes.',
  },
  host,
  'address-or-device': {
    words: 'an IP address, a device, or empty',
    fits: (text) => text === '' || (/^[\d.]+$|:/.test(text) ? isAddress(text) : devicePattern.test(text)),
    hint: () => 'As 172.7.21.2 or eth0.',
  },
  'http-url': {
    words: 'a URL of http or https',
    fits: (text) => /^https?:\/\//.test(text) && isUrl(text),
    hint: (text) => (/^https?:/.test(text) ? 'Look at its host and its port.' : `Did you mean "http://${text}"?`),
  },
  endpoint: {
    words: 'the address of an etcd server',
    fits: (text) => isUrl(/^https?:\/\//.test(text) ? text : `http://${text}`),
    hint: () => 'As http://10.4.7.12:2379.',
  },
  're2-pattern': {
    words: 'an RE2 expression',
    fits: (text) => re2Fault(text) === undefined,
    hint: (text) => {
      const { message, hint } = re2Fault(text) ?? { message: '', hint: '' };
      return `${message.charAt(0).toUpperCase()}${message.slice(1)}. ${hint}`;
    },
    place: re2Fault,
  },
  'route-scope': {
    words: 'the scope of a route',
    fits: (text) => scopes.includes(text) || isByte(text),
    hint: (text) => didYouMean(text, scopes) ?? 'global, link or host.',
  },
  tos: {
    words: 'a type of service',
    // ip reads every number as a hexadecimal one.
    fits: (text) => (/^\d/.test(text) ? /^(0x[0-9a-f]{1,2}|\d)$/i.test(text) : tosNumber(text) !== undefined),
    hint: (text) =>
      /^\d+$/.test(text) && isByte(text)
        ? `In hexadecimal: ${tosHex(Number(text))}.`
        : (didYouMean(text, tosWords) ?? 'A number up to 0xff, or a name: 0x10, CS1, AF11, EF.'),
  },
  'ip-protocol': {
    words: 'a protocol on top of IP',
    fits: (text) => (/^\d+$/.test(text) ? isByte(text) && Number(text) > 0 : isProtocol(text)),
    hint: (text) => didYouMean(text, protocolWords) ?? 'A name or a number of 1 to 255: tcp, udp, ipv6-icmp, 89.',
  },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof known;

/** As Ajv takes them. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = Object.fromEntries(
  Object.entries(known).map(([name, { fits }]) => [name, remembered(fits)]),
);

/** Is the text of this kind? */
export function isOf(name: FormatName, text: string): boolean {
  return formats[name]?.(text) === true;
}

interface FormatFault {
  readonly message: string;
  readonly hint: string;
  readonly within?: TextPart;
}

/** What is said of a text that is not of this kind. */
export function formatFault(name: FormatName, text: string): FormatFault {
  const { words, hint, place }: Format = known[name];
  const at = place?.(text);
  return {
    ...{ message: `must be ${words}, not ${shown(text)}`, hint: hint(text) },
    ...(at === undefined ? {} : { within: { text, offset: at.offset, width: at.width } }),
  };
}

function isAddress(text: string, withLength = false): boolean {
  if (text.includes('/') && !withLength) return false;
  try {
    return (text.includes(':') ? new Address6(text) : new Address4(text)) !== undefined;
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}

function networkFault(text: string): string | undefined {
  try {
    prefixOf(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.message.includes('host bits') ? `It has host bits set. ${error.hint}` : error.hint;
  }
}

function isHostName(text: string): boolean {
  return text.length <= 253 && /^(?!-)[\w-]{1,63}(\.[\w-]{1,63})*\.?$/.test(text);
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).port !== '0';
}

function isByte(text: string): boolean {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) && Number(text) <= 255;
}

function isProtocol(text: string): boolean {
  return protocolWords.includes(text.toLowerCase());
}
