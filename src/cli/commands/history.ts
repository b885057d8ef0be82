import { jsonText } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';
import { RunStore } from '../../history/run-store.ts';
import { renderHistory } from '../../ui/history.ts';
import { renderShow } from '../../ui/show.ts';
import { findProject } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { lookOf } from '../views.ts';

export async function historyCommand(run: string | undefined, terminal: Terminal): Promise<number> {
  if (run !== undefined) return showCommand(run, {}, terminal);
  const { summaries, unreadable } = await new RunStore(findProject(terminal.cwd).home).overview();
  terminal.out(renderHistory(summaries, lookOf(terminal)));
  for (const { run, because } of unreadable) terminal.err(`${run} is not listed: ${printable(because, 500)}\n`);
  return 0;
}

export async function showCommand(
  word: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const store = new RunStore(findProject(terminal.cwd).home);
  const { events, cut } = await store.journal(await store.find(word));
  if (cut) terminal.err('The last line of the journal is cut short: the controller was killed while it wrote it.\n');
  terminal.out(
    options.json ? events.map((event) => `${jsonText(event)}\n`).join('') : renderShow(events, lookOf(terminal)),
  );
  return 0;
}
