import type { Lease, LeaseAttributes } from './lease.ts';

/** What a backend of flannel does with the leases of other nodes. */
export interface Backend {
  /** What this node publishes with its lease. */
  attributes: LeaseAttributes;
  /** The MTU that is left for pods. */
  mtu: number;
  /** Readies what has to bear this node's own lease. */
  configure(own: Lease): Promise<void>;
  /** Begins to look after the routes. */
  begin(): void;
  added(peer: Lease): Promise<void>;
  removed(peer: Lease): Promise<void>;
}
