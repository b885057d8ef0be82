import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Event } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';

/**
 * One event a line, appended and fsynced. Appends that arrive while a write is under way share the next one's fsync,
 * so fifty hosts cost no more than one.
 */
export class Journal {
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #flush: Promise<void> | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Creates the file; it must not exist. Mode 0600: a journal holds hosts' output. */
  static async create(path: string): Promise<Journal> {
    return new Journal(await open(path, 'ax', 0o600));
  }

  /** Resolves when the event is on disk. Throws Failure `unwritable` when it cannot be (a full disk). */
  append(event: Event): Promise<void> {
    this.#waiting.push(`${JSON.stringify(event)}\n`);
    this.#flush ??= this.#write();
    return this.#flush;
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // lets the events of this turn come together
    try {
      while (this.#waiting.length > 0) {
        const lines = this.#waiting.join('');
        this.#waiting = [];
        await this.#file.appendFile(lines);
        await this.#file.datasync();
      }
    } catch (thrown) {
      throw new Failure('unwritable', `the journal cannot be written: ${reason(thrown)}`, { cause: thrown });
    } finally {
      this.#flush = undefined;
    }
  }

  async close(): Promise<void> {
    await this.#flush;
    await this.#file.close();
  }
}

/**
 * The events of a journal, in order. A last line that was cut short (the controller was killed while it wrote) is left out;
 * any other broken line throws Failure `invalid`.
 */
export async function readJournal(path: string): Promise<Event[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const whole = lines.slice(0, -1); // what follows the last newline is empty, or was cut
  return whole.map((line, i) => {
    try {
      return JSON.parse(line) as Event;
    } catch (thrown) {
      throw new Failure('invalid', `${path}:${i + 1}: this line of the journal is not an event: ${reason(thrown)}`, {
        hint: 'Everything before it can be read; the file was altered or the disk is damaged.',
      });
    }
  });
}
