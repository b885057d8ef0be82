import type { BatchSize, Play } from '../core/play.ts';

/** The play's hosts, batch by batch, as Ansible's `serial` has them. Pure; a play without `serial` is one batch. */
export function batchesOf({ hosts, serial }: Pick<Play, 'hosts' | 'serial'>): readonly (readonly string[])[] {
  if (serial === undefined) return [hosts];
  const batches: (readonly string[])[] = [];
  for (let from = 0; from < hosts.length; ) {
    const size = serial[Math.min(batches.length, serial.length - 1)];
    const many = size === undefined ? hosts.length : hostsIn(size, hosts.length);
    batches.push(hosts.slice(from, from + many));
    from += many;
  }
  return batches;
}

/** A share is rounded down, but is one host at least. */
function hostsIn(size: BatchSize, all: number): number {
  return typeof size === 'number' ? size : Math.max(1, Math.floor((size.percent / 100) * all));
}

/** How many batches these plays have together. */
export function batchesIn(plays: readonly Pick<Play, 'hosts' | 'serial'>[]): number {
  return plays.reduce((sum, play) => sum + batchesOf(play).length, 0);
}
