import type { Event } from '../core/event.ts';
import { isPrintable, printable } from '../core/printable.ts';

const longest = 255;

/**
 * The event with names of hosts that are safe on a terminal. An inventory refuses others, but a journal may have been written by anything;
 * every other text of an event is made printable where it is shown.
 */
export function printableNames<E extends Event>(event: E): E {
  const names = [
    ...('hosts' in event ? event.hosts : []),
    ...('host' in event && event.host !== undefined ? [event.host] : []),
    ...('on' in event ? [event.on] : []),
  ];
  if (names.every((name) => name.length <= longest && isPrintable(name))) return event;
  return {
    ...event,
    ...('hosts' in event ? { hosts: event.hosts.map((name) => printable(name, longest)) } : {}),
    ...('host' in event && event.host !== undefined ? { host: printable(event.host, longest) } : {}),
    ...('on' in event ? { on: printable(event.on, longest) } : {}),
  };
}
