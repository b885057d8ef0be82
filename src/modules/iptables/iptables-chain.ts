/** Where a rule stands among the rules of others. */
export interface Place {
  readonly line: string;
  /** How many rules of others stand before it. */
  readonly index: number;
  /** The nearest rules of others before and after it. */
  readonly previous: string | undefined;
  readonly next: string | undefined;
}

/** Where the own rules of a chain stand. */
export function placesOf(chain: readonly string[], isOwn: (line: string) => boolean): readonly Place[] {
  const isOther = (line: string): boolean => !isOwn(line);
  return chain.flatMap((line, i) => {
    if (isOther(line)) return [];
    const before = chain.slice(0, i).filter(isOther);
    return [{ line, index: before.length, previous: before.at(-1), next: chain.slice(i + 1).find(isOther) }];
  });
}

/**
 * `now` with the own rules of `to` instead of its own, each at its place: between the same neighbours where they are still
 * there, whatever others have put in or taken out since; else at the same index.
 */
export function chainWith(
  now: readonly string[],
  to: readonly string[],
  isOwn: (line: string) => boolean,
): readonly string[] {
  const others = now.filter((line) => !isOwn(line));
  // Index among the others at which an own rule stands now: the first choice where it fits.
  const held = now.findIndex(isOwn);
  const inserted = placesOf(to, isOwn).map((place) => ({ line: place.line, at: slot(place, others, held) }));
  return [...others, undefined].flatMap((other, i) => [
    ...inserted.filter(({ at }) => at === i).map(({ line }) => line),
    ...(other === undefined ? [] : [other]),
  ]);
}

/**
 * Lines for iptables-restore that bring the own rules of a chain (null: there is none) to their places in another. They delete by the
 * rule's text, so if somebody changed it meanwhile the whole transaction fails. A chain that others use by now is left.
 */
export function chainLines(
  chain: string,
  from: readonly string[] | null,
  to: readonly string[] | null,
  isOwn: (line: string) => boolean,
): readonly string[] {
  const now = from ?? [];
  const final = chainWith(now, to ?? [], isOwn);
  const make = from === null && to !== null ? [`-N ${chain}`] : [];
  const remove = from !== null && to === null && final.length === 0 ? [`-X ${chain}`] : [];
  const isThere = now.length === final.length && now.every((line, i) => line === final[i]);
  const deletes = isThere ? [] : now.filter(isOwn).map((line) => `-D ${chain} ${line}`);
  const inserts = isThere ? [] : final.flatMap((line, i) => (isOwn(line) ? [`-I ${chain} ${i + 1} ${line}`] : []));
  return [...make, ...deletes, ...inserts, ...remove];
}

/** Is each own rule between the same neighbours, or at the same index, as it was? */
export function standsAs(was: readonly string[], is: readonly string[], isOwn: (line: string) => boolean): boolean {
  const places = placesOf(is, isOwn);
  return placesOf(was, isOwn).every((old, i) => {
    const place = places[i];
    return place?.previous === old.previous || place?.next === old.next || place?.index === old.index;
  });
}

/** Index of the rule of others that the place is right before. */
function slot({ index, previous, next }: Place, others: readonly string[], held: number): number {
  const fits = (at: number): boolean => others[at - 1] === previous || others[at] === next;
  if (held !== -1 && fits(held)) return held;
  const after = previous === undefined ? -1 : nearest(others, previous, index - 1);
  if (after !== -1) return after + 1;
  const before = next === undefined ? -1 : nearest(others, next, index);
  if (before !== -1) return before;
  return Math.min(index, others.length);
}

function nearest(lines: readonly string[], line: string, index: number): number {
  return lines.reduce(
    (best, other, i) => (other === line && (best === -1 || Math.abs(i - index) < Math.abs(best - index)) ? i : best),
    -1,
  );
}
