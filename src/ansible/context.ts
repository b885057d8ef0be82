import type { YAMLMap } from 'yaml';
import type { Json } from '../core/json.ts';
import type { Findings } from './findings.ts';
import type { Scope } from './names.ts';
import type { Paths, ReadBeside } from './paths.ts';
import type { Source } from './source.ts';

/** What an import knows wherever it is in the text. */
export interface Context {
  readonly source: Source;
  readonly findings: Findings;
  readonly read: ReadBeside;
  readonly paths: Paths;
  /** Items of the source, by their offsets, and keys of plays, as `OFFSET KEY`, that the result would not be valid with: why. */
  readonly refused: ReadonlyMap<string, string>;
  /** Items of the source, by their offsets, whose values are not of the types that their modules take here: why. */
  readonly mistyped: ReadonlyMap<string, string>;
  /** Variables of plays, as `OFFSET NAME`, that an earlier round has left out: what gives them. Tasks are read before the variables are. */
  readonly missing: Map<string, string>;
  /** Result -> the item of the source that it is made of. */
  readonly origins: WeakMap<object, YAMLMap>;
  /** Files of tasks and playbooks that the result includes. */
  readonly included: { readonly tasks: Set<string>; readonly playbooks: Set<string> };
}

/** What holds where a task stands. */
export interface TaskContext extends Context {
  readonly scope: Scope;
  /** Keywords of the play that a play has not here: each task gets them that does not say otherwise. */
  readonly inherited: Readonly<Record<string, boolean>>;
  readonly isHandler: boolean;
  /** Facts that have become variables of the play, and those that cannot. */
  readonly facts: Facts;
}

export interface Facts {
  /** Takes a variable for the play; false: it would not always be what the fact is. */
  add(name: string, value: Json, task: YAMLMap): boolean;
}
