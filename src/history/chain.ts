import { hash } from 'node:crypto';
import type { Event } from '../core/event.ts';
import { isJsonObject, type Json, jsonText } from '../core/json.ts';

/** What the first line of a journal rests on. */
export interface Origin {
  readonly run: string;
  /** SHA-256 of the bytes of the run's `inputs.json`, in hex. */
  readonly inputs: string;
}

/** SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** What stands in place of "the line before" in the first line. */
export function anchorOf({ run, inputs }: Origin): string {
  return sha256(`runbook journal 2\n${run}\n${inputs}\n`);
}

/** Events as lines, each with the hash of the line before it: none can be altered, taken out or put in unseen. */
export class Chain {
  #head: string;
  #inputs: string | undefined;

  constructor(origin: Origin) {
    this.#head = anchorOf(origin);
    this.#inputs = origin.inputs;
  }

  /** The hash of the last line, without its line end: it stands for the whole journal. */
  get head(): string {
    return this.#head;
  }

  /** The event as the next line, with its line end. */
  line(event: Event): string {
    const inputs = this.#inputs === undefined ? '' : `,"inputs":"${this.#inputs}"`;
    this.#inputs = undefined;
    const line = `${jsonText(event).slice(0, -1)}${inputs},"prev":"${this.#head}"}`;
    this.#head = sha256(line);
    return `${line}\n`;
  }
}

/** A journal as text, with the hash of its last line; without one the journal is of format 1, which has no chain. */
export interface JournalText {
  readonly text: string;
  readonly head?: string;
}

/** The same bytes as the journal on disk. */
export function journalText(events: readonly Event[], origin: Origin): JournalText & { readonly head: string } {
  const chain = new Chain(origin);
  const text = events.map((event) => chain.line(event)).join('');
  return { text, head: chain.head };
}

/** A line of a journal, taken apart: the links are the journal's own, no reader of events sees them. */
export interface Line {
  readonly event: Event;
  readonly prev?: string;
  readonly inputs?: string;
}

/** Takes the text of a line, without its line end. Throws an Error for what is no event. */
export function parseLine(text: string): Line {
  const value = JSON.parse(text) as Json;
  if (!isJsonObject(value) || typeof value.type !== 'string') throw new Error('not an event');
  const { prev, inputs, ...event } = value;
  return {
    event: event as unknown as Event,
    ...(typeof prev === 'string' ? { prev } : {}),
    ...(typeof inputs === 'string' ? { inputs } : {}),
  };
}
