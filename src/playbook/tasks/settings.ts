import { milliseconds } from '../../core/duration.ts';
import type { Task } from '../../core/play.ts';
import type { Frame } from '../includes/frame.ts';
import type { TaskText } from '../texts.ts';
import { said, withinOf } from './blocks.ts';
import { itemText } from './loop.ts';
import { onlyAsks } from './outcome-rules.ts';

type Resolved = 'runOnce' | 'secret' | 'reads' | 'resolve' | 'machines' | 'until' | 'failedWhen' | 'changedWhen';

/** What a task says as it stands, whatever its expressions come to. */
export function settingsOf(text: TaskText, tagsOfPlay: readonly string[]): Omit<Task, Resolved> {
  const { doc, value, section, id, path, module, blocks, notifies, handler } = text;
  const tags = [...new Set([...tagsOfPlay, ...text.tags])];
  const register = value.register as string | undefined;
  return {
    id,
    section,
    name: `${typeof value.name === 'string' && value.name !== '' ? value.name : module.name}${turnsOf(text.frame)}`,
    ...(tags.length === 0 ? {} : { tags }),
    at: doc.place(path),
    module,
    ...(blocks.length === 0 ? {} : { within: withinOf(blocks) }),
    ...(notifies.length === 0 ? {} : { notifies }),
    ...(handler === undefined ? {} : { handler }),
    protect: value.protect === true,
    ignoreErrors: said(text, 'ignore_errors')?.value === true,
    ...(onlyAsks(text) ? { onlyAsks: true } : {}),
    ...(value.check_mode === undefined ? {} : { checkMode: value.check_mode === true }),
    ...(value.ignore_unreachable === true ? { ignoreUnreachable: true } : {}),
    ...(typeof value.throttle === 'number' ? { throttle: value.throttle } : {}),
    ...(register === undefined ? {} : { register }),
    retries: (value.retries as number | undefined) ?? (value.until === undefined ? 0 : 3),
    delayMs: milliseconds((value.delay as string | undefined) ?? '1s'),
    ...(value.timeout === undefined ? {} : { timeoutMs: milliseconds(value.timeout as string) }),
  };
}

/** Which turns of the loops of its includes a task belongs to: the same task in another turn is another one. */
function turnsOf(frame: Frame | undefined): string {
  if (frame === undefined) return '';
  const { item } = frame.own;
  return `${turnsOf(frame.frame)}${item === undefined ? '' : ` [${itemText(item)}]`}`;
}
