import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { Failure } from '../core/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { BatchSize, Play, Task } from '../core/play.ts';
import type { Problem } from './problem.ts';
import type { PlayText } from './texts.ts';

/** What a play says of batches and of hosts that may drop out. */
export function batchSettings(value: JsonObject): Pick<Play, 'serial' | 'maxFailPercentage' | 'ignoreUnreachable'> {
  const { serial, max_fail_percentage: most, ignore_unreachable: ignored } = value;
  const sizes = [serial ?? []].flat().map((one) => sizeOf(one as Json));
  return {
    ...(sizes.length === 0 ? {} : { serial: sizes }),
    ...(typeof most === 'number' ? { maxFailPercentage: most } : {}),
    ...(ignored === true ? { ignoreUnreachable: true } : {}),
  };
}

function sizeOf(size: Json): BatchSize {
  return typeof size === 'number' ? Math.max(1, size) : { percent: Number.parseInt(String(size), 10) || 100 };
}

/** The hosts of a play as its `order` has them. */
export function ordered(hosts: readonly string[], order: Json | undefined): readonly string[] {
  if (order === 'reverse_inventory') return hosts.toReversed();
  if (order === 'sorted') return hosts.toSorted();
  return order === 'reverse_sorted' ? hosts.toSorted().toReversed() : hosts;
}

/** What these keywords mean together, and with what else the play says. */
export function batchProblems({ doc, value, path, tasks }: PlayText): Problem[] {
  const found: Problem[] = [];
  const add = (key: string, code: ProblemCode, message: string, hint: string) =>
    found.push(doc.problem(code, message, [...path, key], { key: true, hint }));
  const { any_errors_fatal: fatal, max_fail_percentage: most, guard, rollback, ignore_unreachable: ignored } = value;
  if (fatal === false && most === undefined)
    add(
      'any_errors_fatal',
      'missing-key',
      '"any_errors_fatal: false" needs "max_fail_percentage"',
      'A failure undoes everything here. Say how many hosts may drop out: "max_fail_percentage: 100" for all but the last.',
    );
  if (fatal === true && Number(most ?? 0) > 0)
    add(
      'any_errors_fatal',
      'contradiction',
      '"any_errors_fatal: true" lets no host drop out, and "max_fail_percentage" does',
      'Remove one of them.',
    );
  const lets = Number(most ?? 0) > 0 ? 'max_fail_percentage' : ignored === true ? 'ignore_unreachable' : undefined;
  const without = guard === 'off' ? '"guard: off"' : rollback === 'never' ? '"rollback: never"' : undefined;
  const hint = 'A host that drops out is put back by itself, by its guard. Remove one of them.';
  if (without !== undefined && lets !== undefined) add(lets, 'no-guard', `"${lets}" does not go with ${without}`, hint);
  for (const task of without === undefined ? [] : tasks.filter((one) => one.value.ignore_unreachable === true)) {
    const message = `"ignore_unreachable" does not go with ${without}`;
    found.push(task.doc.problem('no-guard', message, [...task.path, 'ignore_unreachable'], { key: true, hint }));
  }
  return found;
}

/**
 * Nodes of flannel take no notice of each other while their backends differ: a play that changes it batch by batch splits the pod network, unless
 * the routes of before stay until the last batch.
 */
export function splitProblems({ doc, path }: PlayText, play: Play): Problem[] {
  if (play.serial === undefined) return [];
  const changing = play.tasks.filter(({ section }) => section === 'tasks');
  const asked = changing.flatMap((task) =>
    stepsOf(task, play).map((args) => ({ task, module: task.module.name, args })),
  );
  const isSwitch = asked.some(({ module, args }) => module === 'etcd_key' && changesBackend(args, asked));
  const isKept = asked.some(
    ({ task, module, args }) => task.protect && module === 'route' && args.within !== undefined,
  );
  const removes = asked.some(
    ({ module, args }) => (module === 'route' || module === 'link') && args.state === 'absent',
  );
  if (!isSwitch || (isKept && !removes)) return [];
  const hint =
    'Protect the routes of the pod network ("protect: true", "route: { within: ... }") and remove what is left over under "cleanup" of a later play; or do without "serial".';
  const message =
    "batch by batch, a change of flannel's backend splits the pod network: nodes of two backends ignore each other";
  return [doc.problem('serial-split', message, [...path, 'serial'], { key: true, hint })];
}

interface Asked {
  readonly module: string;
  readonly args: JsonObject;
}

function changesBackend({ json, key }: JsonObject, all: readonly Asked[]): boolean {
  if (isJsonObject(json) && json.Backend !== undefined) return true;
  const isConfig = typeof key === 'string' && key.endsWith('/coreos.com/network/config');
  return isConfig && all.some(({ module, args }) => module === 'supervisor' && args.program === 'flanneld');
}

/** For the first host; what rests on a result is not known yet. */
function stepsOf(task: Task, { hosts }: Play): readonly JsonObject[] {
  try {
    const resolution = task.resolve(hosts[0] ?? '', new Map());
    return 'steps' in resolution ? resolution.steps.map(({ args }) => args) : [];
  } catch (thrown) {
    if (thrown instanceof Failure) return [];
    throw thrown;
  }
}
