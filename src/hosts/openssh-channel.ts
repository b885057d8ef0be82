import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { lastWords } from './openssh-failure.ts';
import { type Channel, ChannelRefused, type Listener } from './transport.ts';

/** ssh says 255 for its own troubles, and passes on a command's 255: by itself it says nothing. */
const ambiguous = 255;

/**
 * Has the login shell run this line, over the connection of the ssh that listens at `socket`. What ssh has to say itself goes to `log`, so
 * that the streams are the host's alone. Rejects with ChannelRefused when the host has no room, else with ssh's words.
 */
export async function startOver(socket: string, log: string, line: string): Promise<Channel> {
  // Without its master ssh would connect by itself; the proxy that always fails stands in the way of that.
  const settings = [
    '-o',
    'ControlMaster=no',
    '-o',
    'BatchMode=yes',
    '-o',
    'ProxyCommand=false',
    '-o',
    'EscapeChar=none',
  ];
  const args = ['-F', 'none', '-S', socket, ...settings, '-E', log, '-T', '--', 'host', line];
  const child = spawn('ssh', args, { stdio: 'pipe', detached: true });
  child.stdin.on('error', () => undefined);
  await once(child, 'spawn');
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  await Promise.race([once(child.stdout, 'readable'), once(child.stderr, 'readable'), exited]);
  if (child.stdout.readableLength === 0 && child.stderr.readableLength === 0 && (await exited) === ambiguous) {
    const said = await readFile(log, 'utf8').catch(() => '');
    await rm(log, { force: true });
    if (/session open refused by peer/i.test(said)) throw new ChannelRefused(lastWords(said));
    throw new Error(lastWords(said) || 'the connection is gone');
  }
  void closed.then(() => rm(log, { force: true })).catch(() => undefined);
  return channelOf(child, exited, closed);
}

function channelOf(
  child: ChildProcessWithoutNullStreams,
  exited: Promise<number | null>,
  closed: Promise<void>,
): Channel {
  let listener: Listener | undefined;
  let flowing = false;
  return {
    write: (text) => void child.stdin.write(text),
    end: () => void child.stdin.end(),
    listen(next) {
      listener = next;
      if (flowing) return;
      flowing = true;
      child.stdout.on('data', (chunk: Buffer) => listener?.stdout(chunk)).resume();
      child.stderr.on('data', (chunk: Buffer) => listener?.stderr(chunk)).resume();
    },
    exited: exited.then((code) => (code === ambiguous ? null : code)),
    closed,
    destroy() {
      child.kill('SIGKILL');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
}
