import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import type { TaskContext } from './context.ts';
import { commentBefore, keyOf, pairIn } from './nodes.ts';

/** Of a play that has been made: what its tasks notify and no handler answers to is left out. */
export function withoutUnknownHandlers(play: YAMLMap, context: TaskContext): void {
  const handlers = pairIn(play, 'handlers')?.value;
  const known = new Set(isSeq(handlers) ? handlers.items.flatMap(wordsOf) : []);
  const look = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(look);
    if (!isMap(node)) return;
    const notify = pairIn(node, 'notify');
    if (notify !== undefined) {
      const words = texts(notify.value);
      const unknown = words.filter((word) => !known.has(word));
      if (unknown.length > 0) tell(unknown, node, context);
      if (unknown.length === words.length) node.items = node.items.filter((pair) => pair !== notify);
      else if (isSeq(notify.value))
        notify.value.items = notify.value.items.filter((item) => isScalar(item) && known.has(String(item.value)));
    }
    for (const { value } of node.items) if (isSeq(value)) look(value);
  };
  look(pairIn(play, 'tasks')?.value);
  look(handlers);
}

function tell(words: readonly string[], task: YAMLMap, context: TaskContext): void {
  const source = context.origins.get(task);
  const notify = source === undefined ? undefined : pairIn(source, 'notify');
  for (const word of words) {
    const node = notify?.value ?? source;
    const message = `notify: no handler "${word}" is imported`;
    context.findings.leftOut(node, message, undefined, 'rests-on-left-out');
    commentBefore(task, ` not imported: line ${context.source.spot(node).at.line}: ${message}`);
  }
}

function wordsOf(handler: unknown): string[] {
  if (!isMap(handler)) return [];
  return handler.items.filter((pair) => ['name', 'listen'].includes(keyOf(pair))).flatMap(({ value }) => texts(value));
}

function texts(node: unknown): string[] {
  if (isSeq(node)) return node.items.flatMap(texts);
  return isScalar(node) ? [String(node.value)] : [];
}
