/** What one check of a record came to. */
export interface Finding {
  readonly result: 'good' | 'altered' | 'unchecked';
  /** A file, or `git`. */
  readonly where: string;
  /** From 1. */
  readonly line?: number;
  readonly what: string;
}

export function good(where: string, what: string): Finding {
  return { result: 'good', where, what };
}

export function altered(where: string, what: string, line?: number): Finding {
  return { result: 'altered', where, what, ...(line === undefined ? {} : { line }) };
}

export function unchecked(where: string, what: string): Finding {
  return { result: 'unchecked', where, what };
}

/** The number of the first line, from 1, in which two texts differ; undefined: they are equal. */
export function firstDifferentLine(one: string, other: string): number | undefined {
  if (one === other) return undefined;
  const [left, right] = [one.split('\n'), other.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return at === -1 ? left.length + 1 : at + 1;
}
