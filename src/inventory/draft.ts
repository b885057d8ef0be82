import type { Json } from '../core/json.ts';

/** A group while the inventory is read. */
export interface GroupDraft {
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly vars: Map<string, Json>;
}

/** Something wrong with a file of the inventory. */
export interface Fault {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** What the files say so far: hosts and groups in the order in which they are first named. */
export class Draft {
  readonly hosts = new Map<string, Map<string, Json>>();
  readonly groups = new Map<string, GroupDraft>();
  readonly faults: Fault[] = [];

  constructor() {
    this.group('all');
    this.group('ungrouped');
  }

  group(name: string): GroupDraft {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const made: GroupDraft = { hosts: new Set(), children: new Set(), vars: new Map() };
    this.groups.set(name, made);
    return made;
  }

  /** Adds a host to a group; the host's variables. */
  host(name: string, group: string): Map<string, Json> {
    const vars = this.hosts.get(name) ?? new Map<string, Json>();
    this.hosts.set(name, vars);
    this.group(group).hosts.add(name);
    return vars;
  }

  fault(file: string, message: string, line?: number): void {
    this.faults.push({ file, message, ...(line === undefined ? {} : { line }) });
  }
}

/** Can a group have this name? A host's may be nearly anything that is not a pattern. */
export function isGroupName(name: string): boolean {
  return /^[^\s:,!&~*?[\]{}\u0000-\u001f]+$/.test(name) && name !== '__proto__';
}

export function isHostName(name: string): boolean {
  return /^[^\s,!&~*?[\]{}\u0000-\u001f-][^\s,!&~*?[\]{}\u0000-\u001f]*$/.test(name) && name !== '__proto__';
}
