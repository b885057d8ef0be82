import { isJsonObject, type Json } from '../core/json.ts';
import { readYaml } from '../core/yaml.ts';

/** Names whose values only an inventory could tell. */
const given = ['inventory_hostname', 'host', 'hostvars', 'groups', 'peers', 'play_hosts'];

/** Finds, in a text of a result, names whose values rest on the inventory: those that are given, and variables that are made of them. */
export function inventoryNames(result: string): RegExp {
  const vars = variablesIn(readYaml(result).value);
  let names = given;
  for (;;) {
    const pattern = new RegExp(`\\b(?:${names.join('|')})\\b`);
    const more = vars.filter(([name, text]) => pattern.test(text) && !names.includes(name)).map(([name]) => name);
    if (more.length === 0) return pattern;
    names = [...names, ...new Set(more)];
  }
}

function variablesIn(value: Json): readonly (readonly [name: string, text: string])[] {
  if (Array.isArray(value)) return value.flatMap((one: Json) => variablesIn(one));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...variablesIn(inner as Json),
    ...(key === 'vars' && isJsonObject(inner as Json) ? textsOf(inner as Json) : []),
  ]);
}

function textsOf(vars: Json): readonly (readonly [string, string])[] {
  const names = Object.entries(vars ?? {}).filter(([name]) => /^\w+$/.test(name));
  return names.map(([name, value]) => [name, JSON.stringify(value)]);
}
