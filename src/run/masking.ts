import type { EventBody, UndoEntry } from '../core/event.ts';
import { type Json, sameJson } from '../core/json.ts';
import { maskSecrets } from '../core/mask.ts';

/** Words of our own and names of hosts: a secret that is one of them would only make the journal unreadable. */
const vocabulary = new Set([
  'type',
  'phase',
  'purpose',
  'status',
  'mode',
  'ending',
  'module',
  'task',
  'host',
  'hosts',
  'on',
  'bootId',
  'sealed',
]);

/** Events are JSON, though their type says more. */
export function withoutSecrets(body: EventBody, secrets: readonly string[]): EventBody {
  return maskSecrets(body as unknown as Json, secrets, vocabulary) as unknown as EventBody;
}

/** The entry as it is noted: with a mark where the journal cannot have the whole of it. */
export function noteOf(entry: UndoEntry, secrets: readonly string[]): UndoEntry {
  const told: Json = [entry.args, entry.env ?? null, entry.before, entry.after];
  return sameJson(maskSecrets(told, secrets), told) ? entry : { ...entry, masked: true };
}
