import { resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { Files } from './files.ts';

/**
 * The host patterns of `--limit`: as they stand, and for `@file` those of the file's lines (`#` begins a comment).
 * Throws Failure `missing` without the file.
 */
export function limitPatterns(limit: string, files: Pick<Files, 'read'>, cwd: string): readonly string[] {
  // Split by a group in the pattern: every second part is the path of a file.
  return limit.split(/(?:^|[,:])\s*@([^,:]+)/).flatMap((part, i) => (i % 2 === 0 ? [part] : linesOf(part, files, cwd)));
}

function linesOf(name: string, files: Pick<Files, 'read'>, cwd: string): readonly string[] {
  const path = resolve(cwd, name.trim());
  const text = files.read(path);
  if (text === undefined) throw new Failure('missing', `--limit @${name}: there is no file ${path}`);
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
