import { secretVariables } from '../core/connection-variables.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { filled } from './connection.ts';
import type { Assignment, Assignments } from './draft.ts';
import { type Layers, merged } from './layers.ts';

/**
 * Every password and passphrase that the inventory and -e hold, whichever wins and whether a host has it or not: what was read is recorded.
 * One that is made of other variables is the one that it comes to on each host.
 */
export function passwordsIn(layers: Layers, hosts: Iterable<string>, extra: JsonObject): readonly string[] {
  const said = [...layers.all(), assignmentsOf(extra)].flatMap(secretsIn);
  const made = said.filter(isMade);
  const texts = new Set(said.filter((value) => !isMade(value)).flatMap(textOf));
  if (made.length === 0) return [...texts];
  for (const host of hosts) {
    const own = layers.of(host);
    const vars = new Map([['inventory_hostname', host], ...merged(own), ...Object.entries(extra)]);
    const values = [...own.map(({ assignments }) => assignments), assignmentsOf(extra)]
      .flatMap(secretsIn)
      .filter(isMade);
    for (const value of values.map((one) => filled(one, vars)).filter((one) => !isMade(one)))
      for (const text of textOf(value)) texts.add(text);
  }
  return [...texts];
}

/** Those of the assignments that are secret, with what each of them replaced. */
function secretsIn(assignments: Assignments): readonly Json[] {
  const values: Json[] = [];
  for (const name of secretVariables)
    for (let at: Assignment | undefined = assignments.get(name); at !== undefined; at = at.before)
      values.push(at.value);
  return values;
}

function assignmentsOf(vars: JsonObject): Assignments {
  return new Map(Object.entries(vars).map(([name, value]) => [name, { value, spot: () => ({ file: '-e' }) }]));
}

function isMade(value: Json): boolean {
  return typeof value === 'string' && value.includes('{{');
}

function textOf(value: Json): readonly string[] {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? [String(value)] : [];
}
