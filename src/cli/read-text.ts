import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { Failure } from '../core/failure.ts';
import { armored } from '../secrets/seal.ts';

const largest = 16 * 1024 * 1024;

/**
 * A text file of the user's, as it is, its byte order mark included; what age wrote as bytes is given in armor. Undefined when there is none. Never waits and never reads without
 * end: a pipe or a device is refused before it is opened. Throws Failure `invalid`, and what the system says.
 */
export function readText(path: string): string | undefined {
  const about = statSync(path, { throwIfNoEntry: false });
  if (about === undefined) return undefined;
  if (about.isDirectory()) throw invalid(`${path} is a folder`, 'Name a file.');
  if (!about.isFile()) throw invalid(`${path} is not a file but a pipe or a device`, 'Write it to a file first.');
  if (about.size > largest) throw tooLarge(path, `has ${about.size} bytes`);
  // It may have become something else meanwhile.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    if (!fstatSync(file).isFile()) throw invalid(`${path} is not a file`, 'Write it to a file first.');
    return decoded(bytesOf(file, path), path);
  } finally {
    closeSync(file);
  }
}

/** The files of /proc tell no size. */
function bytesOf(file: number, path: string): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(64 * 1024);
    const taken = readSync(file, piece);
    if (taken === 0) return Buffer.concat(pieces);
    pieces.push(piece.subarray(0, taken));
    length += taken;
    if (length > largest) throw tooLarge(path, 'does not end');
  }
}

function decoded(bytes: Buffer, path: string): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw invalid(`${path} is UTF-16 text`, 'Save it as UTF-8.');
  }
  const sealed = armored(bytes);
  if (sealed !== undefined) return sealed;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(
      `${path} is not UTF-8 text`,
      'Bytes of another kind go into `file` as `content` with `encoding: base64`.',
    );
  }
}

function tooLarge(path: string, words: string): Failure {
  return invalid(`${path} ${words}; the limit is ${largest}`, 'Nothing that a person writes is that large.');
}

function invalid(message: string, hint: string): Failure {
  return new Failure('invalid', message, { hint });
}
