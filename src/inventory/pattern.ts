import { RE2JS } from 're2js';
import { cut } from '../core/cut.ts';
import { Failure, reason } from '../core/failure.ts';
import { nearest } from '../core/nearest.ts';

export interface Selectable {
  /** In the order of the inventory. */
  readonly hosts: readonly string[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

const longest = 10_000;

/** Names of this machine; each of them is `localhost` where the inventory does not have it. */
const itself = ['localhost', '127.0.0.1', '::1'];

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
  let chosen = new Set((named.length === 0 ? ['all'] : named).flatMap((term) => matches(term, inventory)));
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

function isIpv6(text: string): boolean {
  return /^[!&]?[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{0,64}:[0-9a-fA-F:.]{0,64}$/.test(text);
}

function matches(term: string, inventory: Selectable): readonly string[] {
  if (term.startsWith('~')) return byRegex(term.slice(1), inventory);
  const [, name = '', first = '', to, last] = /^(.+)\[(-?\d*)(?:([:-])(-?\d*))?\]$/.exec(term) ?? [];
  if (name === '' || (first === '' && to !== ':')) return byName(term, inventory);
  return subscript(byName(name, inventory), { first, last: to === undefined ? undefined : (last ?? '') }, term);
}

function byName(name: string, inventory: Selectable): readonly string[] {
  const group = inventory.groups.get(name);
  if (group !== undefined) return group;
  if (inventory.hosts.includes(name)) return [name];
  if (itself.includes(name)) return ['localhost'];
  if (/[*?[]/.test(name)) return byTest(name, (text) => globPattern(name).matches(text), inventory);
  const guess = nearest(name, [...inventory.groups.keys(), ...inventory.hosts]);
  throw new Failure('invalid', `"${name}" is neither a host nor a group of the inventory`, {
    hint: guess === undefined ? 'Look at what the inventory has with "runbook inventory".' : `Did you mean "${guess}"?`,
  });
}

function byRegex(text: string, inventory: Selectable): readonly string[] {
  const regex = compiled(text, text);
  return byTest(`~${text}`, (name) => regex.matcher(name).lookingAt(), inventory);
}

function byTest(term: string, test: (name: string) => boolean, { hosts, groups }: Selectable): readonly string[] {
  const inGroups = [...groups].flatMap(([name, members]) => (test(name) ? members : []));
  const found = [...new Set([...inGroups, ...hosts.filter(test)])];
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
  try {
    return RE2JS.compile(source);
  } catch (thrown) {
    throw new Failure('invalid', `"${shown}" is not a pattern: ${reason(thrown)}`);
  }
}

function subscript(
  found: readonly string[],
  { first, last }: { first: string; last: string | undefined },
  term: string,
): readonly string[] {
  const from = Number(first === '' ? 0 : first);
  const picked = last === undefined ? [found.at(from)] : slice(found, from, last);
  const hosts = picked.filter((host) => host !== undefined);
  if (hosts.length > 0) return hosts;
  throw new Failure('invalid', `"${term}": there are only ${found.length} hosts`);
}

function slice(found: readonly string[], from: number, last: string): readonly string[] {
  const start = from < 0 ? found.length + from : from;
  const end = last === '' ? found.length - 1 : Number(last) < 0 ? found.length + Number(last) : Number(last);
  return found.slice(Math.max(0, start), end + 1);
}
