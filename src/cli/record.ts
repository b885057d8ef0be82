import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import type { Event } from '../core/event.ts';
import { reason } from '../core/failure.ts';
import { buildRecord, recordName } from '../history/record/build.ts';
import { commitRecord } from '../history/record/commit.ts';
import { writeRecord } from '../history/record/write.ts';
import { moduleNamed } from '../modules/list.ts';
import type { RecapFacts } from '../ui/recap.ts';
import type { Terminal } from './terminal.ts';

export interface RecordOptions {
  /** Absolute: the folder of all records. */
  readonly records: string;
  readonly commit: boolean;
}

/**
 * Leaves the change record. A record that cannot be written or committed does not change how the run ended: the journal has
 * it all, and the recap says what is missing.
 */
export async function leaveRecord(
  events: readonly Event[],
  options: RecordOptions,
  terminal: Terminal,
): Promise<RecapFacts> {
  const folder = join(options.records, recordName(events));
  const shown = relative(terminal.cwd, folder) || folder;
  try {
    const modules = (name: string) => {
      const module = moduleNamed(name);
      return module?.kind === 'resource' ? module : undefined;
    };
    const files = buildRecord(events, { modules });
    await writeRecord(folder, files);
    if (!options.commit) return { record: shown, committed: 'not committed, as asked' };
    const journalSha256 = createHash('sha256')
      .update(files['history.jsonl'] ?? '')
      .digest('hex');
    const committed = await commitRecord(folder, events, { journalSha256, env: terminal.env });
    return {
      record: shown,
      committed: 'commit' in committed ? committed.commit : `not committed: ${committed.because}`,
    };
  } catch (thrown) {
    return { record: shown, committed: `not complete: ${reason(thrown)}` };
  }
}
