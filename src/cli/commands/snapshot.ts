import { resolve } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { jsonText } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';
import { connector } from '../../hosts/connect.ts';
import { takeSnapshot } from '../../lab/snapshot/snapshot.ts';
import { type ConnectOptions, connecting } from '../connecting.ts';
import { disk } from '../files.ts';
import { limitPatterns } from '../limit.ts';
import { type InventoryOptions, namedInventory } from '../named-inventory.ts';
import type { Terminal } from '../terminal.ts';
import { writeNamed } from '../write-file.ts';

export interface SnapshotOptions extends ConnectOptions, InventoryOptions {
  readonly limit?: string;
  readonly output?: string;
}

/** Reads the hosts of an inventory and writes what was read as JSON. All of them, or nothing is written. */
export async function snapshotCommand(options: SnapshotOptions, terminal: Terminal): Promise<number> {
  const { project, inventory: fleet } = await namedInventory(options, terminal);
  const names = fleet.select(limitPatterns(options.limit ?? 'all', disk, terminal.cwd));
  if (names.length === 0) throw new Failure('invalid', 'no host is selected, so there is nothing to read');
  const connect = connector(fleet, await connecting(options, project, terminal));
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const name of signals) process.once(name, onSignal);
  try {
    const { snapshot, unread } = await takeSnapshot(fleet, names, connect, new Date(), interrupt.signal);
    if (unread.size > 0) throw notRead(unread, names.length);
    const text = `${jsonText(snapshot, 2)}\n`;
    if (options.output === undefined) terminal.out(text);
    else await writeNamed(resolve(terminal.cwd, options.output), text, options.output, 0o600);
    const notes = Object.entries(snapshot.hosts).flatMap(([name, { notes }]) =>
      notes.map((note) => `${name}: ${note}\n`),
    );
    terminal.err(`${notes.join('')}${names.length} hosts were read\n`);
    return 0;
  } finally {
    for (const name of signals) process.off(name, onSignal);
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function notRead(unread: ReadonlyMap<string, string>, of: number): Failure {
  const hosts = [...unread].map(([name, why]) => `  ${name}: ${printable(why, 500)}`).join('\n');
  return new Failure(
    'unreachable',
    `${unread.size} of ${of} hosts could not be read, so nothing was written:\n${hosts}`,
    {
      hint: 'Nothing was changed anywhere. Mend the connection, or leave these out with --limit.',
    },
  );
}
