import { type LinePart, maskLine } from '../core/mask.ts';
import type { Opener } from '../secrets/opener.ts';
import type { Files } from './files.ts';

/** The same files as they read when they are decrypted: what is to be recorded is noted below this. */
export function opening(files: Files, opener: Opener): Files & { shown(line: LinePart): LinePart } {
  const plain = (text: string | undefined, path: string) => (text === undefined ? undefined : opener.plain(text, path));
  return {
    read: (path) => plain(files.read(path), path),
    list: files.list,
    run: (path, args) => plain(files.run(path, args), path),
    shown: (line) => maskLine(line, opener.secrets),
  };
}
