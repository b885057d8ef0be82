import { type KindName, kindNames, kinds } from './kinds.ts';
import { below, randomOf, shuffled } from './random.ts';
import type { Fault, Trial } from './trial.ts';

/** What undisturbed runs have reached, as keys of positions in their order. */
export interface Courses {
  /** A play that is kept. */
  readonly there: readonly string[];
  /** The way back of a play that was interrupted at its last check. */
  readonly back: readonly string[];
  /** A rollback of a kept play. */
  readonly rollback: readonly string[];
  /** What turns a play around for `back`. */
  readonly turn: Fault;
}

export interface Matrix {
  readonly trials: readonly Trial[];
  readonly coverage: Coverage;
}

/** How much of what can be struck is struck: positions of all courses, and those left when interchangeable ones are taken as one. */
export interface Coverage {
  readonly positions: number;
  readonly distinct: number;
}

/** Every distinct position with every fault that tells something there. Which one of several equal hosts is struck, the seed decides. */
export function fullMatrix(courses: Courses, seed: number): Matrix {
  const random = randomOf(seed);
  const there = distinct(courses.there);
  const back = distinct(courses.back);
  // The same code as the way back of a play: what it does there at its reads needs no second look.
  const rollback = distinct(courses.rollback).filter(([key = '']) => key.split(' ')[2] === 'undo');
  const across = (classes: readonly string[][], trialOf: (fault: Fault) => Trial): Trial[] =>
    classes.flatMap((equal) =>
      kindNames
        .filter((kind) => tells(kind, equal[0] ?? ''))
        .map((kind) => trialOf({ kind, at: equal[below(equal.length, random)] ?? '' }))
        .filter((trial) => isMeant(trial, courses)),
    );
  return {
    trials: [
      ...across(there, (fault) => ({ command: 'play', faults: [fault] })),
      ...across(back, (fault) => ({ command: 'play', faults: [courses.turn, fault] })),
      ...across(rollback, (fault) => ({ command: 'rollback', faults: [fault] })),
    ],
    coverage: {
      positions: courses.there.length + courses.back.length + courses.rollback.length,
      distinct: there.length + back.length + rollback.length,
    },
  };
}

/** So many of them, every kind of fault as often as any other as far as there are enough. */
export function sampleOf(trials: readonly Trial[], size: number, seed: number): Trial[] {
  const byKind = new Map<string, Trial[]>();
  for (const trial of shuffled(trials, randomOf(seed))) {
    const kind = trial.faults.at(-1)?.kind ?? '';
    byKind.set(kind, [...(byKind.get(kind) ?? []), trial]);
  }
  const rows = shuffled([...byKind.values()], randomOf(seed + 1));
  const longest = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: longest }, (_, i) => rows.flatMap((row) => row[i] ?? []))
    .flat()
    .slice(0, size);
}

/** Anything anywhere: one fault, or one and then another, on the way there, back, or in a rollback. */
export function randomTrials(courses: Courses, count: number, seed: number): Trial[] {
  const random = randomOf(seed);
  const any = <T>(items: readonly T[]): T => items[below(items.length, random)] as T;
  const fault = (keys: readonly string[]): Fault => {
    const at = any(keys);
    return { at, kind: any(kindNames.filter((kind) => fits(kind, at))) };
  };
  const trial = (): Trial => {
    const course = random();
    if (course < 0.2) return { command: 'rollback', faults: [fault(courses.rollback)] };
    if (course < 0.5) return { command: 'play', faults: [fault(courses.there)] };
    return { command: 'play', faults: [fault(courses.there), fault(courses.back)] };
  };
  const meant = (): Trial => {
    const drawn = trial();
    return isMeant(drawn, courses) ? drawn : meant();
  };
  return Array.from({ length: count }, meant);
}

/** In an order that is the same in every run: hosts answer in another one each time. */
export function inOrder(keys: readonly string[]): string[] {
  const places = new Map<string, number>();
  const placeOf = (key: string) => {
    const [phase, task, purpose, , nth] = key.split(' ');
    return [phase, task, purpose, nth].join(' ');
  };
  for (const key of keys) if (!places.has(placeOf(key))) places.set(placeOf(key), places.size);
  const at = (key: string) => places.get(placeOf(key)) ?? 0;
  return keys.toSorted((a, b) => at(a) - at(b) || (a < b ? -1 : 1));
}

/** Where nothing has been changed yet, the first command of its purpose in its phase stands for all. */
const untouched = /^(start|verify\.1|require|plan)/;

/** Positions that only differ in which of several equal hosts they are on, together. */
function distinct(keys: readonly string[]): string[][] {
  const classes = new Map<string, string[]>();
  for (const key of keys) {
    const [phase = '', task, purpose, on = '', nth] = key.split(' ');
    const role = on.replace(/\d+$/, (digits) => (Number(digits) > 20 ? 'node' : 'etcd'));
    const name = untouched.test(phase) ? `${phase} ${purpose}` : [phase, task, purpose, role, nth].join(' ');
    classes.set(name, [...(classes.get(name) ?? []), key]);
  }
  return [...classes].map(([name, equal]) => (untouched.test(name) ? equal.slice(0, 1) : equal));
}

/** What leaves something on a host. */
const altering: ReadonlySet<string> = new Set(['change', 'undo', 'guard', 'lock']);

/** Nobody restores where no guard stands: before there is one, after a kept run, and between two guards that are told to keep. */
function isMeant({ command, faults }: Trial, { there }: Courses): boolean {
  const guard = there.findIndex((key) => key.split(' ')[2] === 'guard');
  const keeping = ({ at }: Fault) => at.split(' ')[1] === 'guard';
  const guarded = (fault: Fault) =>
    guard >= 0 && !keeping(fault) && (!there.includes(fault.at) || there.indexOf(fault.at) > guard);
  return faults.every((fault) => kinds[fault.kind].alone !== true || (command === 'play' && guarded(fault)));
}

/** Can this fault strike there at all? */
function fits(kind: KindName, key: string): boolean {
  const [, , purpose = ''] = key.split(' ');
  if (purpose === 'open') return kinds[kind].atOpening === true;
  return altering.has(purpose) || kinds[kind].onlyChanges !== true;
}

/** Lasting faults before a command that only reads are the same as before the change that follows it. */
const atChanges: readonly KindName[] = ['power-off', 'sshd-flap', 'etcd-crash', 'run-full', 'journal-full'];

/** A lock and a guard are laid down by one short command: what happens around it is told by a few. */
const atOwn: readonly KindName[] = [
  'fails',
  'cut-after',
  'hangs',
  'sshd-gone',
  'power-cycle',
  'run-full',
  'kill-during',
  'left-alone',
];

function tells(kind: KindName, key: string): boolean {
  if (!fits(kind, key)) return false;
  const [phase = '', , purpose = '', on = ''] = key.split(' ');
  if (purpose === 'lock' || purpose === 'guard') return atOwn.includes(kind);
  const changes = altering.has(purpose);
  if (kind === 'etcd-stopped') return changes || /12$/.test(on);
  if (kind === 'wire-cut') return phase.startsWith('tasks');
  return changes || purpose === 'open' || !atChanges.includes(kind);
}
