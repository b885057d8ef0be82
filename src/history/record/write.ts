import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { Failure, reason } from '../../core/failure.ts';
import type { RecordFiles } from './build.ts';

/**
 * Writes a record's files into `folder`, which is made; each file is whole or not there. A record holds hosts' output:
 * folder 0700, files 0600. Throws Failure `internal`.
 */
export async function writeRecord(folder: string, files: RecordFiles): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files)) {
      await writeFileAtomic(join(folder, basename(name)), text, { mode: 0o600 });
    }
  } catch (thrown) {
    throw new Failure('internal', `the record cannot be written to ${folder}: ${reason(thrown)}`, {
      hint: 'The run itself is not affected, its journal is complete.',
      cause: thrown,
    });
  }
}
