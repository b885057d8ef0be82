import type { ArgumentFault } from '../../core/module.ts';
import { clash, familyOf, found, lacking, strange, wrong } from '../shared/faults.ts';
import { isWhole, type RuleArgs } from './rule-description.ts';

const actions = ['table', 'type', 'goto', 'l3mdev'] as const;

/** What the arguments of `rule` cannot mean together. */
export function ruleFaults(args: RuleArgs): readonly ArgumentFault[] {
  const { family, from, to, priority, goto, exactly, table } = args;
  const said = actions.filter((name) => args[name] !== undefined && args[name] !== false);
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
    ...(typeof args.fwmark === 'string' ? args.fwmark.split('/') : []).map(
      (part) => Number(part) > 0xffff_ffff && wrong('fwmark', 'is more than 32 bits', 'At most 0xffffffff.'),
    ),
  );
}

function rangeFault(name: 'sport' | 'dport' | 'uidrange', value: string | number | undefined) {
  const [low = 0, high = low] = String(value ?? '')
    .split('-')
    .map(Number);
  if (low > high) return wrong(name, 'ends before it begins', `Did you mean "${high}-${low}"?`);
  return name !== 'uidrange' && high > 65_535 && wrong(name, `has no port ${high}`, 'Ports end at 65535.');
}
