/** A way through the network that must stay open while a run is under way, as the host's own kernel takes it. */
export interface Way {
  /** What it is for, in words: "this controller's SSH session". */
  readonly purpose: string;
  /** The address at the far end. */
  readonly to: string;
  /** The host's own address on this way. */
  readonly from: string;
  readonly device: string;
  /** Devices that this one rests on alone: the device of a VLAN, the only port of a bridge. */
  readonly below: readonly string[];
  /** The gateway, if there is one. */
  readonly via?: string;
  /** The prefix of the route that is taken, as `ip route` prints it: `10.4.7.0/24`, `default`, a bare address for a single host. */
  readonly prefix: string;
  /** Of that route; 0 where none is said. */
  readonly metric: number;
  /** The table that it is taken from: `main`. */
  readonly table: string;
}
