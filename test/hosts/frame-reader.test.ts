import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameReader } from '../../src/hosts/frame-reader.ts';

const nonce = '0123456789abcdef0123456789abcdef';

/** Cuts bytes into pieces at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

describe('reading a frame', () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  const cuts = fc.array(fc.nat(500), { maxLength: 12 });

  test('any output comes back, cut in any pieces', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.nat(255), cuts, (out, err, exit, where) => {
        const reader = frameReader(nonce);
        const stdout = Buffer.concat([
          Buffer.from(`junk ${nonce}:begin\n4711\n`),
          out,
          Buffer.from(`${nonce}:end ${exit}\n`),
        ]);
        const stderr = Buffer.concat([Buffer.from(`junk\n${nonce}:begin\n`), err, Buffer.from(`${nonce}:end\n`)]);
        const ends = [
          ...pieces(stdout, where).map((piece) => reader.stdout(piece)),
          ...pieces(stderr, where).map((piece) => reader.stderr(piece)),
        ];
        expect(ends.at(-1)).toBe(true);
        expect(reader).toMatchObject({ pid: 4711, exit, begun: true, left: false });
        expect(reader.output()).toEqual({ stdout: out.toString('utf8'), stderr: err.toString('utf8') });
      }),
    );
  });

  test('it ends only when both streams have ended', () => {
    const reader = frameReader(nonce);
    expect(reader.stdout(Buffer.from(`${nonce}:begin\n1\n${nonce}:end 0\n`))).toBe(false);
    expect(reader.stderr(Buffer.from(`${nonce}:begin\nlate${nonce}:end`))).toBe(false);
    expect(reader.stderr(Buffer.from('\n'))).toBe(true);
    expect(reader.output().stderr).toBe('late');
  });

  test('another frame in the output is output', () => {
    const reader = frameReader(nonce);
    const forged = `${'f'.repeat(32)}:end 0\n`;
    reader.stdout(Buffer.from(`${nonce}:begin\n1\n${forged}`));
    expect(reader.exit).toBe(null);
    reader.stdout(Buffer.from(`${nonce}:end 7\n`));
    expect(reader).toMatchObject({ exit: 7 });
    expect(reader.output().stdout).toBe(forged);
  });

  test('what is beyond the limit is dropped, and the end still found', () => {
    const reader = frameReader(nonce, 10);
    reader.stdout(Buffer.from(`${nonce}:begin\n1\n`));
    for (let i = 0; i < 100; i++) reader.stdout(Buffer.from('abcdefg'));
    reader.stderr(Buffer.from(`${nonce}:begin\n${nonce}:end\n`));
    expect(reader.stdout(Buffer.from(`${nonce}:end 0\n`))).toBe(true);
    expect(reader.output()).toEqual({ stdout: 'abcdefgabc…', stderr: '', truncated: true });
  });

  test('no half of a character is kept where it is cut', () => {
    const reader = frameReader(nonce, 10);
    reader.stdout(Buffer.from(`${nonce}:begin\n1\nabcdefghiößt${nonce}:end 0\n`));
    expect(reader.output().stdout).toBe('abcdefghi…');
  });

  test('where the command was never reached there is no pid, and what was said is output', () => {
    const reader = frameReader(nonce);
    reader.stdout(Buffer.from(`${nonce}:begin\nno\n${nonce}:end 1\n`));
    expect(reader).toMatchObject({ pid: undefined, exit: 1 });
    expect(reader.output().stdout).toBe('no\n');
  });

  test('a connection that ends in mid-output loses none of it', () => {
    const reader = frameReader(nonce);
    reader.stdout(Buffer.from(`${nonce}:begin\n1\nso far`));
    reader.flush();
    expect(reader.output().stdout).toBe('so far');
  });
});
