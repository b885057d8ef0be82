import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { blockParts } from '../core/play.ts';
import { flagOf, truthOf } from './arguments.ts';
import { LeaveOut } from './findings.ts';
import type { Scope } from './names.ts';

/** What a keyword is said with, and where. */
interface Said {
  readonly value: Json;
  readonly node: unknown;
  readonly scope: Scope;
  note(message: string, hint?: string): void;
}

/** What a keyword comes to; null: nothing is left to say. Throws LeaveOut. */
type Keyword = (said: Said) => JsonObject | null;

const nothing: Keyword = () => null;
const same =
  (key: string): Keyword =>
  ({ value }) => ({ [key]: value });
const flag =
  (key: string): Keyword =>
  ({ value, node }) => {
    const known = flagOf(value);
    if (known === undefined)
      throw new LeaveOut(`"${key}" takes no template here`, node, 'Say true or false, or make two tasks of it.');
    return { [key]: known };
  };
const whole =
  (key: string): Keyword =>
  ({ value, node }) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number') throw new LeaveOut(`"${key}" takes no template here`, node, 'Write the number.');
    return { [key]: number };
  };
const text =
  (key: string): Keyword =>
  ({ value, node, scope }) => ({ [key]: scope.text(String(value), node) });
const list =
  (key: string): Keyword =>
  ({ value, node }) => {
    if ([value].flat().some((one) => typeof one === 'string' && one.includes('{{')))
      throw new LeaveOut(`"${key}" takes no template here`, node);
    return { [key]: value };
  };

/** Each true of a list, or the only one; an empty text asks for nothing. */
function conditions({ value, node, scope }: Said): readonly (string | boolean)[] {
  const asked = [value].flat().filter((one) => typeof one !== 'string' || one.trim() !== '');
  return asked.map((one) => {
    if (typeof one === 'boolean') return one;
    const known = typeof one === 'string' ? truthOf(one) : undefined;
    return known ?? scope.condition(String(one), node);
  });
}

const condition =
  (key: string): Keyword =>
  (said) => {
    const all = conditions(said);
    if (all.length === 0) return null;
    return { [key]: all.length === 1 ? (all[0] as Json) : all.map((one) => `${one}`) };
  };

const joined =
  (key: string): Keyword =>
  (said) => {
    const all = conditions(said);
    return all.length === 0 ? null : { [key]: allOf(all) };
  };

/** What binds less than && stands in parentheses. */
function allOf(parts: readonly (string | boolean)[]): string | boolean {
  if (parts.length === 1) return parts[0] ?? true;
  const bare = (cel: string) => cel.replace(/"(?:\\.|[^"\\])*"/g, '""');
  return parts
    .map(String)
    .map((cel) => (/\|\||\?(?![.\]a-z[])/.test(bare(cel)) ? `(${cel})` : cel))
    .join(' && ');
}

const seconds =
  (key: string): Keyword =>
  ({ value, node }) => {
    if (!/^\d+(?:\.\d+)?$/.test(String(value)))
      throw new LeaveOut(`"${key}" takes no template here`, node, 'Write the time: 5s.');
    return { [key]: `${value}s` };
  };

/** Keywords of tasks and blocks, and of a play as far as they are the same. */
export const taskKeywords: Readonly<Record<string, Keyword>> = {
  name: ({ value }) => ({ name: typeof value === 'number' ? String(value) : value }),
  when: joined('when'),
  register: same('register'),
  until: joined('until'),
  failed_when: condition('failed_when'),
  changed_when: condition('changed_when'),
  retries: whole('retries'),
  delay: seconds('delay'),
  timeout: seconds('timeout'),
  throttle: whole('throttle'),
  become: flag('become'),
  become_user: text('become_user'),
  become_method: ({ value, node }) => {
    if (['sudo', 'su', 'doas'].includes(String(value))) return { become_method: value };
    throw new LeaveOut(`"become_method: ${value}" is not known here`, node, 'There are sudo, su and doas.');
  },
  run_once: flag('run_once'),
  delegate_to: text('delegate_to'),
  ignore_errors: flag('ignore_errors'),
  ignore_unreachable: flag('ignore_unreachable'),
  check_mode: flag('check_mode'),
  no_log: ({ value, node, scope, note }) => {
    const { no_log } = flag('no_log')({ value, node, scope, note }) ?? {};
    return no_log === true ? { secret: true } : null;
  },
  tags: list('tags'),
  notify: list('notify'),
  listen: list('listen'),
  environment: ({ value, node, scope }) => {
    const maps = [value].flat();
    if (!maps.every(isJsonObject)) throw new LeaveOut('"environment" is a map here', node);
    return { environment: scope.value(Object.assign({}, ...maps) as Json, node) };
  },
  loop_control: ({ value, node, scope, note }) => {
    const { label, loop_var, index_var, extended: _, ...rest } = isJsonObject(value) ? value : {};
    const [other] = Object.keys(rest);
    if (other === 'pause') note('there is no pause between the items of a loop');
    else if (other !== undefined) throw new LeaveOut(`"${other}" of loop_control has no equal here`, node);
    const kept = Object.entries({ label, loop_var, index_var }).filter(([, one]) => one !== undefined);
    return kept.length === 0 ? null : { loop_control: scope.value(Object.fromEntries(kept) as Json, node) };
  },
  any_errors_fatal: nothing,
  ...Object.fromEntries(['diff', 'debugger', 'collections'].map((key) => [key, nothing])),
};

/** Keywords of a task that are looked at with others, or have no equal; whatever else stands there is its module. */
export const otherKeywords: ReadonlySet<string> = new Set([
  ...['loop', 'vars', 'args', 'action', 'local_action', ...blockParts],
  ...[
    'async',
    'poll',
    'delegate_facts',
    'remote_user',
    'connection',
    'port',
    'become_flags',
    'become_exe',
    'module_defaults',
  ],
]);
