import { cut } from '../../core/cut.ts';
import type { EtcdSnapshot, HostSnapshot } from '../snapshot/shape.ts';

/** A thing that two readings of a host do not agree on. */
interface Difference {
  readonly what: string;
  readonly why: string;
}

/** Where a copy of a host differs from what was read of the host itself. What flanneld's network is made of is compared, not how the lab is wired. */
export function differencesOf(real: HostSnapshot, copy: HostSnapshot): Difference[] {
  return [
    ...compared('link', links(real), links(copy)),
    ...compared('address', addresses(real), addresses(copy)),
    ...lists('route', real.routes, copy.routes),
    ...lists('rule', real.rules, copy.rules),
    ...lists('neighbour', permanent(real), permanent(copy)),
    ...lists('forwarding', [...real.forwarding].sort(), [...copy.forwarding].sort()),
    ...ruleSets(real, copy),
    ...compared('sysctl', settings(real, copy), settings(copy, real)),
    ...compared('file', real.files, copy.files),
    ...compared('program', programs(real), programs(copy)),
    ...etcd(real.etcd, copy.etcd),
  ];
}

type Values = Readonly<Record<string, string>>;

function links({ links }: HostSnapshot): Values {
  const own = links.filter(({ name, kind, master }) => name !== 'lo' && !(kind === 'veth' && master !== undefined));
  return Object.fromEntries(
    own.map(({ name, mac, mtu, up, options }) => [
      name,
      `${up ? 'up' : 'down'} mtu ${mtu} address ${mac} ${options ?? ''}`.trim(),
    ]),
  );
}

function addresses({ addresses }: HostSnapshot): Values {
  return Object.fromEntries(
    addresses.map(({ address, dev, scope, peer }) => [
      `${address} dev ${dev}`,
      `scope ${scope}${peer === undefined ? '' : ` peer ${peer}`}`,
    ]),
  );
}

function permanent({ neighbours }: HostSnapshot): string[] {
  return neighbours.filter((line) => line.endsWith(' PERMANENT')).sort();
}

/** Without those of links that the other one does not have: the link itself is told of. */
function settings({ sysctl }: HostSnapshot, other: HostSnapshot): Values {
  const ofLink = /\/conf\/(?!all\/|default\/)/;
  return Object.fromEntries(
    Object.entries(sysctl).filter(([path]) => !ofLink.test(path) || other.sysctl[path] !== undefined),
  );
}

function programs({ supervisor }: HostSnapshot): Values {
  return Object.fromEntries((supervisor ?? []).map(({ name, state }) => [name, state]));
}

function ruleSets(real: HostSnapshot, copy: HostSnapshot): Difference[] {
  const names = new Set([...Object.keys(real.iptables), ...Object.keys(copy.iptables)]) as Set<
    keyof HostSnapshot['iptables']
  >;
  return [...names].flatMap((set) => {
    const tables = (dump: readonly string[] = []): string[] => {
      let table = '';
      return dump.flatMap((line) => {
        if (line.startsWith('*')) table = line.slice(1);
        // A table without rules and with open policies is as good as none.
        if (/^(\*|COMMIT$|:\S+ ACCEPT )/.test(line)) return [];
        // Older versions quote a comment of one word too.
        return [`${table}: ${line.replace(/ --comment "([\w.:/-]+)"/g, ' --comment $1')}`];
      });
    };
    return lists(set, tables(real.iptables[set]), tables(copy.iptables[set]));
  });
}

function etcd(real: EtcdSnapshot | null, copy: EtcdSnapshot | null): Difference[] {
  if (!real) return [];
  const values = (one: EtcdSnapshot | null): Values => ({
    ...(one?.config === null || one === null ? {} : { config: one.config }),
    ...Object.fromEntries((one?.leases ?? []).map(({ key, value }) => [key, canonical(value)])),
  });
  return compared('etcd', values(real), values(copy));
}

/** A lease's value without the order of its fields. */
function canonical(value: string): string {
  try {
    const fields = JSON.parse(value) as Record<string, unknown>;
    return JSON.stringify(Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))));
  } catch {
    return value;
  }
}

function compared(word: string, real: Values, copy: Values): Difference[] {
  const gone = Object.keys(real).flatMap((name) => {
    const [was, is] = [real[name], copy[name]];
    if (was === is) return [];
    return [
      { what: `${word} ${name}`, why: is === undefined ? 'it is not there' : `it is ${short(is)}, was ${short(was)}` },
    ];
  });
  const more = Object.keys(copy).filter((name) => real[name] === undefined);
  return [...gone, ...more.map((name) => ({ what: `${word} ${name}`, why: 'the real host does not have it' }))];
}

/** Each line as often as it is there; the order is compared where all lines are the same. */
function lists(word: string, real: readonly string[], copy: readonly string[]): Difference[] {
  const gone = without(real, copy).map((line) => ({ what: `${word} ${line}`, why: 'it is not there' }));
  const more = without(copy, real).map((line) => ({ what: `${word} ${line}`, why: 'the real host does not have it' }));
  if (gone.length + more.length > 0 || real.every((line, index) => line === copy[index])) return [...gone, ...more];
  return [{ what: `${word}s`, why: 'their order is another one' }];
}

function without(lines: readonly string[], taken: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of taken) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function short(text = ''): string {
  return cut(text, 99);
}
