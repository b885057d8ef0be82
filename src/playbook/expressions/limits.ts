/** How much one expression may make: far more than a network change needs, far less than hurts the controller. */
export const mostItems = 10_000;
export const mostText = 4 * 1024 * 1024;
/** Parts of a value on its way out of an expression, counted as JSON would write them. */
export const mostParts = 1_000_000;
export const deepestValue = 200;
/** Operations that rest on each other in one expression: the check of types and the evaluation go down by them. */
export const mostLevels = 300;

/** The same number. Throws Error where a list of so many would be too long. */
export function atMost<N extends number | bigint>(items: N, what: string): N {
  if (items <= mostItems) return items;
  throw new Error(`${what} would have ${items} items, and ${mostItems} are the most`);
}

/** Throws Error for a text that is too long. */
export function notTooLong({ length }: { readonly length: number }): void {
  if (length <= mostText) return;
  throw new Error(`the text would be longer than ${mostText / 1024 / 1024} MiB`);
}
