import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';

/** One address of a device, from `ip -o address show`. */
export interface AddressLine {
  /** With its length: 10.4.7.21/24; of a point-to-point address the local end alone. */
  readonly address: string;
  /** The other end, with its length. */
  readonly peer?: string;
  readonly broadcast?: string;
  readonly scope: string;
  readonly metric?: number;
  readonly label?: string;
  readonly flags: readonly string[];
  /** Not to be spoken from where there is another: its preferred lifetime is 0. */
  readonly deprecated?: true;
  /** Given for a time by a DHCP client or a router's advertisement, and taken back by it. */
  readonly lent: boolean;
}

/** What somebody asked for; the others are the kernel's own. */
const settable = new Set(['noprefixroute', 'nodad', 'home', 'mngtmpaddr', 'autojoin']);
const pairs = new Set(['peer', 'brd', 'any', 'scope', 'metric', 'proto', 'valid_lft', 'preferred_lft']);

/** The addresses of `device`, of one family, in the order in which they were added: of IPv6 the kernel lists the newest first. Throws Failure `unreadable`. */
export function addressLines(stdout: string, device: string): readonly AddressLine[] {
  const lines = stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => addressLine(line, device));
  return lines[0]?.address.includes(':') === true ? lines.reverse() : lines;
}

function addressLine(line: string, device: string): AddressLine {
  const [, name, family, address, ...words] = line.split(/[\s\\]+/).filter((word) => word !== '');
  if (address === undefined || name?.replace(/[:@].*$/, '') !== device || !/^inet6?$/.test(family ?? '')) {
    throw new Failure('unreadable', `"${cut(line, 200)}" is not a line of ip -o address show`, {
      hint: 'Nothing was changed. See what `ip -o address show` prints on the host.',
    });
  }
  const values = new Map<string, string>();
  const flags: string[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (pairs.has(word)) {
      values.set(word, words[i + 1] ?? '');
      i += 1;
    } else flags.push(word);
  }
  const label = flags.find((word) => word.startsWith(`${device}:`));
  const metric = values.get('metric');
  return {
    address,
    ...optional('peer', values.get('peer')),
    ...optional('broadcast', values.get('brd')),
    scope: values.get('scope') ?? 'global',
    ...(metric === undefined ? {} : { metric: Number(metric) }),
    ...optional('label', label),
    flags: flags.filter((word) => settable.has(word)),
    ...(flags.includes('deprecated') || values.get('preferred_lft') === '0' ? { deprecated: true } : {}),
    lent: flags.includes('dynamic'),
  };
}

function optional<Name extends string>(name: Name, value: string | undefined): { readonly [key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: string });
}

/** The words after `ip address add` that make it again. */
export function addressWords(line: AddressLine): string {
  const { address, peer, broadcast, scope, metric, label, flags, deprecated, lent } = line;
  return [
    address,
    ...(peer === undefined ? [] : ['peer', peer]),
    ...(broadcast === undefined ? [] : ['broadcast', broadcast]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    'scope',
    scope,
    ...(label === undefined ? [] : ['label', label]),
    ...flags,
    ...(deprecated === true && !lent ? ['preferred_lft', '0'] : []),
  ].join(' ');
}
