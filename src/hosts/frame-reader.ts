import { type Capture, captured } from './capture.ts';

/** What has come of a frame. */
export interface FrameReader {
  /** Feed whatever came, in pieces of any size. True once the frame has ended on both streams. */
  stdout(chunk: Buffer): boolean;
  stderr(chunk: Buffer): boolean;
  /** The command was begun; before that it has certainly not run. */
  readonly begun: boolean;
  /** The shell refused: children of the previous command are there. */
  readonly left: boolean;
  /** The process (group) that runs the command. */
  readonly pid: number | undefined;
  readonly exit: number | null;
  /** Everything that was held back because it might have been the end of the frame becomes output. */
  flush(): void;
  output(): { readonly stdout: string; readonly stderr: string; readonly truncated?: true };
}

const defaultOutputLimit = 4 * 1024 * 1024;

/** Reads the two streams of one frame. `limit`: bytes kept of each; the rest is dropped, its end still found. */
export function frameReader(nonce: string, limit: number = defaultOutputLimit): FrameReader {
  const out = streamReader(nonce, limit, true);
  const err = streamReader(nonce, limit, false);
  const ended = () => out.ended !== undefined && err.ended !== undefined;
  return {
    stdout(chunk) {
      out.feed(chunk);
      return ended();
    },
    stderr(chunk) {
      err.feed(chunk);
      return ended();
    },
    get begun() {
      return out.begun || err.begun;
    },
    get left() {
      return out.ended === 'left';
    },
    get pid() {
      return out.pid;
    },
    get exit() {
      const match = /^end (\d+)$/.exec(out.ended ?? '');
      return match === null ? null : Number(match[1]);
    },
    flush() {
      out.flush();
      err.flush();
    },
    output() {
      const truncated = out.body.truncated || err.body.truncated;
      return { stdout: out.body.text(), stderr: err.body.text(), ...(truncated ? { truncated } : {}) };
    },
  };
}

interface StreamReader {
  feed(chunk: Buffer): void;
  flush(): void;
  readonly begun: boolean;
  readonly ended: string | undefined;
  readonly pid: number | undefined;
  readonly body: Capture;
}

const longestPid = 20;

function streamReader(nonce: string, limit: number, announcesPid: boolean): StreamReader {
  const marker = Buffer.from(`${nonce}:`);
  const body = captured(limit);
  let rest: Buffer = Buffer.alloc(0);
  let begun = false;
  let awaitsPid = announcesPid;
  let pid: number | undefined;
  let ended: string | undefined;

  /** Takes a line off `rest`; undefined when it is not whole yet. */
  function line(from: number): string | undefined {
    const end = rest.indexOf(10, from);
    if (end < 0) return undefined;
    const text = rest.toString('latin1', from, end);
    rest = rest.subarray(end + 1);
    return text;
  }

  /** One step forward in `rest`; false when more is needed. */
  function step(): boolean {
    if (begun && awaitsPid) return readPid();
    const at = rest.indexOf(marker);
    if (at < 0) {
      const safe = Math.max(0, rest.length - marker.length + 1);
      if (begun) body.add(rest.subarray(0, safe));
      rest = rest.subarray(safe);
      return false;
    }
    if (begun) body.add(rest.subarray(0, at));
    rest = rest.subarray(at);
    const word = line(marker.length);
    if (word === undefined) return false;
    if (word === 'begin') begun = true;
    else ended = word;
    return ended === undefined;
  }

  function readPid(): boolean {
    const whole = rest.includes(10) || rest.length >= longestPid || rest.includes(marker);
    if (!whole) return false;
    awaitsPid = false;
    // Where it is no number the command was never reached (sudo refused, say), and this is already output.
    const match = /^(\d{1,19})\n/.exec(rest.toString('latin1', 0, longestPid));
    if (match?.[1] !== undefined) {
      pid = Number(match[1]);
      rest = rest.subarray(match[0].length);
    }
    return true;
  }

  return {
    feed(chunk) {
      if (ended !== undefined) return;
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (step());
    },
    flush() {
      if (begun && ended === undefined) body.add(rest);
      rest = Buffer.alloc(0);
    },
    get begun() {
      return begun;
    },
    get ended() {
      return ended;
    },
    get pid() {
      return pid;
    },
    body,
  };
}
