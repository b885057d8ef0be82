import type { Json } from '../core/json.ts';

/** Where something stands; line and column count from 1. */
export interface Spot {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One value of a variable. */
export interface Setting {
  readonly value: Json;
  /** Worked out only when somebody asks. */
  readonly spot: () => Spot;
  /** What it replaced on the same level: a later file, or a later line, wins. */
  readonly before?: Setting;
}

export type Settings = Map<string, Setting>;

/** A group while the inventory is read. */
export interface GroupDraft {
  readonly hosts: Set<string>;
  /** With where it is said. */
  readonly children: Map<string, () => Spot>;
  readonly vars: Settings;
  /** `ansible_group_priority`: among groups of one depth the highest counts most. */
  priority: number;
}

/** Something wrong with a file of the inventory. */
export interface Fault {
  readonly spot: Spot;
  readonly message: string;
  readonly hint?: string;
}

/** What the files say so far: hosts and groups in the order in which they are first named. */
export class Draft {
  readonly hosts = new Map<string, Settings>();
  readonly groups = new Map<string, GroupDraft>();
  readonly faults: Fault[] = [];

  constructor() {
    this.group('all');
    this.group('ungrouped');
  }

  group(name: string): GroupDraft {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const made: GroupDraft = { hosts: new Set(), children: new Map(), vars: new Map(), priority: 1 };
    this.groups.set(name, made);
    return made;
  }

  /** Adds a host to a group; the host's variables. */
  host(name: string, group: string): Settings {
    const vars = this.hosts.get(name) ?? new Map<string, Setting>();
    this.hosts.set(name, vars);
    this.group(group).hosts.add(name);
    return vars;
  }

  /** A variable of a group. `ansible_group_priority` is none: it orders the groups. */
  groupVar(group: string, name: string, value: Json, spot: () => Spot): void {
    const draft = this.group(group);
    if (name !== 'ansible_group_priority') {
      assign(draft.vars, name, value, spot);
      return;
    }
    const priority = Number(value);
    if (Number.isSafeInteger(priority) && value !== null && value !== '') draft.priority = priority;
    else this.fault(spot(), 'ansible_group_priority must be a whole number');
  }

  fault(spot: Spot, message: string, hint?: string): void {
    this.faults.push({ spot, message, ...(hint === undefined ? {} : { hint }) });
  }
}

export function assign(settings: Settings, name: string, value: Json, spot: () => Spot): void {
  const before = settings.get(name);
  settings.set(name, { value, spot, ...(before === undefined ? {} : { before }) });
}

/** Can a group have this name? A host's may be nearly anything that is not a pattern. */
export function isGroupName(name: string): boolean {
  return /^[^\s:,!&~*?[\]{}\u0000-\u001f]+$/.test(name) && name !== '__proto__';
}

export function isHostName(name: string): boolean {
  return /^[^\s,!&~*?[\]{}\u0000-\u001f-][^\s,!&~*?[\]{}\u0000-\u001f]*$/.test(name) && name !== '__proto__';
}
