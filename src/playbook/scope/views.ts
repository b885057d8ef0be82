import type { Json } from '../../core/json.ts';
import { Numbering, TurnNumbers, type TurnUses } from './numbering.ts';

/** A number for each host, the same for those that see the same. */
export type View = ReadonlyMap<string, number>;

/** Hosts that see the same. */
export type HostsAlike = readonly [string, ...string[]];

/** Which hosts see the same: what comes of an expression on one of them comes of it on the others. */
export class Views {
  readonly #hosts: readonly string[];
  readonly #see: (host: string, name: string) => Json | undefined;
  readonly #views = new Map<string, View>();
  readonly #groups = new Map<View, readonly HostsAlike[]>();
  readonly #turns = new Map<string, TurnNumbers>();

  /**
   * `see` gives what a name is on a host, or undefined for what no other host has. What it throws is said by whoever evaluates it:
   * here such a host is alike to no other.
   */
  constructor(hosts: readonly string[], see: (host: string, name: string) => Json | undefined) {
    this.#hosts = hosts;
    this.#see = see;
  }

  /** What each host sees under all of these names. */
  of(names: Iterable<string>): View {
    return this.#of([...new Set(names)].toSorted());
  }

  /** All hosts, those that see the same in one group. */
  groups(view: View): readonly HostsAlike[] {
    const known = this.#groups.get(view);
    if (known !== undefined) return known;
    const made = new Map<number, [string, ...string[]]>();
    for (const [host, number] of view) {
      const alike = made.get(number);
      if (alike === undefined) made.set(number, [host]);
      else alike.push(host);
    }
    const groups = [...made.values()];
    this.#groups.set(view, groups);
    return groups;
  }

  /** Of the turns of all loops that are written so. `by`: what of them tells them apart. */
  turns(loop: Json | undefined, by: TurnUses): TurnNumbers {
    const key = JSON.stringify([by.item, by.place, loop ?? null]);
    const known = this.#turns.get(key) ?? new TurnNumbers(by);
    this.#turns.set(key, known);
    return known;
  }

  #of(names: readonly string[]): View {
    const key = names.join(' ');
    const view = this.#views.get(key) ?? this.#made(names);
    this.#views.set(key, view);
    return view;
  }

  #made([first, ...others]: readonly string[]): View {
    if (first === undefined) return this.#numbered(() => 0);
    if (others.length === 0) return this.#numbered((host) => this.#see(host, first));
    const [one, rest] = [this.#of([first]), this.#of(others)];
    return this.#numbered((host) => `${one.get(host)} ${rest.get(host)}`);
  }

  #numbered(value: (host: string) => Json | undefined): View {
    const numbering = new Numbering();
    const number = (host: string, i: number) => {
      const alone = -1 - i;
      try {
        const seen = value(host);
        return seen === undefined ? alone : numbering.of(seen);
      } catch {
        return alone;
      }
    };
    return new Map(this.#hosts.map((host, i) => [host, number(host, i)]));
  }
}
