/** Everything that may stop a run; an operator's ordinary bad news (an exit code, an unmet check) are values instead. */
export type FailureCode =
  | 'invalid' // the user's text is wrong: playbook, inventory, config, options
  | 'refused' // what is asked for would do harm, and nothing was done
  | 'unreadable' // a host's answer could not be understood
  | 'unreachable' // no connection
  | 'busy' // somebody else holds the lock, or an unfinished run is in the way
  | 'unwritable' // the journal cannot be written: no change may be begun that could not be undone from it
  | 'missing' // a file, a run, a program that is needed is not there
  | 'internal';

export class Failure extends Error {
  readonly code: FailureCode;
  /** What the operator can do next. */
  readonly hint: string | undefined;

  constructor(code: FailureCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.hint = options.hint;
  }
}

/** The words of whatever was thrown. */
export function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
