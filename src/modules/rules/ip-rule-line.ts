import { cut } from '../../core/cut.ts';
import { entryOf } from '../../core/entry-of.ts';
import { Failure } from '../../core/failure.ts';
import { usualSpelling } from './rule-spelling.ts';

/** One rule of the policy database, taken apart. */
export interface RuleLine {
  /** Words for `ip rule add`, `priority N` first; of a rule that is wanted anywhere the priority may be missing. */
  readonly words: string;
  readonly priority: number | undefined;
  /** from, to, fwmark, iif, ..., `not`, `l3mdev`: what a packet is judged by, in the usual spelling. `from all` is left out. */
  readonly selectors: ReadonlyMap<string, string>;
  /** lookup, goto, blackhole, ..., and what is added to it: suppress_prefixlength, realms, proto; in the usual spelling. */
  readonly action: ReadonlyMap<string, string>;
}

const selecting = [
  'not',
  'from',
  'to',
  'tos',
  'dscp',
  'fwmark',
  'iif',
  'oif',
  'l3mdev',
  'uidrange',
  'ipproto',
  'sport',
  'dport',
  'tun_id',
];
const flags = new Set(['not', 'l3mdev', 'blackhole', 'unreachable', 'prohibit', 'nop']);
const synonyms: Readonly<Record<string, string>> = {
  dsfield: 'tos',
  table: 'lookup',
  preference: 'priority',
  pref: 'priority',
  protocol: 'proto',
  sup_pl: 'suppress_prefixlength',
};

/**
 * The rules that `ip -d rule show` printed, in order, without the three that the kernel makes. Each line's words can be given to
 * `ip rule add` and `del` again. Throws Failure `unreadable`.
 */
export function ruleLines(stdout: string): readonly RuleLine[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, priority, rest] = /^(\d+):\s+(\S.*)$/.exec(line) ?? [];
      if (priority === undefined || rest === undefined) {
        throw new Failure('unreadable', `"${cut(line, 200)}" is not a line of ip rule show`, {
          hint: 'Nothing was changed. See what `ip -d rule show` prints on the host.',
        });
      }
      return ruleLine(`priority ${priority} ${rest}`);
    })
    .filter((rule) => !isKernels(rule));
}

/** Takes words for `ip rule add` apart. */
export function ruleLine(text: string): RuleLine {
  const words = text
    .replace('lookup [l3mdev-table]', 'l3mdev')
    // ip does not take back its own word for a protocol without a name, and takes a mark of 0 without a mask for none.
    .replace(' ipproto ipproto-', ' ipproto ')
    .replace(' fwmark 0 ', ' fwmark 0/0xffffffff ')
    .split(/\s+/)
    .filter((word) => word !== '' && !/^\[(detached|unresolved)\]$/.test(word))
    .map((word) => entryOf(synonyms, word) ?? word);
  const [selectors, action] = [new Map<string, string>(), new Map<string, string>()];
  let priority: number | undefined;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    const value = flags.has(word) ? '' : (words[i + 1] ?? '');
    if (!flags.has(word)) i += 1;
    if (word === 'priority') priority = Number(value);
    else if (!selecting.includes(word)) action.set(word, usualSpelling(word, value));
    else if (value !== 'all') selectors.set(word, usualSpelling(word, value));
  }
  return { words: words.join(' '), priority, selectors, action };
}

/** Who makes it says `proto kernel`, and where `ip` does not know of it, its place. */
function isKernels({ priority, selectors, action }: RuleLine): boolean {
  if (action.has('proto')) return action.get('proto') === 'kernel';
  const table = { 0: 'local', 32766: 'main', 32767: 'default' }[priority ?? -1];
  return selectors.size === 0 && table !== undefined && action.get('lookup') === table;
}
