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
