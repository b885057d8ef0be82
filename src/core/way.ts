/** A way through the network that must stay open while a run is under way, as the host's own kernel takes it. */
export interface Way {
  /** What it is for, in words: "this controller's SSH session". */
  readonly purpose: string;
  /** The address at the far end. */
  readonly to: string;
  /** The host's own address on this way. */
  readonly from: string;
  readonly device: string;
  /** The gateway, if there is one. */
  readonly via?: string;
  /** The prefix of the route that is taken: `10.4.7.0/24`, `default`. */
  readonly prefix: string;
  /** The table that it is taken from: `main`. */
  readonly table: string;
}
