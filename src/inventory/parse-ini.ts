import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { Failure, reason } from '../core/failure.ts';
import { didYouMean } from '../core/nearest.ts';
import { type Assignments, assign, type Draft, isGroupName, isHostName, type Spot } from './draft.ts';
import { wordsOf } from './ini-words.ts';
import { pythonValue } from './literal.ts';
import { expandRanges, splitPort } from './ranges.ts';

/** Names that are looked through for one like a wrong one. */
const mostCompared = 5_000;
const kinds = ['hosts', 'vars', 'children'];
const section = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;

/** Reads an INI inventory into the draft; what is wrong becomes a fault with its place. */
export function parseIni(draft: Draft, text: string, file: string): void {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const reader = new Reader(draft, file, declared(lines));
  for (const [index, line] of lines.entries()) {
    if (draft.isFull || draft.hasEnoughFaults) return;
    reader.line(line, index + 1);
  }
}

/** Groups that have a section of their own, in whatever order: what is said of others is a slip. */
function declared(lines: readonly string[]): ReadonlySet<string> {
  const names = lines.flatMap((line) => {
    const [, name, kind = 'hosts'] = section.exec(line.trim()) ?? [];
    return name === undefined || kind === 'vars' ? [] : [name];
  });
  return new Set(names);
}

class Reader {
  readonly #draft: Draft;
  readonly #file: string;
  readonly #declared: ReadonlySet<string>;
  /** Children that no section has made yet: as in Ansible, they come into their parents when one does. */
  readonly #awaited = new Map<string, { readonly parent: string; readonly spot: () => Spot }[]>();
  #number = 0;
  #indent = 0;
  /** undefined: the section's head is wrong, and so its lines mean nothing. */
  #group: string | undefined = 'ungrouped';
  #kind = 'hosts';

  constructor(draft: Draft, file: string, sections: ReadonlySet<string>) {
    this.#draft = draft;
    this.#file = file;
    this.#declared = sections;
  }

  line(raw: string, number: number): void {
    const line = raw.trim();
    this.#number = number;
    this.#indent = raw.length - raw.trimStart().length;
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    if (line.includes('\0')) this.#fault('bad-text', 'a NUL character', line.indexOf('\0'));
    const head = section.exec(line);
    if (head !== null) this.#head(head[1] ?? '', head[2] ?? 'hosts');
    else if (line.startsWith('[') && (line.endsWith(']') || !/^\[[^\]:]*:[^\]]*\]/.test(line))) {
      this.#fault(
        'bad-line',
        `"${line}" is not a section`,
        0,
        'Write [name], [name:vars] or [name:children], without spaces.',
      );
    } else if (this.#group === undefined) return;
    else if (this.#kind === 'vars') this.#variable(this.#group, line);
    else if (this.#kind === 'children') this.#child(this.#group, line);
    else this.#host(this.#group, line);
  }

  #head(group: string, kind: string): void {
    this.#group = undefined;
    this.#kind = kind;
    if (!isGroupName(group)) this.#fault('bad-name', `"${group}" cannot be the name of a group`, 1);
    else if (!kinds.includes(kind)) {
      const hint = didYouMean(kind, kinds);
      this.#fault('bad-line', `[${group}:${kind}]: only :vars and :children are known`, group.length + 2, hint);
    } else if (kind === 'vars' && !this.#isKnown(group)) this.#unknown(group, 1);
    else {
      this.#group = group;
      this.#draft.group(group);
      if (kind !== 'vars') this.#arrive(group);
    }
  }

  #variable(group: string, line: string): void {
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(0, at)).trim();
    if (name === '') this.#fault('bad-line', `"${line}" is not name=value`, 0);
    else if (this.#isName(name, 0))
      this.#draft.groupVar(group, name, pythonValue(line.slice(at + 1).trim()), this.#spot(0));
  }

  #child(group: string, line: string): void {
    const name = (line.split('#', 1)[0] ?? '').trimEnd();
    if (!isGroupName(name)) this.#fault('bad-name', `"${name}" cannot be the name of a group`, 0);
    else if (!this.#isKnown(name)) this.#unknown(name, 0);
    else if (this.#draft.groups.has(name)) this.#draft.group(group).children.set(name, this.#spot(0));
    else {
      const awaited = this.#awaited.get(name) ?? [];
      this.#awaited.set(name, [...awaited, { parent: group, spot: this.#spot(0) }]);
    }
  }

  #arrive(child: string): void {
    for (const { parent, spot } of this.#awaited.get(child) ?? []) this.#draft.group(parent).children.set(child, spot);
    this.#awaited.delete(child);
  }

  #host(group: string, line: string): void {
    const [pattern, ...words] = wordsOf(line, (message, at) => this.#fault('bad-line', message, at));
    if (pattern === undefined) return;
    const { name: range, port } = splitPort(pattern.text);
    const vars: Assignments = new Map();
    if (port !== undefined) assign(vars, 'ansible_port', port, this.#spot(pattern.at));
    for (const { text, at } of words) {
      const equals = text.indexOf('=');
      const name = text.slice(0, Math.max(0, equals));
      if (name === '') {
        this.#fault(
          'bad-line',
          `"${text}" is not name=value`,
          at,
          'Without spaces around =; a value with spaces in quotes.',
        );
      } else if (this.#isName(name, at)) assign(vars, name, pythonValue(text.slice(equals + 1)), this.#spot(at));
    }
    try {
      const names = expandRanges(range);
      if (!this.#draft.takeRoom(names.length, vars.size, this.#spot(pattern.at))) return;
      for (const name of names) {
        if (!isHostName(name)) {
          this.#fault('bad-name', `"${name}" cannot be the name of a host`, pattern.at);
          return;
        }
        const known = this.#draft.host(name, group);
        for (const [key, { value, spot }] of vars) assign(known, key, value, spot);
      }
    } catch (thrown) {
      this.#fault('bad-range', reason(thrown), pattern.at, thrown instanceof Failure ? thrown.hint : undefined);
    }
  }

  #isKnown(group: string): boolean {
    return this.#declared.has(group) || this.#draft.groups.has(group);
  }

  #unknown(group: string, at: number): void {
    const isLarge = this.#declared.size + this.#draft.groups.size > mostCompared;
    const hint = isLarge ? undefined : didYouMean(group, [...this.#declared, ...this.#draft.groups.keys()]);
    this.#fault('unknown-group', `there is no group "${group}": no section [${group}]`, at, hint);
  }

  #isName(name: string, at: number): boolean {
    if (name !== '__proto__') return true;
    this.#fault('bad-key', '"__proto__" cannot be a name', at);
    return false;
  }

  /** `at`: place in the line, which is looked at without its indentation. */
  #spot(at: number): () => Spot {
    const spot = { file: this.#file, line: this.#number, column: this.#indent + at + 1 };
    return () => spot;
  }

  #fault(code: ProblemCode, message: string, at: number, hint?: string): void {
    this.#draft.fault(code, this.#spot(at)(), message, hint);
  }
}
