import { readFile } from 'node:fs/promises';
import { Failure, reason } from '../core/failure.ts';
import type { Json } from '../core/json.ts';

/** A file that a run keeps. Throws Failure `missing`. */
export async function readOwn(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (thrown) {
    throw new Failure('missing', `a file of the run cannot be read: ${reason(thrown)}`, {
      hint: 'No host was touched. Bring the file back, or name another run: `runbook history` lists them.',
      cause: thrown,
    });
  }
}

/** Throws Failure `missing`, and `invalid` for what is no JSON. */
export async function readOwnJson(path: string): Promise<Json> {
  const text = (await readOwn(path)).toString();
  try {
    return JSON.parse(text) as Json;
  } catch (thrown) {
    throw new Failure('invalid', `${path} is not what the run wrote: ${reason(thrown)}`, {
      hint: 'No host was touched. The file was altered or the disk is damaged; `runbook show` goes by the journal alone.',
      cause: thrown,
    });
  }
}
