import { StringDecoder } from 'node:string_decoder';
import { cutSign } from '../core/cut.ts';

/** Bytes of output, kept up to a limit. */
export interface Capture {
  add(bytes: Buffer): void;
  /** As UTF-8; what is not becomes U+FFFD. What was cut off has the sign of a cut at its end, and no half of a character before it. */
  text(): string;
  readonly truncated: boolean;
}

/** Memory stays within twice `limit` bytes, in pieces of any size. */
export function captured(limit: number): Capture {
  let kept: Buffer = Buffer.alloc(0);
  let length = 0;
  let truncated = false;
  return {
    add(bytes) {
      const room = limit - length;
      if (bytes.length > room) truncated = true;
      const taken = Math.min(bytes.length, room);
      if (length + taken > kept.length) {
        const larger = Buffer.allocUnsafe(Math.min(limit, Math.max(2 * kept.length, length + taken)));
        kept.copy(larger, 0, 0, length);
        kept = larger;
      }
      bytes.copy(kept, length, 0, taken);
      length += taken;
    },
    text() {
      const bytes = kept.subarray(0, length);
      return truncated ? `${new StringDecoder('utf8').write(bytes)}${cutSign}` : bytes.toString('utf8');
    },
    get truncated() {
      return truncated;
    },
  };
}
