import type { EventBody } from '../core/event.ts';
import { Failure, reason } from '../core/failure.ts';
import type { Connect, Host, HostFacts } from '../core/host.ts';

interface Contact {
  readonly host: Host;
  readonly facts: HostFacts;
}

/** The run's connections: one to each host, and what has become of the hosts. */
export class Contacts {
  readonly #connect: Connect;
  readonly #emit: (event: EventBody) => Promise<void>;
  readonly #open = new Map<string, Promise<Contact>>();
  readonly #lost = new Map<string, string>();
  /** As each host was when this run met it. */
  readonly #bootIds = new Map<string, string>();
  readonly #restarted = new Set<string>();
  /** Hosts that have been changed over the connection that is open. */
  readonly #used = new Set<string>();
  #isOver = false;

  constructor(connect: Connect, emit: (event: EventBody) => Promise<void>) {
    this.#connect = connect;
    this.#emit = emit;
  }

  isLost(host: string): boolean {
    return this.#lost.has(host);
  }

  /** It has been met with another boot id than at first. */
  hasRestarted(host: string): boolean {
    return this.#restarted.has(host);
  }

  /** Nothing has been changed on it over this connection. */
  isFresh(host: string): boolean {
    return this.#open.has(host) && !this.#used.has(host);
  }

  /** A change is about to go over the host's connection. */
  use(host: string): void {
    this.#used.add(host);
  }

  /** The hosts that this run has talked to. */
  get names(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Connects where there is no connection yet. Throws Failure `unreachable`; the host then counts as lost. */
  async open(name: string, abort: AbortSignal, fresh = false): Promise<HostFacts> {
    if (this.#isOver) throw new Failure('unreachable', 'the run is over');
    const known = this.#open.get(name);
    if (known !== undefined) return (await known).facts;
    const contact = this.#dial(name, abort, fresh);
    this.#open.set(name, contact);
    contact.catch(() => this.#open.delete(name));
    return (await contact).facts;
  }

  async #dial(name: string, abort: AbortSignal, fresh: boolean): Promise<Contact> {
    const contact = await this.#met(name, abort);
    const { bootId } = contact.facts;
    this.#lost.delete(name);
    this.#used.delete(name);
    const first = this.#bootIds.get(name);
    if (first === undefined) this.#bootIds.set(name, bootId);
    else if (first !== bootId) this.#restarted.add(name);
    await this.#emit({ type: 'host_opened', host: name, ...contact.facts, fresh }).catch(async (thrown: unknown) => {
      await contact.host.close(); // nobody else knows of it, and it would keep the controller from ending
      throw thrown;
    });
    return contact;
  }

  /** Whatever keeps a host from being connected to, also one that the inventory no longer has: it is lost, and the others are not. */
  async #met(name: string, abort: AbortSignal): Promise<Contact> {
    try {
      const host = this.#connect(name);
      return { host, facts: await host.open(abort) };
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      this.#lost.set(name, reason(thrown));
      await this.#emit({ type: 'host_lost', host: name, because: reason(thrown) });
      if (thrown.code === 'unreachable') throw thrown;
      const { message, hint } = thrown;
      throw new Failure('unreachable', message, { cause: thrown, ...(hint === undefined ? {} : { hint }) });
    }
  }

  /** A host whose earlier boot id is known from the journal of another run. */
  remember(host: string, bootId: string): void {
    if (!this.#bootIds.has(host)) this.#bootIds.set(host, bootId);
  }

  /** From here on it is known with this boot id. */
  acceptBoot(host: string, bootId: string): void {
    this.#bootIds.set(host, bootId);
    this.#restarted.delete(host);
  }

  /** The connection to a host, made where there is none. Undefined: it is lost. */
  async reach(name: string, abort: AbortSignal): Promise<Host | undefined> {
    if (this.#lost.has(name)) return undefined;
    try {
      await this.open(name, abort);
      return (await this.#open.get(name))?.host;
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'unreachable') throw thrown;
      return undefined;
    }
  }

  /** The connection to a host, if there is one just now. */
  async present(name: string): Promise<Host | undefined> {
    return this.#lost.has(name) ? undefined : (await this.#open.get(name)?.catch(() => undefined))?.host;
  }

  /** Closes them all. What is still at work on a host after a fault of our own gets no other: that would keep the controller from ending. */
  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.names.map((name) => this.drop(name)));
  }

  async lose(host: string, because: string): Promise<void> {
    if (this.#lost.has(host)) return;
    this.#lost.set(host, because);
    await this.#emit({ type: 'host_lost', host, because });
    await this.drop(host);
  }

  async drop(name: string): Promise<void> {
    const contact = this.#open.get(name);
    this.#open.delete(name);
    await contact?.then(
      ({ host }) => host.close(),
      () => undefined,
    );
  }
}
