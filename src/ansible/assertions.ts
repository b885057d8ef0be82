import { isSeq, type Pair } from 'yaml';
import type { Json } from '../core/json.ts';
import { type Converted, flagOf, given, truthOf } from './arguments.ts';
import type { TaskContext } from './context.ts';
import { LeaveOut } from './findings.ts';
import { jsonOf, type ModuleCall, onlyKnown } from './module-call.ts';
import type { Scope } from './names.ts';
import { keyOf } from './nodes.ts';

/** All must be true, or the task fails on that host. Its texts are in CEL already. */
export function assertion(call: ModuleCall, scope: Scope): Converted {
  const { given: args, pair } = call;
  onlyKnown(call, ['that', 'fail_msg', 'msg', 'success_msg', 'quiet']);
  const that = args.get('that');
  if (that === undefined || that.value === null) throw new LeaveOut('assert needs "that"', pair.value);
  const all = [that.value].flat().map((one, i) => {
    const node = isSeq(that.node) ? that.node.items[i] : that.node;
    if (typeof one === 'boolean') return one;
    if (typeof one !== 'string') throw new LeaveOut('"that" is a condition, or a list of them', node);
    return truthOf(one) ?? scope.condition(one, node);
  });
  if (all.length === 0) throw new LeaveOut('"that" is an empty list', that.node);
  return {
    module: 'assert',
    args: given({
      that: all.length === 1 ? (all[0] as Json) : all,
      fail_msg: message(call, scope, 'fail_msg') ?? message(call, scope, 'msg'),
      success_msg: message(call, scope, 'success_msg'),
      quiet: quiet(call),
    }),
  };
}

/** Ends with a failure that says why. */
export function failure(call: ModuleCall, scope: Scope): Converted {
  onlyKnown(call, ['msg']);
  const said = message(call, scope, 'msg') ?? 'Failed as requested from task';
  return { module: 'assert', args: { that: false, fail_msg: said } };
}

/** Several are told one after the other. */
function message({ given: args }: ModuleCall, scope: Scope, name: string): string | undefined {
  const { value = null, node } = args.get(name) ?? {};
  if (value === null) return undefined;
  const texts = [value].flat();
  if (!texts.every((one) => ['string', 'number', 'boolean'].includes(typeof one)))
    throw new LeaveOut(`"${name}" is not a text`, node);
  const text = texts.map(String).join('; ').trim();
  return text === '' ? undefined : scope.text(text, node);
}

function quiet({ given: args }: ModuleCall): boolean | undefined {
  const { value = null, node } = args.get('quiet') ?? {};
  if (value === null) return undefined;
  const flag = flagOf(value);
  if (flag === undefined) throw new LeaveOut('"quiet" takes no template here', node);
  return flag || undefined;
}

/** They say how commands are run, or how often, and there is none. */
const idle: ReadonlySet<string> = new Set([
  ...['become', 'become_user', 'become_method', 'environment', 'delegate_to', 'timeout', 'throttle', 'check_mode'],
  ...['until', 'retries', 'delay'],
]);

/** The parts of a task that say something of an assertion. Throws LeaveOut. */
export function aboutAssertion(items: readonly Pair[], context: TaskContext): readonly Pair[] {
  const again = items.find((pair) => ['until', 'retries'].includes(keyOf(pair)));
  if (again !== undefined)
    context.findings.note(again.key, 'an assertion is asked once: what it asks for does not change between two tries');
  return items.filter((pair) => {
    const key = keyOf(pair);
    const isOutcome = key === 'failed_when' || key === 'changed_when';
    if (isOutcome && flagOf(jsonOf(pair.value, context)) !== false)
      throw new LeaveOut(
        `"${key}" of an assertion has no equal here`,
        pair.key,
        'Say it in the conditions themselves.',
      );
    return !idle.has(key) && key !== 'changed_when';
  });
}
