import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, ChannelRefused, type Transport } from './transport.ts';

/** With the waits between them about three seconds: sessions that end make room (MaxSessions of sshd). */
const tries = 6;
const firstWaitMs = 50;

/**
 * Starts a line on a channel of its own, and again while the host has no room for one more. `makeRoom` is called each
 * time it has none. Throws ChannelRefused when that does not help, and whatever `start` rejects with at once.
 */
export async function startPatiently(
  transport: Transport,
  line: string,
  makeRoom: () => void = () => undefined,
): Promise<Channel> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transport.start(line);
    } catch (thrown) {
      if (!(thrown instanceof ChannelRefused) || attempt === tries) throw thrown;
      makeRoom();
      await sleep((0.5 + Math.random()) * firstWaitMs * 2 ** (attempt - 1));
    }
  }
}
