import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';

/** An entry that somebody configured, from `ip neigh show dev X`. */
export interface Neighbour {
  readonly address: string;
  readonly lladdr?: string;
  /** permanent or noarp; of a proxy entry none. */
  readonly nud?: string;
  readonly router: boolean;
  readonly learned: boolean;
  readonly proxy: boolean;
  /** Who wrote it, where that is said: bgp, 186. */
  readonly protocol?: string;
}

/** Throws Failure `unreadable`. What the kernel makes for multicast by itself is left out. */
export function neighbourLines(stdout: string): readonly Neighbour[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(neighbour)
    .filter(({ address }) => !/^(ff|2(2[4-9]|3\d)\.)/i.test(address));
}

function neighbour(line: string): Neighbour {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const [address = ''] = words;
  if (!/^[0-9a-f.:]+$/i.test(address) || !/[.:]/.test(address)) {
    throw new Failure('unreadable', `"${cut(line, 200)}" is not a line of ip neigh show`, {
      hint: 'Nothing was changed. See what `ip neigh show` prints on the host.',
    });
  }
  const at = words.indexOf('lladdr');
  const lladdr = at === -1 ? undefined : words[at + 1];
  const nud = words.find((word) => word === 'PERMANENT' || word === 'NOARP')?.toLowerCase();
  const by = words.indexOf('proto');
  const protocol = by === -1 ? undefined : words[by + 1];
  return {
    address,
    ...(lladdr === undefined ? {} : { lladdr }),
    ...(nud === undefined ? {} : { nud }),
    router: words.includes('router'),
    learned: words.includes('extern_learn'),
    proxy: words.includes('proxy'),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

/** The words after `ip neigh replace` that make it again, but for its device. */
export function neighbourWords({ address, lladdr, nud, router, learned, proxy, protocol }: Neighbour): string {
  const by = protocol === undefined ? [] : ['protocol', protocol];
  if (proxy) return ['proxy', address, ...(router ? ['router'] : []), ...by].join(' ');
  return [
    address,
    ...(lladdr === undefined ? [] : ['lladdr', lladdr]),
    ...(nud === undefined ? [] : ['nud', nud]),
    ...(router ? ['router'] : []),
    ...(learned ? ['extern_learn'] : []),
    ...by,
  ].join(' ');
}
