import { Failure } from '../core/failure.ts';
import type { Fleet } from '../core/fleet.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Module } from '../core/module.ts';
import type { Play } from '../core/play.ts';
import { ordered } from './batches.ts';
import { Language } from './expressions/expressions.ts';
import type { Env } from './expressions/functions.ts';
import { earlyValue } from './includes/early.ts';
import { IncludedFiles, type ListFolder } from './includes/included-files.ts';
import type { ExtraSpot } from './inputs.ts';
import { outline } from './outline.ts';
import { ProblemFailure, parsePlaybook } from './parse.ts';
import { PlayBuilder } from './play.ts';
import { inOrder, type Problem } from './problem.ts';
import { InventoryScope } from './scope/inventory-scope.ts';
import { type ReadText, Sources } from './sources.ts';
import { choiceFaults, chosenTasks, everything, type TagChoice } from './tasks/tags.ts';
import type { PlayText } from './texts.ts';
import { unusedExtra } from './unused-extra.ts';
import type { KnownRegister } from './use-rules.ts';

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
  /** Folders of the controller, to find what a missing file was meant to be. */
  readonly list?: ListFolder;
  /** Which tasks are played; without it, all but those that are tagged `never`. */
  readonly choice?: TagChoice;
}

export interface LoadedPlaybook {
  /** Empty when a problem is an error. */
  readonly plays: readonly Play[];
  /** In reading order; all that can be found without asking a host. */
  readonly problems: readonly Problem[];
  /** Values of -e that nothing uses, with what is told of them; empty where that cannot be known. */
  readonly unused: ReadonlyMap<string, Problem | undefined>;
  /** Files that were read: the playbook, those that it includes, and what its plays and tasks name. */
  readonly reads: readonly string[];
  /** What is wrong with the choice of tags, in words. */
  readonly choiceFaults: readonly string[];
}

/**
 * A playbook's text with everything checked that can be before a host is asked: YAML, keys, types, modules and their
 * arguments, host patterns, and every name in every expression; expressions that rest on no registered result are
 * evaluated for each host. Pure, and never throws for what is wrong with the text.
 */
export function loadPlaybook(source: PlaybookSource): LoadedPlaybook {
  const sources = new Sources(source.read ?? (() => undefined));
  const files = new IncludedFiles(sources, source.list ?? (() => undefined));
  const base = Language.create(source.env);
  const doc = parsePlaybook(source.text, source.file);
  const { modules, extraVars: extra, choice = everything } = source;
  const { plays: texts, problems: shape, isWhole } = outline(doc, { modules, files, sources, base, extra });
  const found: Problem[] = [...shape];
  const plays = build(source, texts, choice, { base, sources, found });
  sources.loaded();
  const isForHosts = plays.length > 0 && plays.every(({ hosts }) => hosts.length > 0);
  const unused = isForHosts ? unusedExtra(source, texts, base, found) : new Map<string, undefined>();
  if (isForHosts) found.push(...unusedRegisters(texts, base, found));
  found.push(...[...unused.values()].filter((one) => one !== undefined));
  const reads = [source.file, ...sources.reads];
  const problems = inOrder(found, reads);
  const isGood = problems.every(({ severity }) => severity === 'warning');
  return {
    plays: isGood ? plays.filter(({ tasks }) => tasks.length > 0) : [],
    problems,
    unused,
    reads,
    choiceFaults: isWhole ? choiceFaults(choice, texts) : [],
  };
}

/** Results that no expression of the playbook uses. Those of files of tasks may be for other playbooks that include them. */
function unusedRegisters(texts: readonly PlayText[], base: Language, found: readonly Problem[]): readonly Problem[] {
  // What is not in the right shape may have been meant to use them.
  if (found.some(({ severity }) => severity === 'error')) return [];
  const own = texts.flatMap((play) => play.registers.filter(({ doc }) => doc.file === play.doc.file));
  return own
    .filter(({ name }) => !base.mentioned.has(name))
    .map(({ name, doc, path }) =>
      doc.problem('unused-register', `"${name}" is registered, and nothing uses it`, [...path, 'register'], {
        hint: 'Use it, or remove "register".',
      }),
    );
}

function build(
  source: PlaybookSource,
  texts: readonly PlayText[],
  choice: TagChoice,
  { base, sources, found }: { base: Language; sources: Sources; found: Problem[] },
): readonly Play[] {
  const inventory = new InventoryScope(source.fleet, source.extraVars, base, source.extraSpot);
  const earlier: KnownRegister[] = [];
  return texts.map((text) => {
    const chosen = chosenTasks(choice, text);
    const left = new Set(text.tasks.filter((task) => !chosen.has(task)).map(({ order }) => order));
    const hosts = hostsOf(text, source, base, found);
    earlier.push(...text.registers.map((one) => ({ ...one, hosts, isChosen: !left.has(one.order) })));
    return new PlayBuilder({
      text,
      chosen,
      hosts,
      inventory,
      base,
      registers: [...earlier],
      extraSpot: source.extraSpot ?? (() => undefined),
      sources,
      problems: found,
    }).build();
  });
}

/** The hosts of a play. Its pattern may hold a template over its inputs and what was given with -e. */
function hostsOf(
  { doc, value, path }: PlayText,
  { fleet, extraVars }: PlaybookSource,
  base: Language,
  problems: Problem[],
): readonly string[] {
  const { hosts } = value;
  const patterns = [hosts ?? []].flat();
  // What is not in the right shape has been said.
  if (patterns.length === 0 || patterns.some((one) => typeof one !== 'string' || one === '')) return [];
  const at = [...path, 'hosts'];
  try {
    const known = earlyValue(hosts as Json, at, { doc, play: value, extra: extraVars, base });
    if (known === undefined) return [];
    const text = String(known); // of a list with commas between, which are its own
    const names = fleet.select(text);
    if (names.length > 0) return ordered(names, value.order);
    const hint = 'Look at what the inventory has with "runbook inventory".';
    problems.push(doc.problem('no-hosts', `no host matches "${text}"`, at, { hint }));
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const unknown = () => doc.problem('bad-hosts', thrown.message, at, { hint: thrown.hint });
    problems.push(...(thrown instanceof ProblemFailure ? thrown.all : [unknown()]));
  }
  return [];
}
