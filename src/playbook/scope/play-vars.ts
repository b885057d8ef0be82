import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { type EarlyContext, earlyValue } from '../includes/early.ts';
import { type PlaybookText, ProblemFailure, parseVars } from '../parse.ts';
import type { Problem } from '../problem.ts';
import type { Sources } from '../sources.ts';

/** A variable of a play, with where it is written: in the playbook, or in one of its `vars_files`. */
export interface PlayVar {
  readonly name: string;
  readonly value: Json;
  readonly doc: PlaybookText;
  readonly path: YamlPath;
}

export interface PlayVars {
  /** The later one of a name wins. */
  readonly vars: readonly PlayVar[];
  readonly problems: readonly Problem[];
  /** A file cannot be read: any variable may be in it. */
  readonly isLost: boolean;
  /** The path of a file rests on an input that nothing has been given for: not all names are known. */
  readonly isPartial: boolean;
}

/** A play's `vars`, then those of its `vars_files` in their order. `at`: the play in its document. */
export function playVars(at: YamlPath, context: EarlyContext, sources: Sources): PlayVars {
  const { doc, play } = context;
  const vars = [...varsIn(doc, play.vars, [...at, 'vars'])];
  const problems: Problem[] = [];
  let [isPartial, isLost] = [false, false];
  const list = Array.isArray(play.vars_files) ? (play.vars_files as readonly Json[]) : [];
  for (const [i, entry] of list.entries()) {
    try {
      const file = fileOf(entry, [...at, 'vars_files', i], context, sources);
      if (file === undefined) isPartial = true;
      else {
        problems.push(...file.problems);
        isLost ||= file.isLost;
        vars.push(...varsOfFile(file));
      }
    } catch (thrown) {
      if (!(thrown instanceof ProblemFailure)) throw thrown;
      problems.push(...thrown.all);
      isLost = true;
    }
  }
  return { vars, problems, isLost, isPartial };
}

/** One file, or of a list the first that is there. undefined: its path is not known yet. Throws ProblemFailure. */
function fileOf(entry: Json, at: YamlPath, context: EarlyContext, sources: Sources): PlaybookText | undefined {
  const choices = Array.isArray(entry) ? entry.map((one, i) => [String(one), [...at, i]] as const) : undefined;
  const paths: string[] = [];
  for (const [text, place] of choices ?? [[String(entry), at] as const]) {
    const known = earlyValue(text, place, context);
    if (known === undefined) return undefined;
    const path = String(known);
    paths.push(path);
    const fail = (message: string, hint: string) =>
      new ProblemFailure(context.doc.problem('bad-source', message, place, { hint }));
    const found =
      choices === undefined ? sources.text(path, context.doc.file, fail) : sources.find(path, context.doc.file, fail);
    if (found !== undefined) return parseVars(found.text, found.file);
  }
  const hint =
    'A path is taken from the folder of the file that names it. End the list with a file that is always there.';
  throw new ProblemFailure(context.doc.problem('bad-source', `none of ${paths.join(', ')} is there`, at, { hint }));
}

/** Throws ProblemFailure for what has no variables. */
function varsOfFile(file: PlaybookText): readonly PlayVar[] {
  if (file.value === null || isJsonObject(file.value)) return varsIn(file, file.value, []);
  const hint = 'Write one variable a line: "name: value".';
  throw new ProblemFailure(file.problem('wrong-type', 'a file of variables must be a map', [], { hint }));
}

function varsIn(doc: PlaybookText, vars: Json | undefined, at: YamlPath): readonly PlayVar[] {
  const map: JsonObject = isJsonObject(vars) ? vars : {};
  return Object.entries(map).map(([name, value]) => ({ name, value: value as Json, doc, path: [...at, name] }));
}
