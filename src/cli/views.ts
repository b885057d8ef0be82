import { ndjsonView } from '../ui/ndjson.ts';
import { plainView } from '../ui/plain.ts';
import type { Look, View } from '../ui/view.ts';
import type { Terminal } from './terminal.ts';

export type OutputFormat = 'auto' | 'rows' | 'plain' | 'ndjson';

export function lookOf(terminal: Terminal): Look {
  return { color: terminal.color, width: terminal.width };
}

/** Rows on a terminal, plain lines elsewhere, unless the user says otherwise. */
export async function viewFor(format: OutputFormat, terminal: Terminal): Promise<View> {
  if (format === 'ndjson') return ndjsonView(terminal.out);
  if (format === 'plain' || (format === 'auto' && !terminal.isTty)) return plainView(terminal.out, lookOf(terminal));
  const { RowsView } = await import('../ui/rows.ts');
  return new RowsView({ stdout: process.stdout, stderr: process.stderr }, lookOf(terminal));
}
