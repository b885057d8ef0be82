import type { Command } from './command.ts';
import type { Outcome } from './outcome.ts';

/** What a connection tells of its host. */
export interface HostFacts {
  /** /proc/sys/kernel/random/boot_id: another one means that the host restarted and runtime state is gone. */
  readonly bootId: string;
  /** user@address:port, as connected. */
  readonly address: string;
  /** As the host sees an SSH connection: the address that it comes from (a jump host's, where there is one), and the host's own. */
  readonly ssh?: { readonly peer: string; readonly own: string };
}

/** A machine that commands can be run on. Commands of one Host run one after another, in the order of the calls. */
export interface Host {
  readonly name: string;
  /** Connects. Throws Failure `unreachable` with the reason and what to do. */
  open(abort: AbortSignal): Promise<HostFacts>;
  /** Never throws for what happens on the host: a lost connection is an Outcome with `cut: 'lost'`. */
  run(command: Command, abort: AbortSignal): Promise<Outcome>;
  /** Runs a command without waiting for its turn, beside the one that is under way. Same outcomes as `run`. */
  aside(command: Command, abort: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

/** Makes a new, unopened connection to a host of the inventory. */
export type Connect = (host: string) => Host;
