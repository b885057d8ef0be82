import type { Doubt } from '../core/event.ts';
import type { Play } from '../core/play.ts';

/** A host that takes part no more. */
export interface Dropped {
  readonly host: string;
  readonly because: string;
  /** How it is is not known, or nothing was begun there: it is to be completed. Else it is proven to be as before. */
  readonly pending: boolean;
  /** The run had begun to change something there. */
  readonly touched: boolean;
  readonly doubts: readonly Doubt[];
}

/** Who takes part in the run, and who has dropped out. */
export class Roster {
  readonly #out = new Map<string, Dropped>();
  /** Those that are not held against the play. */
  readonly #forgiven = new Set<string>();
  #batches: readonly (readonly string[])[] = [];
  #percentage: number | undefined;

  /** From here on it is about this play. */
  begin({ maxFailPercentage }: Play, batches: readonly (readonly string[])[]): void {
    this.#percentage = maxFailPercentage;
    this.#batches = batches.map((batch) => this.left(batch));
  }

  left(hosts: readonly string[]): readonly string[] {
    return hosts.filter((host) => !this.#out.has(host));
  }

  /** The hosts of the play that its tasks come to together with this one. */
  batchOf(host: string): readonly string[] {
    return this.#batches.find((batch) => batch.includes(host)) ?? [host];
  }

  get out(): readonly Dropped[] {
    return [...this.#out.values()];
  }

  isOut(host: string): boolean {
    return this.#out.has(host);
  }

  isPending(host: string): boolean {
    return this.#out.get(host)?.pending === true;
  }

  add(dropped: Dropped): void {
    this.#out.set(dropped.host, dropped);
  }

  forgive(host: string): void {
    this.#forgiven.add(host);
  }

  /** Why these may not drop out as well, in words. Undefined: they may. */
  against(hosts: readonly string[]): string | undefined {
    const other = hosts.find((host) => !this.#batches.some((batch) => batch.includes(host)));
    if (other !== undefined) return `${other} is no host of this play, which could go on without it`;
    for (const batch of this.#batches) {
      const going = batch.filter((host) => !this.#out.has(host) && !hosts.includes(host));
      if (going.length === 0 && batch.some((host) => hosts.includes(host))) return 'no host of the batch is left';
      const counted = batch.filter((host) => !going.includes(host) && !this.#forgiven.has(host));
      const most = this.#percentage ?? 0;
      if (counted.length * 100 > most * batch.length)
        return `${counted.length} of ${batch.length} hosts have dropped out, and at most ${most} percent may`;
    }
    return undefined;
  }
}
