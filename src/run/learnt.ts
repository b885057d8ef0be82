import { isJsonObject, type Json } from '../core/json.ts';
import type { StepResult } from './result.ts';

/** Shorter texts stand everywhere by chance: masked, they would only make a journal unreadable. */
const shortest = 4;
/** States hold words of their modules too, such as `running`. */
const shortestOfState = 8;
const most = 2_000;

/**
 * What a secret task has registered is secret from here on, wherever it turns up: its output as a whole, its lines, what stands in
 * it as JSON or after `name=` and `name: `, and the texts of the states that it found.
 */
export function learnt({ outcome, before = null, after = null }: StepResult): readonly string[] {
  const said = [outcome?.stdout ?? '', outcome?.stderr ?? ''].flatMap(partsOf);
  const states = [before, after].flatMap(textsOf).filter((text) => text.length >= shortestOfState);
  const texts = [...said, ...states].map((text) => text.trim()).filter((text) => text.length >= shortest);
  return [...new Set(texts)].slice(0, most);
}

function partsOf(output: string): readonly string[] {
  const lines = output.split('\n');
  const values = lines.flatMap((line) => /^[^=:]*(?:=|:\s)\s*["']?(.*?)["']?$/.exec(line.trim())?.[1] ?? []);
  return [output, ...lines, ...values, ...insideJson(output)];
}

function insideJson(output: string): readonly string[] {
  try {
    return textsOf(JSON.parse(output) as Json);
  } catch {
    return [];
  }
}

function textsOf(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item as Json));
  return isJsonObject(value) ? Object.values(value).flatMap(textsOf) : [];
}
