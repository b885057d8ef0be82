import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import writeFileAtomic from 'write-file-atomic';
import type { Event } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';
import type { JsonObject } from '../core/json.ts';
import { sha256 } from './chain.ts';
import { Journal, type JournalRead, readJournal } from './journal.ts';
import { readOwnJson } from './own-files.ts';
import { type RunSummary, summarize } from './run-summary.ts';

export interface TagsGiven {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** What a run was made from: enough to play it again without a host, and to find the hosts again. */
export interface RunInputs {
  readonly playbook: string;
  /** What was named with -i, absolute. */
  readonly inventory: readonly string[];
  /** Those of encrypted files are not among them. */
  readonly extraVars: JsonObject;
  /** Encrypted files that -e names, absolute, in their order; their texts are among `files`. */
  readonly extraFiles?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly forks: number;
  /** What --tags and --skip-tags chose. */
  readonly tags?: TagsGiven;
  /** Ways to the hosts might be cut. */
  readonly allowCutoff?: boolean;
  /** Of a rollback: its machines may be at other addresses by now. */
  readonly allowMoved?: boolean;
  /** Text of every file that was read, secrets masked; null: was looked for and not there. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly folders: Readonly<Record<string, readonly string[] | null>>;
  /** Text of the saved plan that the run was held to. */
  readonly plan?: string;
}

/** A run that has been given its place. */
export interface Begun {
  readonly run: string;
  readonly journal: Journal;
  /** SHA-256 of its `inputs.json`, in hex. */
  readonly inputs: string;
}

/** `.runbook/runs/<ulid>/`: a journal and the inputs of each run. Only for its owner: folders 0700, files 0600. */
export class RunStore {
  readonly #home: string;
  readonly #root: string;

  /** `home`: the folder that holds `runs/`, `.runbook` of the project. */
  constructor(home: string) {
    this.#home = home;
    this.#root = join(home, 'runs');
  }

  /** Throws Failure `unwritable`: nothing is begun that is not recorded. */
  async begin(inputs: RunInputs): Promise<Begun> {
    try {
      return await this.#begin(ulid(), inputs);
    } catch (thrown) {
      throw new Failure('unwritable', `the run cannot be recorded in ${this.#root}: ${reason(thrown)}`, {
        hint: 'No host was touched. It has to be a folder that you may write to, on a disk with room.',
        cause: thrown,
      });
    }
  }

  async #begin(run: string, inputs: RunInputs): Promise<Begun> {
    await mkdir(join(this.#root, run), { recursive: true, mode: 0o700 });
    // Made by an earlier version, or by hand. Where it is another's it stays as it is: what is inside is closed by itself.
    await chmod(this.#home, 0o700).catch(() => undefined);
    const text = `${JSON.stringify(inputs, null, 1)}\n`;
    await writeFileAtomic(this.inputsPath(run), text, { mode: 0o600 });
    const digest = sha256(text);
    return { run, journal: await Journal.create(this.journalPath(run), { run, inputs: digest }), inputs: digest };
  }

  journalPath(run: string): string {
    return join(this.#root, run, 'journal.jsonl');
  }

  inputsPath(run: string): string {
    return join(this.#root, run, 'inputs.json');
  }

  summaryPath(run: string): string {
    return join(this.#root, run, 'summary.json');
  }

  async events(run: string): Promise<Event[]> {
    return (await this.journal(run)).events;
  }

  async journal(run: string): Promise<JournalRead> {
    return readJournal(this.journalPath(run));
  }

  /** Throws Failure `missing`, and `invalid` where it is damaged. */
  async inputs(run: string): Promise<RunInputs> {
    const kept = (await readOwnJson(this.inputsPath(run))) as unknown;
    const inputs = kept as RunInputs & { readonly inventory: string | readonly string[] };
    // Earlier versions knew one inventory.
    return typeof inputs.inventory === 'string' ? { ...inputs, inventory: [inputs.inventory] } : inputs;
  }

  /** All runs, oldest first. */
  async ids(): Promise<string[]> {
    const names = await readdir(this.#root).catch(() => [] as string[]);
    return names.filter((name) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name)).sort();
  }

  /** A run by its id, the beginning or the end of it, or `last`. Throws Failure `missing`. */
  async find(word: string): Promise<string> {
    const ids = await this.ids();
    const wanted = word.toUpperCase();
    const found = word === 'last' ? ids.slice(-1) : ids.filter((id) => id.startsWith(wanted) || id.endsWith(wanted));
    if (found.length === 1 && found[0] !== undefined) return found[0];
    throw new Failure(
      'missing',
      found.length === 0 ? `there is no run "${word}"` : `"${word}" fits ${found.length} runs`,
      {
        hint: '`runbook history` lists them.',
      },
    );
  }

  /**
   * Keeps the summary of an ended run beside its journal, so that a long history need not be read whole. `head`: the
   * hash of the journal's last line.
   */
  async end(run: string, events: readonly Event[], head: string): Promise<void> {
    const summary = summarize(events, head);
    if (summary?.ended !== undefined)
      await writeFileAtomic(this.summaryPath(run), `${JSON.stringify(summary)}\n`, { mode: 0o600 });
  }

  /** Undefined where the journal is empty: the controller was killed before its first event. */
  async summary(run: string): Promise<RunSummary | undefined> {
    // A disk that failed may have left an empty file; the journal says all of it.
    const kept = (await readOwnJson(this.summaryPath(run)).catch(() => null)) as Partial<RunSummary> | null;
    if (typeof kept?.run === 'string') return kept as RunSummary;
    const exists = await stat(this.journalPath(run)).then(
      () => true,
      () => false,
    );
    return exists ? summarize(await this.events(run)) : undefined;
  }

  /** Throws Failure `invalid` for a journal that cannot be read: what it has changed is not known. */
  async summaries(): Promise<RunSummary[]> {
    const all = await Promise.all((await this.ids()).map((run) => this.summary(run)));
    return all.filter((summary) => summary !== undefined);
  }

  /** The same for people who look: a journal that cannot be read does not hide the others. */
  async overview(): Promise<{ summaries: RunSummary[]; unreadable: { run: string; because: string }[] }> {
    const unreadable: { run: string; because: string }[] = [];
    const summaries: RunSummary[] = [];
    for (const run of await this.ids()) {
      const summary = await this.summary(run).catch((thrown: unknown) => {
        unreadable.push({ run, because: reason(thrown) });
        return undefined;
      });
      if (summary !== undefined) summaries.push(summary);
    }
    return { summaries, unreadable };
  }
}
