import { isMap, type YAMLMap, YAMLSeq } from 'yaml';
import type { Event, UndoEntry } from '../../core/event.ts';
import { reason } from '../../core/failure.ts';
import { type Json, type JsonObject, stableJson } from '../../core/json.ts';
import { maskText } from '../../core/mask.ts';
import type { Resource } from '../../core/module.ts';
import { printable } from '../../core/printable.ts';
import { literal, literalName } from './literal.ts';
import type { ResourceNamed } from './playbook-words.ts';
import { machines, type RunFacts, runFacts } from './run-facts.ts';
import { plainKey, thingId } from './states.ts';
import { yamlDocument, yamlText } from './yaml-text.ts';

/** What an entry of the run becomes in the playbook that undoes it. */
type Restated =
  | { readonly entry: UndoEntry; readonly args: JsonObject }
  | { readonly entry: UndoEntry; readonly why: string };
/** A task, or why there is none. */
type Line = { readonly task: JsonObject } | { readonly comment: string };

/**
 * An ordinary playbook that brings back what the run found: its tasks in reverse order, so with the same barriers, and
 * under `verify` that everything is as it was. What cannot be restated is a comment that says why.
 * undefined: there is nothing that a playbook could bring back.
 */
export function rollbackPlaybook(events: readonly Event[], resourceNamed: ResourceNamed): string | undefined {
  const facts = runFacts(events);
  const notes = events.filter((event) => event.type === 'undo_noted');
  if (facts === undefined || notes.length === 0) return undefined;
  const order = machines(events);
  const numbers = [...new Set(notes.map(playNumber))].sort((a, b) => b - a);
  const plays = numbers.map((number) => {
    const entries = notes.filter((entry) => playNumber(entry) === number);
    return playOf(facts, number, entries, order, resourceNamed);
  });
  const playable = plays.filter(({ tasks }) => tasks.some((item) => 'task' in item));
  if (playable.length === 0) return undefined;
  const document = yamlDocument(playable.map(({ head }) => head));
  playable.forEach(({ tasks, verify }, i) => {
    const play = document.getIn([i]);
    if (!isMap(play)) return;
    addLines(play, 'tasks', tasks);
    addLines(play, 'verify', verify);
  });
  document.commentBefore = [
    ` Undoes run ${facts.run} of ${printable(facts.playbook)}, ${facts.started.slice(0, 10)}:`,
    ' brings back what that run found, in reverse order.',
    ...plays
      .filter((play) => !playable.includes(play))
      .flatMap(({ tasks }) => tasks.flatMap((item) => ('comment' in item ? [item.comment] : []))),
  ].join('\n');
  return yamlText(document);
}

interface PlayText {
  readonly head: JsonObject;
  readonly tasks: readonly Line[];
  readonly verify: readonly Line[];
}

function playOf(
  facts: RunFacts,
  number: number,
  entries: readonly UndoEntry[],
  order: readonly string[],
  resourceNamed: ResourceNamed,
): PlayText {
  const play = facts.plays[number];
  const hosts = play?.hosts ?? facts.hosts;
  const restated = entries.map((entry) => restate(entry, resourceNamed(entry.module)));
  const turnOf = ({ task, batch }: UndoEntry) => `${batch ?? ''}|${task}`;
  const undo = [...new Set(entries.map(turnOf))]
    .reverse()
    .map((turn) => restated.filter(({ entry }) => turnOf(entry) === turn))
    .flatMap((group) => groups(group, order, 'backwards'));
  const oldest = restated.filter(({ entry }, i) => entries.findIndex((other) => isSameThing(other, entry)) === i);
  // What cannot be brought back cannot be asked for either.
  const proof = oldest.filter(({ entry }) => resourceNamed(entry.module)?.reversible(entry.args) === true);
  const verify = groups(proof, order, 'forwards').filter((group) => 'args' in group[0]);
  const name = play === undefined ? `Undo ${facts.playbook}` : `Undo: ${play.name}`;
  return {
    head: { name: literalName(name), hosts: hosts.join(','), skip_if_verified: true },
    tasks: undo.map((group) => line(group, hosts, `Undo: ${group[0].entry.name}`, {})),
    verify: verify.map((group) => {
      const { module, key } = group[0].entry;
      const patience = { retries: 20, delay: '500ms' };
      return line(group, hosts, `As before: ${module} ${plainKey(module, key)}`, patience);
    }),
  };
}

function restate(entry: UndoEntry, resource: Resource | undefined): Restated {
  if (resource === undefined) return { entry, why: `there is no resource "${entry.module}"` };
  try {
    const args = resource.restate(entry.before, entry.args);
    if (args !== null && stableJson(args).includes(maskText))
      return { entry, why: 'it holds a secret, which is not recorded' };
    if (args !== null) return { entry, args };
    const reversible = resource.reversible(entry.args);
    return { entry, why: reversible === true ? 'no arguments describe the state that it had' : reversible.never };
  } catch (thrown) {
    return { entry, why: reason(thrown) };
  }
}

type Group = readonly [Restated, ...Restated[]];

/** Entries that become one task: the same arguments on several hosts. In an order that does not depend on timing. */
function groups(restated: readonly Restated[], order: readonly string[], direction: 'forwards' | 'backwards'): Group[] {
  const place = ({ entry }: Restated) => {
    const own = restated.filter((other) => other.entry.host === entry.host && other.entry.task === entry.task);
    const at = own.findIndex((other) => other.entry.entry === entry.entry);
    return direction === 'forwards' ? at : own.length - at;
  };
  const tasks = [...new Set(restated.map(({ entry }) => entry.task))];
  const sorted = [...restated].sort(
    (a, b) =>
      tasks.indexOf(a.entry.task) - tasks.indexOf(b.entry.task) ||
      place(a) - place(b) ||
      order.indexOf(a.entry.host) - order.indexOf(b.entry.host),
  );
  const found = new Map<string, Group>();
  for (const item of sorted) {
    const { task, on, host, item: loopItem, module, key } = item.entry;
    const what = 'args' in item ? ['args', item.args] : ['why', item.why, key];
    const id = stableJson([
      task,
      module,
      loopItem ?? null,
      keywordsOf(item.entry),
      on === host ? '' : `${host} ${on}`,
      ...what,
    ] as Json);
    const known = found.get(id);
    found.set(id, known === undefined ? [item] : [known[0], ...known.slice(1), item]);
  }
  return [...found.values()];
}

function line(group: Group, hosts: readonly string[], name: string, keywords: JsonObject): Line {
  const [first] = group;
  const { module, key, on, host } = first.entry;
  const names = group.map(({ entry }) => entry.host);
  if ('why' in first) {
    const where = on === host ? names.join(', ') : on;
    return {
      comment: ` ${printable(`${name}: ${module} ${plainKey(module, key)} on ${where} cannot be restated: ${first.why}`, 400)}`,
    };
  }
  const task: JsonObject = {
    name: literalName(name),
    ...(on === host ? when(names, hosts) : { run_once: true, delegate_to: on }),
    ...keywordsOf(first.entry),
    ...keywords,
    [module]: literal(JSON.parse(stableJson(first.args)) as Json),
  };
  return { task };
}

/** How the commands of the task were run. */
function keywordsOf({ become, becomeMethod, env }: UndoEntry): JsonObject {
  return {
    ...(become === undefined ? {} : { become: true, become_user: become }),
    ...(becomeMethod === undefined ? {} : { become_method: becomeMethod }),
    ...(env === undefined ? {} : { environment: literal(env) }),
  };
}

function when(names: readonly string[], hosts: readonly string[]): JsonObject {
  if (hosts.every((host) => names.includes(host))) return {};
  const [only] = names;
  const text = names.length === 1 ? `== ${JSON.stringify(only)}` : `in ${JSON.stringify(names)}`;
  return { when: `inventory_hostname ${text}` };
}

/** Comments stand before the next task, or at the end of the list. */
function addLines(play: YAMLMap, section: string, lines: readonly Line[]): void {
  const list = new YAMLSeq();
  let waiting: string[] = [];
  for (const item of lines) {
    if ('comment' in item) {
      waiting.push(item.comment);
      continue;
    }
    const task = yamlDocument(item.task).contents;
    if (task !== null && list.items.length > 0) task.spaceBefore = true;
    if (task !== null && waiting.length > 0) task.commentBefore = waiting.join('\n');
    waiting = [];
    list.add(task);
  }
  if (list.items.length === 0) return;
  if (waiting.length > 0) list.comment = waiting.join('\n');
  play.set(section, list);
}

function isSameThing(a: UndoEntry, b: UndoEntry): boolean {
  return thingId(a.on, a.module, a.key) === thingId(b.on, b.module, b.key);
}

function playNumber({ task }: UndoEntry): number {
  return Number.parseInt(task, 10) || 0;
}
