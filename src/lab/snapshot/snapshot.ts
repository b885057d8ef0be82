import { reason } from '../../core/failure.ts';
import type { Fleet } from '../../core/fleet.ts';
import type { Connect } from '../../core/host.ts';
import { readHost } from './host.ts';
import { type HostSnapshot, type Snapshot, snapshotFormat } from './shape.ts';

/** What came of reading hosts: a snapshot of those that were read, and why the others were not, by name. */
export interface SnapshotResult {
  readonly snapshot: Snapshot;
  readonly unread: ReadonlyMap<string, string>;
}

/** Reads hosts of a fleet, all at once, and changes nothing on them. Never throws for what happens on a host. */
export async function takeSnapshot(
  fleet: Fleet,
  names: readonly string[],
  connect: Connect,
  now: Date,
  abort: AbortSignal,
): Promise<SnapshotResult> {
  const unread = new Map<string, string>();
  const read = await Promise.all(
    names.map(async (name): Promise<readonly (readonly [string, HostSnapshot])[]> => {
      const about = fleet.hosts.get(name);
      if (about === undefined) return [];
      const host = connect(name);
      try {
        return [[name, await readHost(host, about, groupsOf(fleet, name), abort)]];
      } catch (error) {
        unread.set(name, reason(error));
        return [];
      } finally {
        await host.close().catch(() => undefined);
      }
    }),
  );
  return {
    snapshot: { format: snapshotFormat, taken: now.toISOString(), hosts: Object.fromEntries(read.flat()) },
    unread,
  };
}

function groupsOf(fleet: Fleet, name: string): string[] {
  return [...fleet.groups].filter(([group, hosts]) => group !== 'all' && hosts.includes(name)).map(([group]) => group);
}
