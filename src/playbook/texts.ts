import type { Json, JsonObject } from '../core/json.ts';
import type { Module } from '../core/module.ts';
import type { Section } from '../core/play.ts';
import type { YamlPath } from '../core/yaml-place.ts';
import type { Frame } from './includes/frame.ts';
import type { PlayItem } from './includes/import.ts';
import type { StaticScope } from './includes/static-scope.ts';
import type { PlaybookText } from './parse.ts';
import type { SchemaError } from './schema/schema-errors.ts';
import type { LostNames } from './scope/lost-names.ts';
import type { PlayVars } from './scope/play-vars.ts';
import type { WithinText } from './tasks/blocks.ts';

/** A play as written, in the right shape. */
export interface PlayText extends Pick<PlayItem, 'doc' | 'path'> {
  readonly value: JsonObject;
  /** Its variables, those that imports give it last. */
  readonly written: PlayVars;
  /** Its own, and those of the imports. */
  readonly tags: readonly string[];
  /** Those that are in the right shape, in the order in which they run. */
  readonly tasks: readonly TaskText[];
  /** Handlers that are never done, and tasks that are not in the right shape; what is wrong with their expressions is told all the same. */
  readonly idle: readonly TaskText[];
  /** Names that may come from what is not in the right shape. */
  readonly lost: LostNames;
  /** Names that tasks register, also tasks that are not in the right shape: what uses them is not wrong as well. */
  readonly registers: readonly Register[];
}

export interface Register extends Pick<TaskText, 'doc' | 'path'> {
  readonly name: string;
  readonly order: number;
  readonly section: Section;
}

export interface TaskText {
  readonly id: string;
  readonly section: Section;
  /** Counts the tasks of the playbook in the order in which they run. */
  readonly order: number;
  /** The file that it is written in. */
  readonly doc: PlaybookText;
  readonly path: YamlPath;
  /** With what it takes over from the includes around it. */
  readonly value: JsonObject;
  readonly module: Module;
  /** A map, or one template that comes to a map. */
  readonly args: Json;
  /** The blocks around it in its own file, outermost first. */
  readonly within: readonly WithinText[];
  /** All blocks around it, also those around its includes. */
  readonly blocks: readonly WithinText[];
  /** The include that it comes from. */
  readonly frame?: Frame;
  /** Its own, and those of blocks and includes; not those of the play. */
  readonly tags: readonly string[];
  /** Ids of the handlers that it notifies. */
  readonly notifies: readonly string[];
  /** It is this handler. */
  readonly handler?: string;
  /** Set where it is not in the right shape, which has been told: it is never made into steps. */
  readonly broken?: Broken;
}

/** What can be said of a task that is not in the right shape. */
export interface Broken {
  /** Names that its expressions may have from what is wrong. */
  readonly names: readonly string[];
  /** Keys that are not known, whose values may hold expressions. */
  readonly keys: readonly string[];
  /** Set where nothing but the arguments is wrong: what has been told of them. */
  readonly told?: readonly SchemaError[];
}

/** Where something of a list of tasks stands. */
export interface Place
  extends Pick<TaskText, 'id' | 'section' | 'doc' | 'path' | 'within' | 'blocks' | 'frame' | 'tags'> {
  readonly scope: StaticScope;
  /** Set where what it stands in is not in the right shape. */
  readonly broken?: Broken;
}
