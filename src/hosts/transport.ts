import type { HostFacts } from '../core/host.ts';

/** One process on a host and its three streams. */
export interface Channel {
  write(text: string): void;
  /** No more input. */
  end(): void;
  /** Who gets the output from now on; undefined throws it away. Until the first call it waits, and the channel cannot close. */
  listen(listener: Listener | undefined): void;
  /** The exit code, null where none was told. May come before the last output, and while a child holds the streams. */
  readonly exited: Promise<number | null>;
  /** Nothing more comes. */
  readonly closed: Promise<void>;
  destroy(): void;
}

export interface Listener {
  readonly stdout: (chunk: Buffer) => void;
  readonly stderr: (chunk: Buffer) => void;
}

/** The connection stands, and the host opens no further channel on it (MaxSessions of sshd). The line was not run. */
export class ChannelRefused extends Error {}

/** A way to start processes on one host. */
export interface Transport {
  readonly address: HostFacts['address'];
  /**
   * Has the login shell run this line, which writes something before it reads. Rejects with ChannelRefused when the host has no room for
   * one more, else with what broke the connection.
   */
  start(line: string): Promise<Channel>;
  /** Resolves once, with the reason, when the connection is gone; also after `close`. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}
