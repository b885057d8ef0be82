import type { ArgumentFault } from '../../core/module.ts';
import { clash, familyOf, found, strange, unlike, wrong } from '../shared/faults.ts';
import { originName } from '../shared/ip-names.ts';
import type { RouteArgs } from './route-schema.ts';

const ways = ['via', 'dev', 'nexthops'] as const;
const ofOne = ['via', 'nexthops', 'src', 'metric', 'tos', 'type', 'onlink', 'mtu', 'encap', 'scope', 'pref'] as const;
const nowhere = ['blackhole', 'unreachable', 'prohibit', 'throw'];

/** What the arguments of `route` cannot mean together. */
export function routeFaults(args: RouteArgs): readonly ArgumentFault[] {
  const { to, within, state, except, via, dev, nexthops, src, type, pref, table } = args;
  const family = to === 'default' ? (familyOf(via) ?? 4) : familyOf(to ?? within);
  return found(
    nexthops !== undefined &&
      (via ?? dev) !== undefined &&
      clash(
        via === undefined ? 'dev' : 'via',
        '"nexthops" say all ways, and this is one more',
        'Make it one of "nexthops", or leave them out.',
      ),
    within !== undefined &&
      state === 'present' &&
      clash('state', 'a whole set of routes is only read or absent', 'Leave out "state", or name one route by "to".'),
    ...ofOne.map(
      (name) =>
        within !== undefined &&
        args[name] !== undefined &&
        clash(
          name,
          `"${name}" is of one route, and "within" means all of a set`,
          'Leave it out, or name the route by "to".',
        ),
    ),
    except !== undefined &&
      state !== 'absent' &&
      clash('except', '"except" leaves routes alone where others go', 'Say `state: absent`.'),
    ...ways.map(
      (name) =>
        type !== undefined &&
        nowhere.includes(type) &&
        args[name] !== undefined &&
        !(name === 'dev' && family === 6) &&
        clash(name, `a route of type ${type} leads nowhere`, `Leave out "${name}", or "type".`),
    ),
    ...listed(except?.to).map(({ text, path }) => unlike('ip-network', ['except', 'to', ...path], text)),
    ...listed(except?.dev).map(({ text, path }) => unlike('device', ['except', 'dev', ...path], text)),
    strange('src', src, family, 'the destination is'),
    family === 6 && familyOf(via) === 4 && strange('via', via, family, 'the destination is'),
    pref !== undefined && family === 4 && clash('pref', '"pref" is of IPv6 alone', 'Leave out "pref".'),
    /^-|^(0+|0x0+|all|unspec)$/i.test(String(table ?? '')) &&
      wrong('table', `is no table: ${table}`, 'Name one: main, 100.'),
    /^0\d*[1-9]/.test(String(table ?? '')) &&
      wrong('table', 'begins with 0: ip reads it as octal', `Did you mean "${Number(table)}"?`),
    args.proto !== undefined &&
      /^(kernel|ra|redirect)$/.test(originName(args.proto)) &&
      wrong('proto', 'is of routes that the kernel keeps itself', 'Leave it out, or say static.'),
  );
}

function listed(some: string | readonly string[] | undefined) {
  if (some === undefined) return [];
  return typeof some === 'string' ? [{ text: some, path: [] }] : some.map((text, i) => ({ text, path: [i] }));
}
