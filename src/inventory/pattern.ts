import { Address6 } from 'ip-address';
import { RE2JS } from 're2js';
import { cut } from '../core/cut.ts';
import { Failure } from '../core/failure.ts';
import { isItself } from '../core/fleet.ts';
import { didYouMean } from '../core/nearest.ts';
import { compiledRe2, type PatternFault } from '../core/re2-fault.ts';

export interface Selectable {
  /** In the order of the inventory. */
  readonly hosts: readonly string[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

const longest = 10_000;

/**
 * The hosts that a pattern stands for: `web:&prod:!web3` (`,` is the same as `:`), globs, `~regex`, subscripts `web[0]`,
 * `web[0:2]` (the last one included), `all`. In Ansible's order: terms as they stand, groups as the inventory has them.
 * Throws Failure `invalid` for a name that is neither a host nor a group.
 */
export function selectHosts(pattern: string | readonly string[], inventory: Selectable): readonly string[] {
  const terms = [pattern].flat().flatMap(termsOf);
  if (terms.length === 0)
    throw new Failure('invalid', 'the host pattern is empty', { hint: 'Name a group or a host, or "all".' });
  const named = terms.filter((term) => !/^[!&]/.test(term));
  let chosen = new Set((named.length === 0 ? ['all'] : named).flatMap((term) => added(term, inventory)));
  for (const term of terms.filter((one) => one.startsWith('&'))) {
    const wanted = new Set(matches(term.slice(1), inventory));
    chosen = new Set([...chosen].filter((host) => wanted.has(host)));
  }
  for (const term of terms.filter((one) => one.startsWith('!'))) {
    for (const host of matches(term.slice(1), inventory)) chosen.delete(host);
  }
  return [...chosen];
}

/** Split at `,`, `:` and spaces, but not inside brackets; an IPv6 address is one term. */
function termsOf(pattern: string): readonly string[] {
  const terms = splitAt(pattern, /,/)
    .flatMap((part) => (isIpv6(part.trim()) ? [part] : splitAt(part, /[:\s]/)))
    .map((term) => term.trim())
    .filter((term) => term !== '');
  const long = terms.find((term) => term.length > longest);
  if (long === undefined) return terms;
  throw new Failure('invalid', `a host pattern of ${long.length} characters is too long: "${cut(long, 40)}"`, {
    hint: `One name or expression has at most ${longest}; divide it, with "," between the parts.`,
  });
}

/** Not where the next bracket closes. From the end, so that a text is gone over once, however long. */
function splitAt(text: string, mark: RegExp): readonly string[] {
  const parts: string[] = [];
  let [end, isInside] = [text.length, false];
  for (let i = text.length - 1; i >= 0; i -= 1) {
    const character = text.charAt(i);
    if (character === ']' || character === '[') isInside = character === ']';
    else if (!isInside && mark.test(character)) {
      parts.push(text.slice(i + 1, end));
      end = i;
    }
  }
  return [...parts, text.slice(0, end)].reverse();
}

/** Names of groups may look much like one: `db:cafe:a`. */
function isIpv6(text: string): boolean {
  return /^[!&]?[0-9a-fA-F:.]{2,45}$/.test(text) && Address6.isValid(text.replace(/^[!&]/, ''));
}

/** Of a group and a host with one name Ansible means the host, but the group behind `&` and `!`. */
function added(term: string, inventory: Selectable): readonly string[] {
  return inventory.hosts.includes(term) ? [term] : matches(term, inventory);
}

function matches(term: string, inventory: Selectable): readonly string[] {
  if (term.startsWith('~')) return byRegex(term.slice(1), inventory);
  const [, name = '', place = ''] = /^(.+)\[([^[\]]*)\]$/.exec(term) ?? [];
  if (/^-?\d+$/.test(place)) return atPlaces(byName(name, inventory), (found) => [found.at(Number(place))], term);
  const [, first, last] = /^(-?\d+|)(?::|(?<=\d)-)(-?\d+|)$/.exec(place) ?? [];
  if (first === undefined || last === undefined) return byName(term, inventory);
  refuseRange({ first, last, name, term });
  const end = last === '' ? undefined : Number(last) + 1;
  return atPlaces(byName(name, inventory), (found) => found.slice(Number(first), end), term);
}

function byName(name: string, inventory: Selectable): readonly string[] {
  const group = inventory.groups.get(name);
  if (group !== undefined) return group;
  if (inventory.hosts.includes(name)) return [name];
  if (isItself(name)) return ['localhost'];
  if (name.includes('[]'))
    throw new Failure('invalid', `"${name}": nothing stands in the brackets`, {
      hint: 'Write a place, as in "web[0]", or characters, as in "web[12]".',
    });
  if (/[*?[]/.test(name)) return byTest(name, (text) => globPattern(name).matches(text), inventory);
  throw new Failure('invalid', `"${name}" is neither a host nor a group of the inventory`, {
    hint:
      didYouMean(name, [...inventory.groups.keys(), ...inventory.hosts]) ??
      'Look at what the inventory has with "runbook inventory".',
  });
}

function byRegex(text: string, inventory: Selectable): readonly string[] {
  const regex = compiled(text, text);
  return byTest(`~${text}`, (name) => regex.matcher(name).lookingAt(), inventory);
}

function byTest(term: string, test: (name: string) => boolean, { hosts, groups }: Selectable): readonly string[] {
  const inGroups = [...groups].flatMap(([name, members]) => (test(name) ? members : []));
  // As in Ansible a host counts once for each group that it is found in: `w*[3]` is a place among all of these.
  const found = [...inGroups, ...hosts.filter(test)];
  if (found.length > 0) return found;
  throw new Failure('invalid', `"${term}" matches no host and no group`, {
    hint: 'Look at what the inventory has with "runbook inventory".',
  });
}

function globPattern(glob: string): RE2JS {
  const source = glob.replace(/\[!([^\]]*)\]|\[([^\]]*)\]|[*?]|[^*?[]+|\[/g, (part, not?: string, some?: string) => {
    if (not !== undefined || some !== undefined)
      return `[${not === undefined ? '' : '^'}${(not ?? some ?? '').replaceAll('\\', '\\\\')}]`;
    return part === '*' ? '.*' : part === '?' ? '.' : RE2JS.quote(part);
  });
  return compiled(source, glob);
}

function compiled(source: string, shown: string): RE2JS {
  const refusal = ({ message, hint }: PatternFault) =>
    new Failure('invalid', `"${shown}" is not a pattern: ${message}`, { hint });
  return compiledRe2(source, refusal);
}

/** What Ansible has no meaning for, though other languages do. */
function refuseRange({ first, last, name, term }: Readonly<Record<'first' | 'last' | 'name' | 'term', string>>): void {
  const refused = (message: string, hint: string) => new Failure('invalid', `"${term}": ${message}`, { hint });
  if (first === '' && last === '') throw refused('the range has neither end', `Write "${name}" for all of them.`);
  if (first.startsWith('-') || last.startsWith('-'))
    throw refused('the ends of a range count from the first host, which is 0', `The last host alone is "${name}[-1]".`);
  if (last !== '' && Number(first) > Number(last))
    throw refused('the range begins after its end', `Write "${name}[${last}:${first}]".`);
}

function atPlaces(
  found: readonly string[],
  pick: (found: readonly string[]) => readonly (string | undefined)[],
  term: string,
): readonly string[] {
  const hosts = pick(found).filter((host) => host !== undefined);
  if (hosts.length > 0) return hosts;
  const many = `${found.length === 1 ? 'is' : 'are'} only ${found.length} host${found.length === 1 ? '' : 's'}`;
  throw new Failure('invalid', `"${term}": there ${many}`, { hint: 'The first one is 0, the last one -1.' });
}
