import { Document, isMap, isSeq, type Node, YAMLMap, YAMLSeq } from 'yaml';
import { isJsonObject, type Json } from '../core/json.ts';
import type { Problem } from '../playbook/problem.ts';
import { certainOf, type Kind, originsOf, problemsOf } from './check.ts';
import { refuseConnections } from './connection-names.ts';
import type { Context, TaskContext } from './context.ts';
import { Findings, type ImportFinding, LeaveOut } from './findings.ts';
import { leftOut, placeBefore, tasksOf } from './lists.ts';
import { jsonOf } from './module-call.ts';
import { shortName } from './modules/table.ts';
import { Scope } from './names.ts';
import { idOf, keyOf, nodeOf, pairOf, takeComments } from './nodes.ts';
import { documentText } from './output.ts';
import { Paths, type ReadBeside } from './paths.ts';
import { playOf } from './play.ts';
import { parseSource, type Source } from './source.ts';
import { finished } from './task.ts';

export interface Imported {
  /** What runbook reads; undefined: nothing could be imported. */
  readonly text: string | undefined;
  /** In reading order. */
  readonly findings: readonly ImportFinding[];
  /** Tasks and plays that are in the result. */
  readonly kind: Kind;
}

interface ImportSource {
  /** As it is to be named in messages. */
  readonly file: string;
  readonly text: string;
  /** Files beside it: those of variables bring names, and those that tasks name may be in folders of their own. */
  readonly read?: ReadBeside;
  /** From the folder that the result is for to the one of the source: `..`; empty where they are one. */
  readonly moved?: string;
}

/** Far more rounds than a playbook has kinds of mistakes that its import cannot foresee. */
const mostRounds = 30;

/**
 * A playbook of Ansible's, or a file of its tasks, as one of runbook's: what the loader takes, with what could not be imported as comments at
 * its place and in the findings. Pure, and never throws for what is wrong with the text.
 */
export function importPlaybook({ file, text, read = () => undefined, moved = '' }: ImportSource): Imported {
  const source = parseSource(text, file);
  const kind = kindOf(source);
  if (source.faults.length > 0) {
    const findings = source.faults.map((fault): ImportFinding => ({ kind: 'left-out', ...fault }));
    return { text: undefined, findings, kind };
  }
  const refused = new Map<string, string>();
  const mistyped = new Map<string, string>();
  const missing = new Map<string, string>();
  for (let round = 0; ; round++) {
    const known = missing.size;
    const context: Context = {
      ...{
        source,
        read,
        refused,
        mistyped,
        missing,
        paths: new Paths(read, moved),
        findings: new Findings(source),
        origins: new WeakMap(),
      },
      included: { tasks: new Set(), playbooks: new Set() },
    };
    const made = kind === 'tasks' ? taskFile(source, context) : playbook(source, context);
    if (missing.size > known && round < mostRounds) continue;
    if (made === undefined && context.findings.all.every((one) => one.kind === 'note'))
      context.findings.leftOut(source.root, 'there is nothing here to import', undefined, 'empty');
    const findings = context.findings.all;
    if (made === undefined) return { text: undefined, findings, kind };
    const result = documentText(made);
    const { certain, ofValues } = problemsOf(result, kind, context);
    const origins = (problems: readonly Problem[]) => originsOf(problems, result, made.contents as Node, context);
    const wrong = certainOf(origins(ofValues), result);
    if (certain.length + wrong.length === 0) return { text: result, findings, kind };
    const before = refused.size + mistyped.size;
    for (const { item, problem } of origins(certain)) refused.set(item, reason(problem));
    for (const { item, problem } of wrong) {
      const first = mistyped.get(item);
      if (problem.code === 'wrong-type' && first === undefined) mistyped.set(item, reason(problem));
      else refused.set(item, isOfConversion(problem) ? (first ?? reason(problem)) : reason(problem));
    }
    if (refused.size + mistyped.size > before && round < mostRounds) continue;
    return certain.length === 0
      ? { text: result, findings, kind }
      : { text: undefined, findings: [...findings, ...lost(source, certain)], kind };
  }
}

function reason({ message }: Problem): string {
  return `it would not be valid here: ${message}`;
}

/** Is it what a conversion could not do? What was wrong before it says more. */
function isOfConversion({ message }: Problem): boolean {
  return /^"?(?:string|int)(?:"|\(\) (?:conversion|type) error)/.test(message);
}

/** The result is not valid, and nobody can tell which part of the source makes it so. */
function lost(source: Source, problems: readonly { readonly message: string }[]): ImportFinding[] {
  const spot = source.spot(source.root);
  return problems.map(({ message }) => ({
    ...{ kind: 'left-out', code: 'not-valid-here', spot },
    message: `it would not be valid here: ${message}`,
  }));
}

/** A list of tasks alone is what `include_tasks` names. */
function kindOf({ root }: Source): Kind {
  if (!isSeq(root) || root.items.length === 0) return 'playbook';
  const isPlay = (item: unknown) =>
    isMap(item) && item.items.some((pair) => keyOf(pair) === 'hosts' || shortName(keyOf(pair)) === 'import_playbook');
  return root.items.some(isPlay) ? 'playbook' : 'tasks';
}

function scopeOf({ findings }: Context): Scope {
  return Scope.create((node) => {
    findings.note(
      node,
      '"host" holds what the inventory gives: a value of -e is not in it',
      'Name the variable alone, or make an input of it.',
    );
  });
}

function taskContext(context: Context, scope: Scope): TaskContext {
  return { ...context, scope, inherited: {}, isHandler: false, facts: { add: () => false } };
}

function taskFile(source: Source, context: Context): Document | undefined {
  const made = tasksOf(source.root, taskContext(context, scopeOf(context).ofPlay([], true)));
  return made.items.length === 0 ? undefined : documentOf(made, source);
}

function playbook(source: Source, context: Context): Document | undefined {
  const { root } = source;
  if (!isSeq(root)) {
    context.findings.leftOut(root, 'this is neither a playbook nor a list of tasks');
    return undefined;
  }
  const all = scopeOf(context);
  const made = new YAMLSeq();
  takeComments(made, root);
  const waiting: string[] = [];
  for (const item of root.items) {
    try {
      if (!isMap(item)) throw new LeaveOut('this is not a play', item);
      const why = context.refused.get(idOf(item));
      if (why !== undefined) throw new LeaveOut(why, undefined, undefined, 'not-valid-here');
      const play = importOf(item, context, all) ?? playOf(item, context, all);
      placeBefore(play, waiting.splice(0));
      made.items.push(play);
    } catch (thrown) {
      if (!(thrown instanceof LeaveOut)) throw thrown;
      waiting.push(leftOut(item, thrown, taskContext(context, all)));
    }
  }
  if (waiting.length > 0) made.comment = waiting.join('\n\n');
  return made.items.length === 0 ? undefined : documentOf(made, source);
}

/** An item that stands for the plays of another playbook; undefined: it is none. Throws LeaveOut. */
function importOf(item: YAMLMap, context: Context, all: Scope): YAMLMap | undefined {
  const pair = item.items.find((one) => shortName(keyOf(one)) === 'import_playbook');
  if (pair === undefined) return undefined;
  const name = jsonOf(pair.value, context);
  if (typeof name !== 'string' || name.includes('{{'))
    throw new LeaveOut('the name of a playbook is text here', pair.value);
  const made = new YAMLMap();
  made.items = item.items.map((one) => {
    const key = keyOf(one);
    if (one === pair) return pairOf('import_playbook', name, one);
    const value = jsonOf(one.value, context);
    if (key === 'vars') refuseConnections(one.value);
    if (key === 'vars' && isJsonObject(value)) return pairOf(key, all.node(one.value), one);
    if (key === 'name' || key === 'tags') return pairOf(key, nodeOf(value as Json), one);
    throw new LeaveOut(`"${key}" cannot be said of an import here`, one.key);
  });
  context.included.playbooks.add(name);
  context.findings.note(
    pair.value,
    `${name} is a playbook of Ansible too`,
    'Import it too, to where this names it.',
    'still-ansible',
  );
  return finished(made, item, context);
}

function documentOf(contents: Node, { document }: Source): Document {
  const made = new Document(null);
  made.contents = contents as never;
  made.commentBefore = document.commentBefore;
  made.comment = document.comment;
  if (made.directives && document.directives?.docStart) made.directives.docStart = true;
  return made;
}
