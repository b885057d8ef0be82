import type { ArgumentFault } from '../../core/module.ts';
import { clash, familyOf, found, lacking, strange, wrong } from '../shared/faults.ts';
import { originName, tosHex, tosNumber } from '../shared/ip-names.ts';
import { isWhole, type RuleArgs } from './rule-description.ts';
import { usualSpelling } from './rule-spelling.ts';

const actions = ['table', 'type', 'goto', 'l3mdev'] as const;

/** What the arguments of `rule` cannot mean together. */
export function ruleFaults(args: RuleArgs): readonly ArgumentFault[] {
  const { family, from, to, priority, goto, exactly, table } = args;
  const said = actions.filter((name) => args[name] !== undefined && args[name] !== false);
  const familyOfAll = family ?? familyOf(from) ?? familyOf(to) ?? 4;
  const isNone = said.length === 0 && exactly === undefined && !isWhole(args) && args.state !== 'absent';
  return found(
    isNone &&
      lacking(
        [],
        'this rule does not say what to do with the packets that it selects',
        'Give a "table", a "type" such as unreachable, a "goto" or `l3mdev: true`.',
      ),
    said.length > 1 &&
      clash(
        said[1] ?? '',
        `"${said[1]}" and "${said[0]}" are two things to do with one packet`,
        'Leave out one of them.',
      ),
    goto !== undefined &&
      priority !== undefined &&
      goto <= priority &&
      wrong('goto', 'does not lead to a later rule', `A rule of a priority above ${priority}: no packet goes back.`),
    ...(['suppress_prefixlength', 'suppress_ifgroup'] as const).map(
      (name) =>
        args[name] !== undefined &&
        table === undefined &&
        args.l3mdev !== true &&
        exactly === undefined &&
        lacking(name, `"${name}" is about what a table finds`, 'Give the "table".'),
    ),
    strange('from', from, family, '"family" is'),
    strange('to', to, family ?? familyOf(from), family === undefined ? '"from" is' : '"family" is'),
    ...(['sport', 'dport', 'uidrange'] as const).map((name) => rangeFault(name, args[name])),
    ...markFaults(args.fwmark),
    args.tos !== undefined && tosFault(args.tos, familyOfAll),
    args.proto !== undefined &&
      originName(args.proto) === 'kernel' &&
      wrong('proto', 'is of the rules that the kernel keeps itself', 'Leave it out, or say static.'),
    args.realms !== undefined &&
      familyOfAll === 6 &&
      clash('realms', 'the kernel has no realms of IPv6', 'Leave out "realms".'),
    args.realms !== undefined &&
      usualSpelling('realms', args.realms) === '0' &&
      wrong('realms', 'is no realm: 0 says that there is none', 'Leave it out, or name one: 5, 3/5.'),
    table !== undefined && tableFault(String(table)),
  );
}

/** Ones that `ip` takes for something else. */
function markFaults(mark: RuleArgs['fwmark']) {
  if (mark === undefined) return [];
  const [value = '', mask] = String(mark).split('/');
  const parts = [value, ...(mask === undefined ? [] : [mask])];
  const octal = parts.find((part) => /^0\d/.test(part));
  const meant = parts.map((part) => `0x${Number(part).toString(16)}`).join('/');
  return [
    ...parts.map(
      (part) => Number(part) > 0xffff_ffff && wrong('fwmark', 'is more than 32 bits', 'At most 0xffffffff.'),
    ),
    octal !== undefined && wrong('fwmark', `has "${octal}", which ip reads as octal`, `Did you mean "${meant}"?`),
    Number(value) === 0 &&
      Number(mask ?? 0) === 0 &&
      wrong('fwmark', 'selects every packet', 'Leave it out, or for packets without a mark write "0/0xffffffff".'),
  ];
}

function tosFault(tos: string, family: 4 | 6) {
  const number = tosNumber(tos);
  if (number === 0) return wrong('tos', 'selects every packet', 'Leave it out.');
  if (family === 6 || number === undefined || (number & ~0x1e) === 0) return undefined;
  return wrong('tos', `is ${tosHex(number)}, of which a rule of IPv4 compares only 0x1c`, 'At most 0x1c: 0x10.');
}

function tableFault(table: string) {
  if (/^(0+|0x0+|unspec|all)$/i.test(table)) return wrong('table', `is no table: ${table}`, 'Name one: main, 100.');
  return (
    /^0\d/.test(table) && wrong('table', 'begins with 0: ip reads it as octal', `Did you mean "${Number(table)}"?`)
  );
}

function rangeFault(name: 'sport' | 'dport' | 'uidrange', value: string | number | undefined) {
  if (value === undefined) return undefined;
  const [low = 0, high = low] = String(value).split('-').map(Number);
  if (low > high) return wrong(name, 'ends before it begins', `Did you mean "${high}-${low}"?`);
  if (name === 'uidrange') return undefined;
  if (high > 65_535) return wrong(name, `has no port ${high}`, 'Ports end at 65535.');
  const edge = [low, high].find((port) => port === 0 || port === 65_535);
  return edge !== undefined && wrong(name, `has port ${edge}, which the kernel does not compare`, 'From 1 to 65534.');
}
