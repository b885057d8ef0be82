/** What supervisor's configuration says of one process, in seconds and tries. */
export type Settings = {
  readonly startsecs?: number;
  readonly startretries?: number;
  readonly stopwaitsecs?: number;
  readonly log?: Log;
};

/** A log and what it was: lines written since are after `size`, while the file is still that `inode`. */
export type Log = { readonly path: string; readonly inode: number; readonly size: number };

/** With what supervisor takes where a file does not say. */
const defaults = { startsecs: 1, startretries: 3, stopwaitsecs: 10 };

/**
 * Finds the settings of a process by its name (`name`, or `group:name`) in the last two parts of the status answer.
 * Its log is the one that supervisord says it writes to now, else the one that its configuration names.
 */
export function settingsIn(settings: string, logs: string): (process: string, log?: string) => Settings {
  const sections = sectionsOf(settings.split('\n'));
  const files = new Map(logs.split('\n').flatMap(logIn));
  return (process, path) => {
    const [group = '', name = group] = process.split(':');
    const found = [`${group}:${name}`, `[program:${name}]`, `[program:${group}]`].map((key) => sections.get(key));
    const values = found.find((section) => section !== undefined);
    const log = files.get(path ?? values?.get('stdout_logfile') ?? '');
    const known = Object.entries(values === undefined ? {} : defaults).map(([key, usual]) => {
      const value = Number(values?.get(key) ?? usual);
      return [key, Number.isSafeInteger(value) && value >= 0 ? value : usual];
    });
    return { ...Object.fromEntries(known), ...(log === undefined ? {} : { log }) };
  };
}

/** By `group:name` where supervisord tells, by `[program:name]` where a file does. */
function sectionsOf(lines: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of lines) {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (line.startsWith('[') || key === 'group') {
      current = new Map();
      if (line.startsWith('[')) sections.set(line.trim(), current);
    }
    current.set(key, value.trim());
    if (key === 'name') sections.set(`${current.get('group')}:${value}`, current);
  }
  return sections;
}

function logIn(line: string): readonly (readonly [string, Log])[] {
  const [, inode, size, path = ''] = /^(\d+) (\d+) (\/.*)$/.exec(line) ?? [];
  return path === '' ? [] : [[path, { path, inode: Number(inode), size: Number(size) }]];
}

const slack = 10;
const unknown = 60;
const most = 600;

/**
 * Seconds that a start or stop of these processes may take: until each of them runs, or supervisor has given it up
 * after its tries; until each has ended, one after the other. A minute where the configuration is not known.
 */
export function patience(verb: 'start' | 'stop', processes: readonly Settings[]): number {
  const each = processes.map(({ startsecs, startretries = 3, stopwaitsecs }) => {
    if (verb === 'stop') return stopwaitsecs ?? unknown - slack;
    // Between its tries supervisor waits 1, 2, 3... seconds.
    return startsecs === undefined
      ? unknown - slack
      : startsecs * (startretries + 1) + (startretries * (startretries + 1)) / 2;
  });
  return Math.min(most, Math.max(unknown, slack + each.reduce((sum, one) => sum + one, 0)));
}
