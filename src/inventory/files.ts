import type { LinePart } from '../core/mask.ts';

/** How files are reached; a test hands in a map. */
export interface Files {
  /** A file's text; undefined when there is none. */
  read(path: string): string | undefined;
  /** Names of what is in a folder; undefined when there is none. */
  list(folder: string): readonly string[] | undefined;
  /**
   * What an executable inventory answers, as it writes it; undefined: the file is none. Without it no file is one.
   * Throws Failure when it does not come to a good end.
   */
  run?(path: string, args: readonly string[]): string | undefined;
  /** A line of a file as it may be shown to a person, and where the part is then; without it, as it is. */
  shown?(line: LinePart): LinePart;
}
