import { isJsonObject, type Json } from '../core/json.ts';
import { LeaveOut } from './findings.ts';
import type { Scope } from './names.ts';
import { sequence } from './sequence.ts';

/** One expression and nothing beside it: what is joined of several is text. */
const template = /^\{\{(?:(?!\{\{|\}\})[\s\S])*\}\}$/;

/** What `loop` is for one of Ansible's ways to say it. Throws LeaveOut. */
export function loopOf(key: string, value: Json, node: unknown, scope: Scope): Json {
  if (key === 'loop' || key === 'with_list') return ofList(key, value, node, scope);
  if (key === 'with_items') return ofList(key, items(value, node), node, scope);
  if (key === 'with_dict' && (isJsonObject(value) || isTemplate(value))) return scope.value(value, node);
  if (key === 'with_sequence' && (typeof value === 'string' || typeof value === 'number'))
    return sequence(String(value), node);
  const hint = 'A loop goes over a list or a map: make one of it with functions, or write out the items.';
  throw new LeaveOut(`"${key}" has no equal here`, node, hint);
}

function isTemplate(value: Json): value is string {
  return typeof value === 'string' && template.test(value.trim());
}

function ofList(key: string, value: Json, node: unknown, scope: Scope): Json {
  if (Array.isArray(value) || isTemplate(value)) return scope.value(value, node);
  throw new LeaveOut(`"${key}" is neither a list nor a template`, node);
}

/** Lists in the list are gone through too, one level deep. */
function items(value: Json, node: unknown): Json {
  if (!Array.isArray(value)) return typeof value === 'string' && !isTemplate(value) ? [value] : value;
  const list = value as readonly Json[];
  const [only] = list;
  if (list.length === 1 && only !== undefined && isTemplate(only)) return only;
  if (list.some(isTemplate)) {
    const hint = 'If they are lists: loop: "{{ one + other }}". If not, write "loop" for it.';
    throw new LeaveOut('whether the templates in "with_items" are lists cannot be told', node, hint);
  }
  return list.flat() as Json;
}
