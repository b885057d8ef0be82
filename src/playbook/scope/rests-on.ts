import { ExpressionFault } from '../expressions/expression-fault.ts';

/** What to do about a variable that is made of itself. */
export const notOfItself =
  'A variable hides what has its name further out: choose another name for one of those in the circle.';

/** Variables that rest on each other in a row: far more than anybody writes, far fewer than the stack bears. */
const longestRow = 100;

/**
 * Makes the value of a variable, which may ask for other ones. `pending`: those that are being made, each under a key of its own.
 * Throws ExpressionFault for one that is made of itself, or that rests on too many in a row.
 */
export function making<T>(pending: Set<string>, key: string, name: string, act: () => T): T {
  const fault = (code: 'cycle' | 'too-deep', message: string, hint?: string) =>
    new ExpressionFault(code, message, { offset: 0, hint });
  if (pending.has(key)) throw fault('cycle', `the variable "${name}" is made of itself`, notOfItself);
  if (pending.size >= longestRow) {
    const message = `more than ${longestRow} variables rest on each other in a row, down to "${name}"`;
    throw fault('too-deep', message, 'Have it rest on fewer of them.');
  }
  pending.add(key);
  try {
    return act();
  } finally {
    pending.delete(key);
  }
}

/** Is this said of a whole row of variables, so that it does not matter which one was asked for? */
export function isOfRow({ code, message }: ExpressionFault): boolean {
  return code === 'too-deep' && message.startsWith('more than');
}

/** These, and all that they rest on, each once. */
export function reached(names: Iterable<string>, restsOn: (name: string) => Iterable<string>): ReadonlySet<string> {
  const found = new Set(names);
  // A set goes on to what is added to it meanwhile.
  for (const name of found) for (const other of restsOn(name)) found.add(other);
  return found;
}
