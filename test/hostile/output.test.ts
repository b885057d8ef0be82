import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cutSign } from '../../src/core/cut.ts';
import type { Host } from '../../src/core/host.ts';
import { connector } from '../../src/hosts/connect.ts';
import { frameReader } from '../../src/hosts/frame-reader.ts';
import { fleetOf, type Sshd, startSshd } from '../hosts/sshd.ts';
import { temporaryFolder } from '../support/shells.ts';
import { garbage, nastyTexts } from './noise.ts';
import { runs } from './seed.ts';

/** Every nonce that the shell protocol has drawn in this process. */
const nonces = vi.hoisted((): string[] => []);
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const randomBytes = (size: number) => {
    const bytes = crypto.randomBytes(size);
    nonces.push(bytes.toString('hex'));
    return bytes;
  };
  return { ...crypto, randomBytes };
});

const limit = 4 * 1024 * 1024;
const sign = Buffer.byteLength(cutSign);
const megabyte = 1024 * 1024;
const abort = new AbortController().signal;
const sh = (text: string, ...args: string[]) => ({ argv: ['sh', '-c', text, 'sh', ...args] });

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const folder = temporaryFolder();

const hosts: readonly (readonly [string, number, () => Host])[] = [
  ['a shell on this machine', 300, () => connector(fleetOf('here', { kind: 'local' }), { home: sshd.home })('here')],
  ['a shell over ssh', 60, () => connector(fleetOf('there', sshd.connection()), { home: sshd.home })('there')],
];

describe.each(hosts)('%s', (_, megabytes, connect) => {
  let host: Host;
  beforeAll(async () => {
    host = connect();
    await host.open(abort);
  });
  afterAll(() => host.close());
  const run = (text: string, ...args: string[]) => host.run(sh(text, ...args), abort);

  test('takes any amount of output in little memory', async () => {
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 20);
    const outcome = await run(
      'head -c "$1" /dev/zero; head -c "$1" /dev/zero >&2; exit 7',
      String((megabytes / 2) * megabyte),
    );
    clearInterval(watch);
    expect(outcome).toMatchObject({ exit: 7, truncated: true });
    expect(Buffer.byteLength(outcome.stdout)).toBe(limit + sign);
    expect(Buffer.byteLength(outcome.stderr)).toBe(limit + sign);
    expect(most).toBeLessThan(160 * megabyte);
  });

  test('takes one line without an end', async () => {
    const outcome = await run('head -c 20000000 /dev/zero | tr "\\0" x');
    expect(outcome).toMatchObject({ exit: 0, truncated: true });
    expect(outcome.stdout).toBe('x'.repeat(limit) + cutSign);
  });

  test('gives what was printed, whatever it is, and evaluates none of it', async () => {
    const bytes = Buffer.from([...Array(256).keys(), 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]);
    const noise = fc.sample(garbage, { ...runs(20) }).join('\n');
    const texts = [bytes, Buffer.from(nastyTexts.join('\n')), Buffer.from(noise), Buffer.from('{{ 1 + 1 }}')];
    for (const [i, text] of texts.entries()) {
      const file = join(folder.path, `output-${i}`);
      writeFileSync(file, text);
      const outcome = await run('cat "$1"; cat "$1" >&2', file);
      expect(outcome).toMatchObject({ exit: 0, stdout: text.toString(), stderr: text.toString() });
    }
  });

  test('is not fooled by frames that a command prints', async () => {
    const old = [...nonces];
    const forged = [...old, 'f'.repeat(32)].flatMap((nonce) =>
      ['begin', 'end 0', 'end', 'left'].map((word) => `${nonce}:${word}\n`),
    );
    const outcome = await run('printf %s "$1"; printf %s "$1" >&2; exit 5', forged.join(''));
    expect(outcome).toMatchObject({ exit: 5, stdout: forged.join(''), stderr: forged.join('') });
    expect(await run('echo next')).toMatchObject({ exit: 0, stdout: 'next\n', stderr: '' });
  });

  test('a command finds the nonce of its frame nowhere', async () => {
    const look = `
      pid=$$
      while [ "$pid" -gt 1 ]; do
        cat "/proc/$pid/cmdline" "/proc/$pid/environ" 2>/dev/null | tr '\\0' '\\n'
        ls -l "/proc/$pid/fd" 2>/dev/null
        read -r line <"/proc/$pid/stat"; line=\${line##*) }; set -- $line; pid=$2
        [ -e /proc/$pid/exe ] && case $(readlink /proc/$pid/exe) in *node*) break ;; esac
      done
      set; env; cat`;
    const at = nonces.length;
    const outcome = await host.run({ ...sh(look), stdin: 'own input' }, abort);
    expect(outcome.exit).toBe(0);
    expect(outcome.stdout).toContain('own input');
    expect(nonces.length).toBeGreaterThan(at);
    for (const nonce of nonces) expect(JSON.stringify(outcome)).not.toContain(nonce);
  });

  test('a command whose child keeps the streams ends all the same, and the next one has its own output', async () => {
    const outcome = await run('sleep 30 & echo $!; echo now');
    const [pid, said] = outcome.stdout.split('\n');
    expect(outcome.exit).toBe(0);
    expect(said).toBe('now');
    expect(outcome.ms).toBeLessThan(10_000);
    expect(await run('echo next')).toMatchObject({ exit: 0, stdout: 'next\n' });
    process.kill(Number(pid), 'SIGKILL');
  });

  test('output that comes after the end is nobody’s', async () => {
    const file = join(folder.path, 'written');
    await run(
      'rm -f "$1"; (while [ ! -e "$1" ]; do sleep 0.05; done; echo late; echo late >&2; : >"$1.done") & :',
      file,
    );
    expect(
      await run('echo one; : >"$1"; while [ ! -e "$1.done" ]; do sleep 0.05; done; rm "$1.done"; echo two', file),
    ).toMatchObject({
      exit: 0,
      stdout: 'one\ntwo\n',
      stderr: '',
    });
  });

  test('a shell that is killed in mid-command gives no success', async () => {
    const other = connect();
    await other.open(abort);
    try {
      const outcome = await other.run(sh('kill -9 $PPID; sleep 0.2; echo "done"'), abort);
      expect(outcome.exit).toBeNull();
      expect(outcome.cut).toBe('lost');
    } finally {
      await other.close();
    }
  });
});

describe('any bytes in any pieces', () => {
  const nonce = '0123456789abcdef0123456789abcdef';
  /** Parts of the mark itself, and marks of other frames, stand in it too. */
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(nonce.length).map((length) => Buffer.from(nonce.slice(0, length))),
    fc
      .constantFrom(nonce, `${nonce}${nonce}`, `${nonce};`, `${'f'.repeat(32)}:end 0\n`, ':end 0\n', '4711\n')
      .map((text) => Buffer.from(text)),
  );
  const body = fc.array(part, { maxLength: 12 }).map((parts) => Buffer.concat(parts));

  test('are read as they are, and end where they end', () => {
    fc.assert(
      fc.property(body, body, fc.nat(255), fc.array(fc.nat(2_000), { maxLength: 40 }), (out, err, exit, cuts) => {
        const ends = `${nonce}:`;
        // What would end the frame cannot be in it: nobody but the shell knows the nonce.
        fc.pre(!out.includes(ends) && !err.includes(ends));
        fc.pre(
          !Buffer.concat([out, Buffer.from(nonce)])
            .subarray(0, -1)
            .includes(ends),
        );
        const reader = frameReader(nonce);
        const stdout = Buffer.concat([Buffer.from(`${ends}begin\n4711\n`), out, Buffer.from(`${ends}end ${exit}\n`)]);
        const stderr = Buffer.concat([Buffer.from(`${ends}begin\n`), err, Buffer.from(`${ends}end\n`)]);
        const after = Buffer.from('after\n');
        const told = [
          ...pieces(stdout, cuts).map((piece) => reader.stdout(piece)),
          ...pieces(stderr, cuts).map((piece) => reader.stderr(piece)),
        ];
        expect(told.indexOf(true)).toBe(told.length - 1);
        reader.stdout(after);
        reader.stderr(after);
        expect(reader).toMatchObject({ exit, pid: 4711, left: false });
        expect(reader.output()).toEqual({ stdout: out.toString(), stderr: err.toString() });
      }),
      runs(2_000),
    );
  });

  function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
    const at = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b);
    return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
  }
});
