/** A node's lease of a subnet, as flannel keeps it in etcd. */
export interface Lease {
  /** As in a route: 172.7.21.0/24. */
  readonly subnet: string;
  readonly publicIp: string;
  /** In lower case; `udp` is not written by flannel. */
  readonly type: string;
  readonly mac: string | undefined;
}

/**
 * Reads leases as etcd's v2 API, its v3 gateway and etcdctl of either print them: one JSON document, or one a line.
 * undefined when it is none of these.
 */
export function parseLeases(text: string): readonly Lease[] | undefined {
  const documents = documentsIn(text);
  if (documents === undefined) return undefined;
  return documents.flatMap(pairsIn).flatMap(({ key, value }) => lease(key, value));
}

/** The value of one key, as the same print it; undefined when there is none. */
export function parseValue(text: string): string | undefined {
  return documentsIn(text)?.flatMap(pairsIn)[0]?.value;
}

function documentsIn(text: string): readonly Document[] | undefined {
  try {
    const whole = JSON.parse(text) as unknown;
    return isObject(whole) && !('errorCode' in whole) && !('error' in whole) ? [whole] : undefined;
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) return undefined;
    const each = lines.map((line) => documentsIn(line));
    return each.every((one) => one !== undefined) ? each.flat() : undefined;
  }
}

interface Document {
  readonly node?: V2Node;
  readonly kvs?: readonly { readonly key: string; readonly value?: string }[];
}

interface V2Node {
  readonly key: string;
  readonly value?: string;
  readonly nodes?: readonly V2Node[] | null;
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

function pairsIn({ node, kvs }: Document): readonly Pair[] {
  if (node !== undefined) return v2Pairs(node);
  return (kvs ?? []).map(({ key, value = '' }) => ({ key: decoded(key), value: decoded(value) }));
}

function v2Pairs({ key, value, nodes }: V2Node): readonly Pair[] {
  return [...(value === undefined || value === '' ? [] : [{ key, value }]), ...(nodes ?? []).flatMap(v2Pairs)];
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function lease(key: string, value: string): readonly Lease[] {
  const subnet = /\/(\d+\.\d+\.\d+\.\d+)-(\d+)$/.exec(key);
  if (subnet === null) return [];
  const held = attributes(value);
  const text = (name: string): string => (typeof held[name] === 'string' ? held[name] : '');
  const data = held.BackendData;
  const mac = isObject(data) && 'VtepMAC' in data ? String(data.VtepMAC).toLowerCase() : undefined;
  const type = (text('BackendType') || 'udp').toLowerCase();
  return [{ subnet: `${subnet[1]}/${subnet[2]}`, publicIp: text('PublicIP'), type, mac }];
}

function attributes(value: string): Readonly<Record<string, unknown>> {
  try {
    const held = JSON.parse(value) as unknown;
    return isObject(held) ? (held as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
