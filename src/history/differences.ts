import type { Event, EventBody } from '../core/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { stableJson } from '../core/json.ts';

/** What two runs of the same thing may differ in: clocks, counters, and who ran it with what version. */
const volatile = new Set([
  'seq',
  'at',
  'id',
  'startedAt',
  'ms',
  'run',
  'of',
  'format',
  'tool',
  'operator',
  'fresh',
  'entry',
  'masked',
  'sealed',
]);

/** Every kind of event; what a newer version has written besides cannot come again, and is passed over. */
const known: Readonly<Record<EventBody['type'], true>> = {
  run_started: true,
  play_started: true,
  host_opened: true,
  host_lost: true,
  host_dropped: true,
  host_pending: true,
  phase_started: true,
  task_started: true,
  command_started: true,
  command_ended: true,
  undo_noted: true,
  step_ended: true,
  task_ended: true,
  undo_ended: true,
  guard_ended: true,
  lock_refused: true,
  plan_differed: true,
  interrupted: true,
  warned: true,
  run_ended: true,
};

/**
 * Where two event streams of one run first differ, in words; undefined: they are the same. Hosts answer in parallel, so only the
 * order within one step, and that of the run's own events, is compared.
 */
export function firstDifference(recorded: readonly Event[], replayed: readonly Event[]): string | undefined {
  const one = byStep(recorded);
  const other = byStep(replayed);
  for (const place of new Set([...one.keys(), ...other.keys()])) {
    const left = one.get(place) ?? [];
    const right = other.get(place) ?? [];
    for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
      if (left[i] !== right[i])
        return `${place === '' ? 'the run' : place}: recorded ${left[i] ?? 'nothing'}, replayed ${right[i] ?? 'nothing'}`;
    }
  }
  return undefined;
}

function byStep(events: readonly Event[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  const commands = new Map<number, string>();
  for (const event of events.filter(({ type }) => type in known)) {
    const place = event.type === 'command_ended' ? (commands.get(event.id) ?? '') : placeOf(event);
    if (event.type === 'command_started') commands.set(event.id, place);
    places.set(place, [...(places.get(place) ?? []), lasting(event)]);
  }
  return places;
}

function placeOf(event: Event): string {
  if ('task' in event && 'host' in event) return [event.task, event.host, event.on, event.item ?? ''].join(' ');
  if (event.type === 'host_opened' || event.type === 'host_lost' || event.type === 'guard_ended') return event.host;
  return '';
}

function lasting(event: Event): string {
  const entries = Object.entries(event as unknown as JsonObject).filter(([key]) => !volatile.has(key));
  return stableJson(Object.fromEntries(entries) as Json);
}
