import { RunStore } from '../history/run-store.ts';
import { renderHistory } from '../ui/history.ts';
import { renderShow } from '../ui/show.ts';
import { findProject } from './project.ts';
import type { Terminal } from './terminal.ts';
import { lookOf } from './views.ts';

export async function historyCommand(run: string | undefined, terminal: Terminal): Promise<number> {
  if (run !== undefined) return showCommand(run, {}, terminal);
  const store = new RunStore(findProject(terminal.cwd).home);
  terminal.out(renderHistory(await store.summaries(), lookOf(terminal)));
  return 0;
}

export async function showCommand(
  word: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const store = new RunStore(findProject(terminal.cwd).home);
  const events = await store.events(await store.find(word));
  terminal.out(
    options.json ? events.map((event) => `${JSON.stringify(event)}\n`).join('') : renderShow(events, lookOf(terminal)),
  );
  return 0;
}
