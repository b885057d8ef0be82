import { type Command, script } from '../../core/command.ts';
import { lockScript2, lockScript3, unmakeScript2, whichScript, writeScript2, writeScript3 } from './etcd-scripts.ts';
import type { EtcdValue } from './etcdctl.ts';

/** A key, and how the host reaches the etcd that has it. */
export interface Target {
  readonly key: string;
  readonly endpoints?: readonly string[];
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Longer than etcdctl's own limits, so that it is etcdctl who says what became of a write. */
const timeoutMs = 25_000;

/** Reads the key from one API, with a quorum. */
export function readKey(api: 2 | 3, target: Target): Command {
  const { key } = target;
  const question = api === 2 ? ['-o', 'json', 'get', '--quorum', '--', key] : ['get', '-w', 'json', '--', key];
  return { argv: ['etcdctl', ...flags(target, api), ...question], env: { ETCDCTL_API: String(api) } };
}

/** Reads the key from both APIs, and the directory of flannel's leases, if any, to see which of them is in use. */
export function readBoth(target: Target, leases: string): Command {
  return script(whichScript, [...whereOf(target), target.key, leases]);
}

/**
 * One compare-and-swap. Without an index (a state that is only planned) the value itself is compared. `unmake`: with a key go the
 * directories of API 2 that were made with it, where they are empty.
 */
export function swap(
  api: 2 | 3,
  target: Target,
  from: EtcdValue | null,
  to: EtcdValue | null,
  unmake = false,
): Command {
  return api === 2 ? swapV2(target, from, to, unmake) : swapV3(target, from, to);
}

/** A write that is only done while this lock is held: taken, the write, and given back in one command. */
export function locked(
  api: 2 | 3,
  target: Target,
  { key, ttl = 60 }: { readonly key: string; readonly ttl?: number },
  { argv, ...rest }: Command,
): Command {
  return script(api === 2 ? lockScript2 : lockScript3, [...whereOf(target), key, String(ttl), ...argv], rest);
}

/** The endpoints' hosts, without scheme and port. */
export function hostsOf({ endpoints = ['http://127.0.0.1:2379'] }: Target): readonly string[] {
  return endpoints.map((endpoint) => {
    const [, six, other = ''] = /^(?:[a-z]+:\/\/)?(?:\[([^\]]*)\]|([^:/]*))/i.exec(endpoint) ?? [];
    return six ?? other;
  });
}

/** Endpoints, CA, certificate and key, "" for none: the first words of the scripts. */
export function whereOf({
  endpoints = ['http://127.0.0.1:2379'],
  tls = {},
}: Target): readonly [string, string, string, string] {
  return [endpoints.join(','), tls.ca ?? '', tls.cert ?? '', tls.key ?? ''];
}

function flags(target: Target, api: 2 | 3): readonly string[] {
  const [endpoints, ...files] = whereOf(target);
  const names = api === 2 ? ['--ca-file', '--cert-file', '--key-file'] : ['--cacert', '--cert', '--key'];
  // --no-sync: otherwise the client goes on to the members' advertised URLs, which it may not reach.
  const start = [...(api === 2 ? ['--no-sync'] : []), '--endpoints', endpoints];
  return [...start, ...files.flatMap((file, i) => (file === '' ? [] : [names[i] ?? '', file]))];
}

function swapV2(target: Target, from: EtcdValue | null, to: EtcdValue | null, unmake: boolean): Command {
  const compare = (verb: string): readonly string[] =>
    from?.index === undefined ? [`--${verb}-value`, from?.value ?? ''] : [`--${verb}-index`, from.index];
  const change = to === null ? ['rm', ...compare('with')] : from === null ? ['mk'] : ['set', ...compare('swap-with')];
  const ttl = to?.ttl === undefined ? [] : ['--ttl', to.ttl];
  // The value goes by standard input, where any text is safe; only an empty one must be a word.
  const empty = to?.value === '' ? [''] : [];
  const words = [...flags(target, 2), ...change, ...ttl, '--', target.key, ...empty];
  const rest = { env: { ETCDCTL_API: '2' }, timeoutMs, ...(to === null ? {} : { stdin: to.value }) };
  const isUnmade = to === null && unmake;
  return isUnmade
    ? script(unmakeScript2, [...whereOf(target), target.key, ...words], rest)
    : script(writeScript2, [target.key, ...words], rest);
}

function swapV3(target: Target, from: EtcdValue | null, to: EtcdValue | null): Command {
  // Go's double-quoted strings; etcdctl mishandles every other quoting.
  const quoted = (text: string): string => JSON.stringify(text);
  const compare =
    from === null
      ? `create(${quoted(target.key)}) = "0"`
      : from.index === undefined
        ? `value(${quoted(target.key)}) = ${quoted(from.value)}`
        : `mod(${quoted(target.key)}) = ${quoted(from.index)}`;
  const lease = to?.lease === undefined ? '' : `--lease=${to.lease} `;
  const change = to === null ? `del ${quoted(target.key)}` : `put ${lease}-- ${quoted(target.key)} ${quoted(to.value)}`;
  const stdin = `${compare}\n\n${change}\n\n\n`;
  return script(writeScript3, [target.key, ...flags(target, 3), 'txn'], {
    env: { ETCDCTL_API: '3' },
    timeoutMs,
    stdin,
  });
}
