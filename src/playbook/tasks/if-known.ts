import { ProblemFailure } from '../parse.ts';

/** Undefined: it cannot be told, as where it rests on a result that is not there. */
export function ifKnown<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (thrown) {
    if (thrown instanceof ProblemFailure) return undefined;
    throw thrown;
  }
}
