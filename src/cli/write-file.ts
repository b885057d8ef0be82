import writeFileAtomic from 'write-file-atomic';
import { Failure, reason } from '../core/failure.ts';
import { printable } from '../core/printable.ts';

/** Writes a file that the user has named, whole or not at all; `shown`: the name as it was given. Throws Failure `unwritable`. */
export async function writeNamed(path: string, text: string, shown: string, mode?: number): Promise<void> {
  try {
    await writeFileAtomic(path, text, mode === undefined ? {} : { mode });
  } catch (thrown) {
    throw new Failure('unwritable', `${printable(shown)} cannot be written: ${reason(thrown)}`, {
      hint: 'It is as it was. Name a file that you may write to.',
      cause: thrown,
    });
  }
}
