import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { escapeHidden } from '../../core/printable.ts';
import { type JournalText, sha256 } from '../chain.ts';
import { inPlaybookWords, type ResourceNamed } from './playbook-words.ts';
import { readme } from './readme.ts';
import { rollbackPlaybook } from './rollback.ts';
import { playbookName, type RunFacts, runFacts } from './run-facts.ts';
import { thingStates } from './states.ts';
import { statesYaml } from './states-yaml.ts';

/** File name -> text. */
export type RecordFiles = Readonly<Record<string, string>>;

/** The record's folder name: `2026-11-22-switch-to-vxlan-nm4pcb`. Throws Failure `invalid` without a run's start. */
export function recordName(events: readonly Event[]): string {
  const { started, playbook, run } = startOf(events);
  return `${started.slice(0, 10)}-${playbookName(playbook)}-${run.slice(-6).toLowerCase()}`;
}

/** The file of a record that says by hashes what the others were. */
export const sealName = 'record.json';

/** What {@link sealName} holds; hashes are `sha256:` and hex. */
export interface Seal {
  readonly record: 1;
  readonly run: string;
  /** What wrote the record. */
  readonly tool: string;
  /** The head is the hash of the journal's last line. */
  readonly journal: { readonly lines: number; readonly head: string };
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The finished run as files: `README.md`, `history.jsonl` (the journal, byte for byte), `before.yml`, `after.yml`,
 * `rollback.yml` where there is something that a playbook can bring back, and `record.json` where the journal has a chain.
 * Pure; the same events give the same bytes. Throws Failure `invalid` without a run's start.
 */
export function buildRecord(
  events: readonly Event[],
  { modules, journal }: { readonly modules: ResourceNamed; readonly journal: JournalText },
): RecordFiles {
  const facts = startOf(events);
  const things = thingStates(events).map((thing) => inPlaybookWords(thing, modules));
  const rollback = rollbackPlaybook(events, modules);
  const files = {
    'before.yml': statesYaml(things, 'before'),
    'after.yml': statesYaml(things, 'after'),
    ...(rollback === undefined ? {} : { 'rollback.yml': rollback }),
    'history.jsonl': journal.text,
  };
  const { head } = journal;
  const beside = [...Object.keys(files), ...(head === undefined ? [] : [sealName])];
  const whole = { 'README.md': readme(facts, events, things, beside, head), ...files };
  return head === undefined ? whole : { ...whole, [sealName]: sealText(facts, events.length, head, whole) };
}

function sealText({ run, tool }: RunFacts, lines: number, head: string, files: RecordFiles): string {
  const seal: Seal = {
    record: 1,
    run,
    tool,
    journal: { lines, head: `sha256:${head}` },
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, `sha256:${sha256(text)}`])),
  };
  return `${escapeHidden(JSON.stringify(seal, null, 2))}\n`;
}

function startOf(events: readonly Event[]) {
  const facts = runFacts(events);
  if (facts !== undefined) return facts;
  throw new Failure(
    'invalid',
    'the events do not begin with the start of a run, so there is no record to make of them',
    {
      hint: 'The journal is empty or was altered.',
    },
  );
}
