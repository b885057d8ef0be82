import type { XStatic } from 'typebox/schema';
import type { Command } from './command.ts';
import type { Json, JsonObject } from './json.ts';
import type { Outcome } from './outcome.ts';
import type { Way } from './way.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };
export type Reversible = true | { readonly never: string };

/** An example is shown in the reference and validated by a test. `args` is what stands under the module's name. */
export interface Example {
  readonly title: string;
  readonly args: Json;
}

/** Something wrong with arguments that their schema lets through: a value that cannot be, or keys that do not go together. */
export interface ArgumentFault {
  readonly code: 'bad-value' | 'contradiction' | 'missing-key';
  /** Without the name of the argument, which stands before it; of a key, a whole sentence. */
  readonly message: string;
  /** Where in the arguments. */
  readonly path: readonly (string | number)[];
  /** The key at the end of the path is meant, not its value. */
  readonly key?: boolean;
  readonly hint?: string | undefined;
}

interface Described {
  /** As in YAML. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Paragraphs for the reference: what it owns, what the host keys it on, what to know. Markdown. */
  readonly about: string;
  readonly schema: JsonSchema;
  readonly examples: readonly Example[];
  /**
   * How the exit codes of its probe are read, for the reference: code -> meaning. What is not here is no answer. Default: 0 alone is
   * one, and what it says is in the text.
   */
  readonly exits?: Readonly<Record<string, string>>;
  /**
   * Its argument `src` names a text file beside the playbook, whose text becomes the argument `content` when the
   * playbook is loaded: as it is, or as a template.
   */
  readonly source?: 'text' | 'template';
}

/**
 * A lens on one small piece of a host's state. It never runs a command, it returns one.
 * A state of null is: absent. States are JSON, because they are journaled.
 */
export interface Resource<Args = JsonObject, State extends Json = Json> extends Described {
  readonly kind: 'resource';
  /** Others write it too (a key in etcd): undo touches it only while it still holds what this run wrote. */
  readonly shared?: boolean;
  /** Other hosts' traffic may rest on it: undo removes it last, and only when every host is restored. */
  readonly carriesTraffic?: boolean;
  /** It starts and stops programs, which go on using what they have read: an undo starts them when that is back, see `startedLast`. */
  readonly program?: boolean;
  /** A non-zero exit of a move is a failure even where the state is as wanted (a user's own command). */
  readonly exitDecides?: boolean;
  /** For the reference: on which arguments it rests whether an undo brings it back, and whether its guard can. Default: on none. */
  readonly undone?: string;
  /** What its schema cannot say is wrong with these; nothing is asked of a module for arguments that have any. Default: nothing. */
  faults?(args: Args): readonly ArgumentFault[];
  /** `never` is shown in the plan, before anything is touched. */
  reversible(args: Args): Reversible;
  /** Is it kept in the kernel's memory only? After a restart of the host it is gone, and what is there then is not what should be. Default: no. */
  volatile?(args: Args): boolean;
  /** Do these arguments ask for a state, or do they only name the thing, as `protect` needs it? Default: they ask. */
  asks?(args: Args): boolean;
  /** What the host itself keys this thing on; with the module's name in front it is unique on a host. */
  key(args: Args): string;
  /** The thing itself, where modules of other names can own it too. Only the oldest note of a thing says what a run found. */
  owns?(args: Args): string;
  /** Read-only. null: no command can tell the state, so every run is a change (a plain `command`). */
  probe(args: Args): Command | null;
  /** Throws Failure `unreadable`: an answer that is not understood is never taken for absence. */
  read(outcome: Outcome, args: Args): State | null;
  /** Equal to `now` (by `same`) when nothing is to be done. Throws Failure `refused` where it would do harm. */
  want(args: Args, now: State | null): State | null;
  /** Commands that bring `from` to `to`. Each is atomic or can be repeated. Success is judged by reading again. */
  move(from: State | null, to: State | null, args: Args): readonly Command[];
  /** Are these the same to the user? Default: deep equality. */
  same?(a: State | null, b: State | null, args: Args): boolean;
  /** Is `now` as good as `before` after an undo? Default: `same`. */
  restored?(before: State | null, now: State | null, args: Args): boolean;
  /**
   * One command that brings the thing back to `before` from whatever it has become by then; it is the host that looks and decides, since
   * nobody can be asked any more: its guard runs this. `after` is what the run wrote: a shared thing is touched only while it holds that.
   * Can be repeated. Ends with 0 only when the thing is as before; says on stderr why not. null: nothing can bring it back.
   */
  restore?(before: State | null, after: State | null, args: Args): Command | null;
  /**
   * Would this move cut a way that must stay open, or turn it another way? Why, in words, or undefined. `from` and `to` are the same for a
   * state that is only protected.
   */
  cuts?(way: Way, from: State | null, to: State | null, args: Args): string | undefined;
  /**
   * Hosts that its commands talk to, by address or name, as the host that runs it sees them. While it runs the hosts of its play need them
   * too: the ways there must stay open.
   */
  reaches?(args: Args): readonly string[];
  /** Prefixes of keys ("route:", "process:flanneld") that a change of this may change too. */
  affects?(args: Args): readonly string[];
  /** Arguments that want exactly this state: makes the record's rollback playbook. null: none can. */
  restate(state: State | null, args: Args): JsonObject | null;
}

export interface Verdict {
  readonly ok: boolean;
  /** One line: what was seen, and what was expected where it differs. */
  readonly because: string;
}

/** A question that can only be asked. */
export interface Check<Args = JsonObject> extends Described {
  readonly kind: 'check';
  /** As of a resource. */
  faults?(args: Args): readonly ArgumentFault[];
  probe(args: Args): Command;
  judge(outcome: Outcome, args: Args): Verdict;
}

/** What the conditions of an assertion come to, up to the first that does not hold. */
export interface Asserted {
  /** How many there are. */
  readonly conditions: number;
  readonly unmet?: Unmet;
}

/** A condition that does not hold, as it is written, and the values in it, as they are written: undefined for what is not there. */
export interface Unmet {
  readonly text: string;
  readonly values: readonly (readonly [written: string, value: Json | undefined])[];
}

/** A check that no host is asked: conditions over what the playbook knows. */
export interface Assertion<Args = JsonObject> extends Described {
  readonly kind: 'check';
  /** The argument that holds them: a bare expression or a list of these, all of which must hold. */
  readonly conditions: string;
  /** As of a resource. */
  faults?(args: Args): readonly ArgumentFault[];
  judge(asserted: Asserted, args: Args): Verdict;
}

export type Module = Resource | Check | Assertion;

/** Does it ask no host? */
export function isAssertion(module: Module): module is Assertion {
  return 'conditions' in module;
}

/**
 * Defines a resource whose argument type is derived from its schema (a literal, `as const`).
 * The one place where a module's own types are erased: what reaches it has been validated by that schema.
 */
export function defineResource<const S extends JsonSchema, State extends Json>(
  resource: Omit<Resource<XStatic<S>, State>, 'kind' | 'schema'> & { readonly schema: S },
): Resource {
  return { ...resource, kind: 'resource' } as unknown as Resource;
}

/** Defines a check whose argument type is derived from its schema. */
export function defineCheck<const S extends JsonSchema>(
  check: Omit<Check<XStatic<S>>, 'kind' | 'schema'> & { readonly schema: S },
): Check {
  return { ...check, kind: 'check' } as unknown as Check;
}

/** Defines a check that asks no host, with an argument type that is derived from its schema. */
export function defineAssertion<const S extends JsonSchema>(
  assertion: Omit<Assertion<XStatic<S>>, 'kind' | 'schema'> & { readonly schema: S },
): Assertion {
  return { ...assertion, kind: 'check' } as unknown as Assertion;
}
