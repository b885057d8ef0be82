import { dirname, resolve } from 'node:path';
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import type { Fleet } from '../core/fleet.ts';
import { modules } from '../modules/list.ts';
import { loadPlaybook } from '../playbook/playbook.ts';
import type { Problem } from '../playbook/problem.ts';
import type { Context } from './context.ts';
import { inventoryNames } from './inventory-names.ts';
import { idOf, keyOf, pairIn } from './nodes.ts';
import { withoutVaultTags } from './vault.ts';

export type Kind = 'playbook' | 'tasks';

/** Nothing can be said of hosts without an inventory; what is told of them is not the import's. */
const ofHosts: ReadonlySet<string> = new Set(['no-hosts', 'bad-hosts']);
/** What is only seen when a task is tried out on a host, whatever its variables are. */
const ofTrials: ReadonlySet<string> = new Set(['nothing-wanted', 'not-registered', 'cannot-assert']);
/** The same, of a task that needs no variable of the inventory: all that it uses is known. */
const ofValues: ReadonlySet<string> = new Set(['wrong-type', 'bad-value', 'missing-key', 'bad-source']);
/** Of these a name of the inventory anywhere in the task may be the cause. */
const ofParts: ReadonlySet<string> = new Set(['no-such-key', 'expression-failed']);
/** The handlers of a file of tasks are those of the play that includes it. */
const ofPlays: ReadonlySet<string> = new Set(['unknown-handler']);
const host = { name: 'host', vars: {}, connection: { kind: 'ssh' } } as const;
const none: Fleet = { hosts: new Map(), groups: new Map(), select: () => [] };
const one: Fleet = { hosts: new Map([['host', host]]), groups: new Map([['all', ['host']]]), select: () => ['host'] };

interface Problems {
  /** With these no inventory would make it valid. */
  readonly certain: readonly Problem[];
  /** The same, where what they are about rests on no name of the inventory. */
  readonly ofValues: readonly Problem[];
}

/** What the loader itself has against a result, as far as that rests on the text alone. */
export function problemsOf(text: string, kind: Kind, { included }: Pick<Context, 'included'>): Problems {
  const [file, main] =
    kind === 'playbook' ? ['/p.yml', text] : ['/p.yml', '- hosts: all\n  tasks: [{ include_tasks: t.yml }]\n'];
  const at = (name: string) => resolve(dirname(file), name);
  const stubs = new Map<string, string>([
    ...[...included.tasks].map((name): [string, string] => [at(name), '- meta: flush_handlers\n']),
    ...[...included.playbooks].map((name): [string, string] => [
      at(name),
      '- hosts: all\n  tasks: [{ meta: flush_handlers }]\n',
    ]),
    ...(kind === 'tasks' ? [[at('t.yml'), withoutVaultTags(text)] as [string, string]] : []),
  ]);
  const load = (fleet: Fleet) =>
    loadPlaybook({
      file,
      text: withoutVaultTags(main),
      fleet,
      modules,
      extraVars: {},
      env: {},
      // Some of what is named may not be empty.
      read: (path) => stubs.get(path) ?? '\n',
    }).problems.filter(
      ({ severity, at: place }) => severity === 'error' && place.file === (kind === 'tasks' ? at('t.yml') : file),
    );
  const tried = load(one);
  return {
    certain: [
      ...load(none).filter(({ code }) => !ofHosts.has(code) && !(kind === 'tasks' && ofPlays.has(code))),
      ...tried.filter(({ code }) => ofTrials.has(code)),
    ],
    ofValues: tried.filter(({ code }) => ofValues.has(code) || ofParts.has(code)),
  };
}

/** What is wrong in the result with what an item of the source has become. */
interface Origin {
  readonly problem: Problem;
  /** The item of the source, or the key of a play. */
  readonly item: string;
  /** What the item has become. */
  readonly made: YAMLMap;
}

/** Where each problem of the result comes from. */
export function originsOf(
  problems: readonly Problem[],
  text: string,
  made: Node,
  { origins }: Pick<Context, 'origins'>,
): readonly Origin[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, version: '1.2' });
  return problems.flatMap((problem) => {
    const { line, column } = problem.at;
    const offset = (counter.lineStarts[line - 1] ?? 0) + column - 1;
    const found = deepest(pathTo(document.contents, offset), made, origins);
    return found === undefined ? [] : [{ problem, ...found }];
  });
}

/** Those of `ofValues` that no inventory could mend. Not of keys of a play: only where a task uses a variable its value matters. */
export function certainOf(origins: readonly Origin[], result: string): readonly Origin[] {
  if (origins.length === 0) return [];
  const names = inventoryNames(result);
  return origins.filter(({ problem: { code, source }, item, made }) => {
    return /^\d+$/.test(item) && !names.test(ofParts.has(code) ? JSON.stringify(made) : source);
  });
}

function pathTo(root: unknown, offset: number): readonly (string | number)[] {
  const path: (string | number)[] = [];
  let node = root;
  for (;;) {
    const holds = (one: unknown) => {
      const range = (one as Node | null | undefined)?.range;
      return range !== undefined && range !== null && offset >= range[0] && offset < Math.max(range[2], range[0] + 1);
    };
    if (isSeq(node)) {
      const at = node.items.findLastIndex(holds);
      if (at === -1) return path;
      path.push(at);
      node = node.items[at];
    } else if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && (holds(item.key) || holds(item.value)));
      if (pair === undefined) return path;
      path.push(keyOf(pair));
      node = pair.value;
    } else return path;
  }
}

/** Follows a path in what was made to the innermost thing that is made of something. */
function deepest(
  path: readonly (string | number)[],
  made: Node,
  origins: Context['origins'],
): Pick<Origin, 'item' | 'made'> | undefined {
  let node: unknown = made;
  let found: Pick<Origin, 'item' | 'made'> | undefined;
  let isPlay = true;
  for (const [i, step] of path.entries()) {
    node = isSeq(node) ? node.items[Number(step)] : isMap(node) ? pairIn(node, String(step))?.value : undefined;
    const source = isMap(node) ? origins.get(node) : undefined;
    if (source === undefined || !isMap(node)) continue;
    const key = path[i + 1];
    const isKey = isPlay && pairIn(source, 'hosts') !== undefined && key !== undefined && isOwnKey(source, String(key));
    found = { item: `${idOf(source)}${isKey ? ` ${key}` : ''}`, made: node };
    isPlay = false;
  }
  return found;
}

/** Lists of tasks go task by task. */
function isOwnKey(source: YAMLMap, key: string): boolean {
  const pair = pairIn(source, key);
  return pair !== undefined && isScalar(pair.key) && !['tasks', 'handlers', 'hosts'].includes(key);
}
