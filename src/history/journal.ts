import { type FileHandle, open } from 'node:fs/promises';
import type { Event } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';
import { printable } from '../core/printable.ts';
import { Chain, type Origin, parseLine } from './chain.ts';
import { readOwn } from './own-files.ts';

/**
 * One event a line, chained by hashes, appended and fsynced. Appends that arrive while a write is under way share the
 * next one's fsync, so fifty hosts cost no more than one.
 */
export class Journal {
  readonly #file: FileHandle;
  readonly #chain: Chain;
  #waiting: string[] = [];
  #flush: Promise<void> | undefined;
  /** Bytes that are on disk, whole lines all of them. */
  #safe = 0;

  private constructor(file: FileHandle, chain: Chain) {
    this.#file = file;
    this.#chain = chain;
  }

  /** Creates the file; it must not exist. Mode 0600: a journal holds hosts' output. */
  static async create(path: string, origin: Origin): Promise<Journal> {
    return new Journal(await open(path, 'ax', 0o600), new Chain(origin));
  }

  /** The hash of the last line that was appended. */
  get head(): string {
    return this.#chain.head;
  }

  /** Resolves when the event is on disk. Throws Failure `unwritable` when it cannot be (a full disk). */
  append(event: Event): Promise<void> {
    this.#waiting.push(this.#chain.line(event));
    this.#flush ??= this.#write();
    return this.#flush;
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // lets the events of this turn come together
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting;
        this.#waiting = [];
        await this.#writeLines(lines);
      }
    } catch (thrown) {
      throw new Failure('unwritable', `the journal cannot be written: ${reason(thrown)}`, { cause: thrown });
    } finally {
      this.#flush = undefined;
    }
  }

  /** What a full disk took half of is taken back, and waits for the next append: no line may be missing in the chain. */
  async #writeLines(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.join(''));
    try {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
      this.#safe += bytes.length;
    } catch (thrown) {
      this.#waiting = [...lines, ...this.#waiting];
      await this.#file.truncate(this.#safe).catch(() => undefined);
      throw thrown;
    }
  }

  async close(): Promise<void> {
    await this.#flush;
    if (this.#waiting.length > 0) await this.#write().catch(() => undefined); // whoever appended was told already
    await this.#file.close();
  }
}

/** A journal as it was read. */
export interface JournalRead {
  readonly events: Event[];
  /** Its last line was cut short, and is left out: the controller was killed while it wrote. */
  readonly cut: boolean;
}

/**
 * The events of a journal of any format, in order. Throws Failure `missing` where there is none, `invalid` for a broken line, unless it is the last and was cut
 * short, and for a format that is newer than this version.
 */
export async function readJournal(path: string): Promise<JournalRead> {
  const lines = (await readOwn(path)).toString().split('\n');
  const rest = lines.pop() ?? ''; // what follows the last newline is empty, or was cut
  const events: Event[] = [];
  for (const [i, line] of lines.entries()) {
    events.push(eventOf(line, `${path}:${i + 1}`));
    if (i === 0) refuseNewer(events[0], path);
  }
  return { events, cut: rest !== '' };
}

function eventOf(line: string, where: string): Event {
  try {
    return parseLine(line).event;
  } catch (thrown) {
    throw new Failure('invalid', `${where}: this line of the journal is not an event: ${reason(thrown)}`, {
      hint: 'Everything before it can be read; the file was altered or the disk is damaged.',
    });
  }
}

const newestFormat = 2;

/** Throws Failure `invalid` for a journal that a newer version has written: half understood it would be worse than not read. */
export function refuseNewer(first: Event | undefined, path: string): void {
  if (first?.type !== 'run_started') return;
  const { format, tool } = first as { format: unknown; tool: unknown };
  if (typeof format === 'number' && Number.isInteger(format) && format >= 1 && format <= newestFormat) return;
  throw new Failure(
    'invalid',
    `${path} is a journal of format ${printable(String(format), 20)}; this version reads the formats 1 to ${newestFormat}`,
    { hint: `It was written by ${printable(String(tool), 40)}: read it with that version, or a newer one.` },
  );
}
