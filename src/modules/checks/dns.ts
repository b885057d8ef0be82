/**
 * The values that getent, dig or nslookup (of BIND or BusyBox) printed under a line `== tool`, without those of aliases on
 * the way; none: the name is not known. undefined: there was no answer at all.
 */
export function dnsAnswers(stdout: string, type: string): readonly string[] | undefined {
  const [tool = '', ...lines] = stdout.split('\n');
  if (tool === '== getent') return fromGetent(lines);
  if (tool === '== dig') return fromDig(lines, type);
  return tool === '== nslookup' ? fromNslookup(lines, type) : undefined;
}

function fromGetent(lines: readonly string[]): readonly string[] | undefined {
  // 2: not known. Anything else but 0 (124: timed out) is no answer.
  const exit = lines.findLast((line) => line.startsWith('exit '));
  if (exit !== 'exit 0' && exit !== 'exit 2') return undefined;
  return unique(lines.flatMap((line) => /^([0-9a-fA-F.:]+)\s/.exec(line)?.[1] ?? []));
}

function fromDig(lines: readonly string[], type: string): readonly string[] | undefined {
  const status = lines.flatMap((line) => /status: (\w+)/.exec(line)?.[1] ?? [])[0];
  if (status !== 'NOERROR' && status !== 'NXDOMAIN') return undefined;
  const record = new RegExp(`^\\S+\\s+\\d+\\s+IN\\s+${type}\\s+(.+)$`);
  return unique(lines.flatMap((line) => record.exec(line)?.[1] ?? []).map(plain));
}

function fromNslookup(lines: readonly string[], type: string): readonly string[] | undefined {
  if (lines.some((line) => /NXDOMAIN|can't find .*: No answer/.test(line))) return [];
  if (!lines.includes('exit 0')) return undefined;
  // The first address is the server's own; its block ends at the first empty line.
  const end = lines.findIndex((line) => line.trim() === '');
  const answers = end === -1 ? [] : lines.slice(end);
  const values = answers.flatMap((line) => {
    if (type === 'A' || type === 'AAAA') return /^Address(?: \d+)?:\s+(\S+)/.exec(line)?.[1] ?? [];
    return /(?:name|canonical name|text|nameserver|mail exchanger|service) = (.+)$/.exec(line)?.[1] ?? [];
  });
  return unique(values.map(plain));
}

function plain(value: string): string {
  return value.trim().replace(/\.$/, '');
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
