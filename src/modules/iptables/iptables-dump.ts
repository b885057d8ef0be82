import { cut } from '../../core/cut.ts';
import { assumedForm } from './iptables-form.ts';
import { ruleWords } from './iptables-words.ts';

/**
 * The rules in what `iptables-save` printed or a saved file holds, in a form that only differs when the rules do: no
 * comments, counters at zero, tables in alphabetical order. It is itself a file that iptables-restore loads.
 */
export function normalizedDump(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^(:\S+ \S+) \[\d+:\d+\]$/, '$1 [0:0]').replace(/^\[\d+:\d+\] /, ''));
  const tables: string[][] = [];
  for (const line of lines) {
    const current = tables.at(-1);
    if (line.startsWith('*') || current === undefined) tables.push([line]);
    else current.push(line);
  }
  return tables
    .map((table) => `${table.join('\n')}\n`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join('');
}

/** Why a dump must not become a boot file, or undefined when it may. An empty file would load as: no rules. */
export function flawOf(dump: string): string | undefined {
  const native = dump.split('\n').find((line) => line.startsWith('#') && line.includes('incompatible'));
  if (native !== undefined) return `not all rules can be saved: ${native.replace(/^#\s*/, '')}`;
  const tables = normalizedDump(dump).split(/^(?=\*)/m);
  if (tables[0] === '') return 'there are no rules at all';
  const open = tables.find((table) => !table.startsWith('*') || !table.endsWith('\nCOMMIT\n'));
  return open === undefined ? undefined : `the dump is not complete: ${open.split('\n')[0]} has no COMMIT`;
}

/** One rule in a saved file, and what becomes of it. Its texts are in the form that iptables gives them, without `-A CHAIN`. */
export interface Edit {
  readonly table: string;
  readonly chain: string;
  readonly rule: string;
  readonly replaces: string | null;
  readonly state: 'present' | 'absent';
  /** Index among the chain's rules of a rule that is new and replaces none. */
  readonly index: number;
  readonly family: 4 | 6;
}

/** A saved file with one line of it changed; every other byte stays. A rule that takes the place of another keeps its counters. */
export function editedDump(text: string, edit: Edit): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => tableOf(line) === edit.table);
  if (start === -1) return edit.state === 'absent' ? text : `${endsLine(text)}${newTable(edit)}`;
  const end = endOf(lines, start);
  return [...lines.slice(0, start), ...editedSection(lines.slice(start, end), edit), ...lines.slice(end)].join('\n');
}

/** Why one line of a saved file cannot be changed so that it is known what is loaded at boot, or undefined when it can. */
export function uneditable(text: string, table: string): string | undefined {
  const lines = text.split('\n');
  const [start, again] = lines.flatMap((line, i) => (tableOf(line) === table ? [i] : []));
  if (start === undefined) return undefined;
  if (again !== undefined) return `it has the table ${table} twice, in lines ${start + 1} and ${again + 1}`;
  const end = endOf(lines, start);
  if (end === -1) return `its table ${table} has no COMMIT`;
  const strange = lines.slice(start + 1, end).findIndex((line) => !/^(#|:|(\[\d+:\d+\] )?-A \S|\s*$)/.test(line));
  const line = start + 1 + strange;
  return strange === -1 ? undefined : `its line ${line + 1} is not one of a saved file: ${cut(lines[line] ?? '', 100)}`;
}

/** As iptables-restore reads it: the first word after the asterisk. */
function tableOf(line: string): string | undefined {
  return line.startsWith('*') ? line.slice(1).trim().split(/\s/)[0] : undefined;
}

function endOf(lines: readonly string[], start: number): number {
  return lines.findIndex((line, i) => i > start && line.trimEnd() === 'COMMIT');
}

function editedSection(
  lines: readonly string[],
  { chain, rule, replaces, state, index, family }: Edit,
): readonly string[] {
  const matches = (line: string, form: string | null): boolean =>
    form !== null && formOf(line, chain, family) === formOf(`-A ${chain} ${form}`, chain, family);
  const [copy, old] = [rule, replaces].map((form) => lines.findIndex((line) => matches(line, form)));
  const kept = lines.flatMap((line, i): readonly string[] => {
    if (i === old && copy === -1 && state === 'present') return [line.replace(/-A .*$/, () => `-A ${chain} ${rule}`)];
    const goes = matches(line, replaces) || (matches(line, rule) && (state === 'absent' || i !== copy));
    return goes ? [] : [line];
  });
  if (state === 'absent' || copy !== -1 || old !== -1) return kept;
  const own = kept.flatMap((line, i) => (formOf(line, chain, family) === undefined ? [] : [i]));
  const at = own[index] ?? (own.length === 0 ? kept.length : (own.at(-1) ?? 0) + 1);
  const declared =
    kept.some((line) => line.startsWith(`:${chain} `)) || /^[A-Z]+ROUTING$|^(IN|OUT)PUT$|^FORWARD$/.test(chain);
  return [
    ...(declared ? kept.slice(0, 1) : [...kept.slice(0, 1), `:${chain} - [0:0]`]),
    ...kept.slice(1, at),
    `-A ${chain} ${rule}`,
    ...kept.slice(Math.max(1, at)),
  ];
}

function newTable(edit: Edit): string {
  return `${[...editedSection([`*${edit.table}`], edit), 'COMMIT'].join('\n')}\n`;
}

function endsLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** A rule of this chain in one form, however the file has it; undefined for any other line. */
function formOf(line: string, chain: string, family: 4 | 6): string | undefined {
  const [, given, body = ''] = /^(?:\[\d+:\d+\] )?-A (\S+)(?: (.*))?$/.exec(line.trimEnd()) ?? [];
  if (given !== chain) return undefined;
  try {
    return assumedForm(body.trim() === '' ? [] : ruleWords(body), family);
  } catch {
    return body;
  }
}
