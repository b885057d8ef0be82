import type { Event } from '../core/event.ts';
import { reason } from '../core/failure.ts';
import { anchorOf, type Line, parseLine, sha256 } from './chain.ts';

/** A place of a journal that is not as it was written. */
export interface Fault {
  /** From 1. */
  readonly line: number;
  readonly what: string;
}

/** A journal, looked at line by line; nothing in it is taken for true. */
export interface Inspection {
  /** Of every line that is one. */
  readonly events: readonly Event[];
  readonly lines: number;
  /** Its lines carry hashes; journals of format 1 do not. */
  readonly chained: boolean;
  /** The hash of each whole line, in hex. */
  readonly hashes: readonly string[];
  /** SHA-256 of the run's inputs, in hex, as the first line tells it. */
  readonly inputs?: string;
  /** What follows the last line end: the controller was killed while it wrote. */
  readonly cut: boolean;
  readonly faults: readonly Fault[];
}

interface Read {
  readonly hash: string;
  readonly line?: Line;
  readonly trouble?: string;
}

/** Looks at the bytes of a journal of any format. */
export function inspectJournal(bytes: Uint8Array): Inspection {
  const { lines, rest } = split(bytes);
  const read = lines.map(readLine);
  const events = read.flatMap(({ line }) => (line === undefined ? [] : [line.event]));
  const chained = read.some(({ line }) => line?.prev !== undefined);
  const faults = read.flatMap((_, i) => faultsAt(read, i, chained));
  const inputs = read[0]?.line?.inputs;
  return {
    events,
    lines: lines.length,
    chained,
    hashes: read.map(({ hash }) => hash),
    ...(inputs === undefined ? {} : { inputs }),
    cut: rest > 0,
    faults: faults.filter((fault, i) => faults.findIndex(({ line }) => line === fault.line) === i),
  };
}

function split(bytes: Uint8Array): { lines: Uint8Array[]; rest: number } {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return { lines, rest: bytes.length - start };
}

function readLine(bytes: Uint8Array): Read {
  const hash = sha256(bytes);
  try {
    return { hash, line: parseLine(Buffer.from(bytes).toString()) };
  } catch (thrown) {
    return { hash, trouble: reason(thrown) };
  }
}

function faultsAt(read: readonly Read[], i: number, chained: boolean): Fault[] {
  const here = read[i];
  if (here?.line === undefined) return [{ line: i + 1, what: `is no event: ${here?.trouble ?? ''}` }];
  if (!chained) return outOfStep(here.line, i);
  if (here.line.prev === undefined) return [{ line: i + 1, what: 'carries no hash of the line before it' }];
  if (i === 0) return anchorFault(here.line, here.line.prev);
  const { prev } = here.line;
  if (prev === read[i - 1]?.hash) return [];
  return linkFaults(read, i, prev);
}

/** Without a chain the numbers of the events are all there is: they tell what is missing, not what was altered. */
function outOfStep({ event }: Line, i: number): Fault[] {
  return event.seq === i + 1 ? [] : [{ line: i + 1, what: `is event ${event.seq}, where event ${i + 1} belongs` }];
}

function anchorFault({ event, inputs }: Line, prev: string): Fault[] {
  if (event.type !== 'run_started')
    return [{ line: 1, what: 'is not the start of a run: lines before it are missing' }];
  if (inputs !== undefined && prev === anchorOf({ run: event.run, inputs })) return [];
  return [{ line: 1, what: 'was altered: it does not begin the chain of this run and its inputs' }];
}

/** The line does not carry the hash of the one before it: what became of that one? */
function linkFaults(read: readonly Read[], i: number, prev: string): Fault[] {
  const belongs = read.findIndex(({ hash }) => hash === prev);
  if (belongs >= i) return [{ line: i + 1, what: `stands before line ${belongs + 1}, which it was written after` }];
  if (belongs !== -1) {
    const between = Array.from({ length: i - 1 - belongs }, (_, k) => belongs + 2 + k);
    return between.map((line) => ({ line, what: `was put in: line ${i + 1} was written after line ${belongs + 1}` }));
  }
  const [before, seq] = [read[i - 1]?.line?.event.seq, read[i]?.line?.event.seq];
  if (before !== undefined && seq !== undefined && seq > before + 1) {
    const gone = seq === before + 2 ? `event ${before + 1} is` : `the events ${before + 1} to ${seq - 1} are`;
    return [{ line: i + 1, what: `${gone} missing before it` }];
  }
  return [{ line: i, what: `was altered: line ${i + 1} carries another hash of it` }];
}
