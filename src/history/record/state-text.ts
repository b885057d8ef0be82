import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import { isJsonObject, type Json, type JsonObject, sameJson, stableJson } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';

/** A worst-case diff would hold the whole process up for seconds. */
const patienceMs = 500;

/** A state as lines for people and for diffs: texts line by line, everything else as YAML with sorted keys. */
export function stateLines(state: Json): readonly string[] {
  if (state === null) return [];
  const text = typeof state === 'string' ? indentJson(state) : asYaml(state);
  return text.replace(/\n$/, '').split('\n');
}

/** A state as a few words. */
export function stateWords(state: Json, limit = 100): string {
  if (state === null) return 'absent';
  if (typeof state === 'string') return printable(state, limit);
  if (Array.isArray(state) && state.length === 0) return 'none';
  return printable(stableJson(state), limit);
}

/**
 * Before and after as the lines of a unified diff, without file headers, safe to show; none when they are equal.
 * At most `limit` lines.
 */
export function stateDiff(before: Json, after: Json, limit = 200): readonly string[] {
  if (sameJson(before, after)) return [];
  const [old, now] = [text(before), text(after)];
  if (old === now) return [`-${stateWords(before)}`, `+${stateWords(after)}`];
  const patch = structuredPatch('', '', old, now, '', '', { context: 2, timeout: patienceMs });
  if (patch === undefined) return [`-(${lines(before)})`, `+(${lines(after)}; too different to compare line by line)`];
  const all = patch.hunks
    .flatMap((hunk) => [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...hunk.lines])
    .map((line) => printable(line.replaceAll('\t', '    '), 500));
  return all.length > limit ? [...all.slice(0, limit), `… ${all.length - limit} more lines`] : all;
}

function text(state: Json): string {
  return stateLines(state)
    .map((line) => `${line}\n`)
    .join('');
}

function lines(state: Json): string {
  return `${stateLines(state).length} lines`;
}

/** One long line of JSON tells nothing when it is compared: it is laid out, keys as they stand. */
function indentJson(state: string): string {
  try {
    const value = JSON.parse(state) as Json;
    return isJsonObject(value) ? JSON.stringify(value, null, 2) : state;
  } catch {
    return state;
  }
}

function asYaml(state: Json): string {
  if (Array.isArray(state) && state.every((item) => typeof item === 'string')) return state.join('\n');
  const shown = isJsonObject(state)
    ? mapValues(state, (value) => (typeof value === 'string' ? indentJson(value) : value))
    : state;
  return stringify(JSON.parse(stableJson(shown)), { lineWidth: 0 });
}

function mapValues(map: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
