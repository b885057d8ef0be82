import { join, relative } from 'node:path';
import { reason } from '../../core/failure.ts';
import { journalText } from '../../history/chain.ts';
import { buildRecord, recordName } from '../../history/record/build.ts';
import { commitRecord } from '../../history/record/commit.ts';
import type { ResourceNamed } from '../../history/record/playbook-words.ts';
import { writeRecord } from '../../history/record/write.ts';
import { moduleNamed } from '../../modules/list.ts';
import type { RecapFacts } from '../../ui/recap.ts';
import type { Executed } from '../execute.ts';
import type { Terminal } from '../terminal.ts';

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
  { run, events, inputs }: Pick<Executed, 'run' | 'events' | 'inputs'>,
  options: RecordOptions,
  terminal: Terminal,
): Promise<RecapFacts> {
  const folder = join(options.records, recordName(events));
  const shown = relative(terminal.cwd, folder) || folder;
  try {
    const journal = journalText(events, { run, inputs });
    const files = buildRecord(events, { modules: resourceNamed, journal });
    await writeRecord(folder, files);
    if (!options.commit) return { record: shown, committed: 'not committed, as asked' };
    const committed = await commitRecord(folder, events, { head: journal.head, env: terminal.env });
    if ('because' in committed) return { record: shown, committed: `not committed: ${committed.because}` };
    const { commit, note } = committed;
    return { record: shown, committed: commit, ...(note === undefined ? {} : { note }) };
  } catch (thrown) {
    return { record: shown, committed: `not complete: ${reason(thrown)}` };
  }
}

export const resourceNamed: ResourceNamed = (name) => {
  const module = moduleNamed(name);
  return module?.kind === 'resource' ? module : undefined;
};
