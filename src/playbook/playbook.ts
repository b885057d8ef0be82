import { Failure } from '../core/failure.ts';
import type { Fleet } from '../core/fleet.ts';
import type { JsonObject } from '../core/json.ts';
import type { Module } from '../core/module.ts';
import type { Play } from '../core/play.ts';
import { earlyText } from './early.ts';
import { Language } from './expressions.ts';
import type { Env } from './functions.ts';
import type { ExtraSpot } from './inputs.ts';
import { InventoryScope } from './inventory-scope.ts';
import { outline, type PlayText, type Register } from './outline.ts';
import { type PlaybookText, parsePlaybook } from './parse.ts';
import { PlayBuilder } from './play.ts';
import { inOrder, type Problem } from './problem.ts';
import { type ReadText, Sources } from './sources.ts';

export interface PlaybookSource {
  /** As it is to be named in messages. */
  readonly file: string;
  readonly text: string;
  readonly fleet: Fleet;
  readonly modules: readonly Module[];
  /** From -e: they beat every other variable. */
  readonly extraVars: JsonObject;
  /** Where each of them is written; without it what is wrong with one is shown at the input it is for. */
  readonly extraSpot?: ExtraSpot;
  /** The controller's environment, for `env()`. */
  readonly env: Env;
  /** Files of the controller, for tasks that name one; without it there are none. */
  readonly read?: ReadText;
}

export interface LoadedPlaybook {
  /** Empty when a problem is an error. */
  readonly plays: readonly Play[];
  /** In reading order; all that can be found without asking a host. */
  readonly problems: readonly Problem[];
  /** Files that were read: the playbook, and what its tasks name. */
  readonly reads: readonly string[];
}

/**
 * A playbook's text with everything checked that can be before a host is asked: YAML, keys, types, modules and their
 * arguments, host patterns, and every name in every expression; expressions that rest on no registered result are
 * evaluated for each host. Pure, and never throws for what is wrong with the text.
 */
export function loadPlaybook(source: PlaybookSource): LoadedPlaybook {
  const doc = parsePlaybook(source.text, source.file);
  const reads = [source.file];
  if (doc.problems.length > 0) return { plays: [], problems: inOrder(doc.problems), reads };
  const { plays: texts, problems: shape } = outline(doc, source.modules);
  const found: Problem[] = [...shape];
  const base = Language.create(source.env);
  const inventory = new InventoryScope(source.fleet, source.extraVars, base);
  const sources = new Sources(source.file, source.read ?? (() => undefined));
  const earlier: Register[] = [];
  const plays = texts.map((text) => {
    earlier.push(...text.registers);
    const hosts = hostsOf(doc, text, source, base, found);
    return new PlayBuilder({
      doc,
      text,
      hosts,
      inventory,
      base,
      registers: [...earlier],
      extraSpot: source.extraSpot ?? (() => undefined),
      sources,
      problems: found,
    }).build();
  });
  sources.loaded();
  const problems = inOrder(found);
  const isGood = problems.every(({ severity }) => severity === 'warning');
  return { plays: isGood ? plays : [], problems, reads: [...reads, ...sources.reads] };
}

/** The hosts of a play. Its pattern may hold a template over its inputs and what was given with -e. */
function hostsOf(
  doc: PlaybookText,
  { value, path }: PlayText,
  { fleet, extraVars }: PlaybookSource,
  base: Language,
  problems: Problem[],
): readonly string[] {
  const { hosts } = value;
  if (hosts === undefined || (Array.isArray(hosts) && hosts.some((one) => typeof one !== 'string'))) return [];
  const at = [...path, 'hosts'];
  try {
    const text = earlyText([hosts].flat().join(','), at, { doc, play: value, extra: extraVars, base });
    if (text === undefined) return [];
    const names = fleet.select(text);
    if (names.length > 0) return names;
    const hint = 'Look at what the inventory has with "runbook inventory".';
    problems.push(doc.problem('no-hosts', `no host matches "${text}"`, at, { hint }));
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const problem = 'problem' in thrown ? (thrown.problem as Problem) : undefined;
    problems.push(problem ?? doc.problem('bad-hosts', thrown.message, at, { hint: thrown.hint }));
  }
  return [];
}
