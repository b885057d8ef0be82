import type { JsonObject } from '../../../src/core/json.ts';

/** A playbook with one thing wrong, and all that is said about it. */
export interface BadPlaybook {
  readonly name: string;
  readonly text: string;
  /** The files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly extraVars?: JsonObject;
  readonly error: {
    /** One of `files`; without it, the playbook. */
    readonly file?: string;
    /** line:column. */
    readonly at: string;
    readonly width: number;
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  };
}
