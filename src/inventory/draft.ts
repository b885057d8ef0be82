import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { cut } from '../core/cut.ts';
import type { Json } from '../core/json.ts';
import { isPrintable } from '../core/printable.ts';
import type { TextPart } from '../core/text-part.ts';
import type { YamlPath } from '../core/yaml-place.ts';

/** More than any fleet names: ranges make many of few letters, and each name is work. */
const mostNamed = 300_000;
/** Variables that hosts are given by name, all together. */
const mostValues = 2_000_000;
/** More than are shown. */
const mostFaults = 200;
const longestMessage = 2_500;

/** Where something stands; line and column count from 1. */
export interface Spot {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Where a part of a text in the value that stands there is. Absent: in its line. */
  part?(path: YamlPath, part: TextPart): { readonly line: number; readonly column: number; readonly width: number };
}

/** One value of a variable. */
export interface Assignment {
  readonly value: Json;
  /** Worked out only when somebody asks. */
  readonly spot: () => Spot;
  /** What it replaced on the same level: a later file, or a later line, wins. */
  readonly before?: Assignment;
}

export type Assignments = Map<string, Assignment>;

/** A group while the inventory is read. */
export interface GroupDraft {
  readonly hosts: Set<string>;
  /** With where it is said. */
  readonly children: Map<string, () => Spot>;
  readonly vars: Assignments;
  /** `ansible_group_priority`: among groups of one depth the highest counts most. */
  priority: number;
}

/** Something wrong with a file of the inventory. */
export interface InventoryFault {
  readonly code: ProblemCode;
  readonly spot: Spot;
  readonly message: string;
  readonly hint?: string;
}

/** What the files say so far: hosts and groups in the order in which they are first named. */
export class Draft {
  readonly hosts = new Map<string, Assignments>();
  readonly groups = new Map<string, GroupDraft>();
  readonly faults: InventoryFault[] = [];
  #named = 0;
  #values = 0;
  #isFull = false;

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
  host(name: string, group: string): Assignments {
    const vars = this.hosts.get(name) ?? new Map<string, Assignment>();
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
    else this.fault('bad-value', spot(), 'ansible_group_priority must be a whole number');
  }

  /** Is more named than is read? Then what was read says nothing of the rest. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Are there so many faults that no more are kept? */
  get hasEnoughFaults(): boolean {
    return this.faults.length >= mostFaults;
  }

  /**
   * Takes the room for so many more hosts, each with so many variables of its own. False, and a fault the first time,
   * when there is none: then nothing of them is to be read.
   */
  takeRoom(hosts: number, values: number, spot: () => Spot): boolean {
    this.#named += hosts;
    this.#values += hosts * values;
    if (this.#isFull) return false;
    const what =
      this.#named > mostNamed
        ? `more than ${mostNamed} hosts are named up to here`
        : this.#values > mostValues
          ? `the hosts have more than ${mostValues} variables in all`
          : undefined;
    if (what === undefined) return true;
    this.fault('too-many', spot(), what);
    this.#isFull = true;
    return false;
  }

  fault(code: ProblemCode, spot: Spot, message: string, hint?: string): void {
    if (this.hasEnoughFaults) return;
    this.faults.push({ code, spot, message: shortened(message), ...(hint === undefined ? {} : { hint }) });
  }
}

/** Without the middle, when it quotes a line that nobody wrote. */
function shortened(message: string): string {
  if (message.length <= longestMessage) return message;
  return `${cut(message, 200)} ${message.slice(-200)}`;
}

export function assign(assignments: Assignments, name: string, value: Json, spot: () => Spot): void {
  const before = assignments.get(name);
  assignments.set(name, { value, spot, ...(before === undefined ? {} : { before }) });
}

/** Can a group have this name? A host's may be nearly anything that is not a pattern. */
export function isGroupName(name: string): boolean {
  return isPrintable(name) && /^[^\s:,!&~*?[\]{}\u0000-\u001f]+$/.test(name) && name !== '__proto__';
}

export function isHostName(name: string): boolean {
  return (
    isPrintable(name) &&
    /^[^\s,!&~*?[\]{}\u0000-\u001f-][^\s,!&~*?[\]{}\u0000-\u001f]*$/.test(name) &&
    name !== '__proto__'
  );
}
