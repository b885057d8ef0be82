import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { inPlaybookWords, type ResourceNamed } from './playbook-words.ts';
import { readme } from './readme.ts';
import { rollbackPlaybook } from './rollback.ts';
import { playbookName, runFacts } from './run-facts.ts';
import { thingStates } from './states.ts';
import { statesYaml } from './states-yaml.ts';

/** File name -> text. */
export type RecordFiles = Readonly<Record<string, string>>;

/** The record's folder name: `2026-11-22-switch-to-vxlan-nm4pcb`. Throws Failure `invalid` without a run's start. */
export function recordName(events: readonly Event[]): string {
  const { started, playbook, run } = startOf(events);
  return `${started.slice(0, 10)}-${playbookName(playbook)}-${run.slice(-6).toLowerCase()}`;
}

/**
 * The finished run as files: `README.md`, `history.jsonl` (the journal, byte for byte), `before.yml`, `after.yml`, and
 * `rollback.yml` where there is something that a playbook can bring back. Pure; the same events give the same bytes.
 * Throws Failure `invalid` without a run's start.
 */
export function buildRecord(events: readonly Event[], options: { readonly modules: ResourceNamed }): RecordFiles {
  const facts = startOf(events);
  const things = thingStates(events).map((thing) => inPlaybookWords(thing, options.modules));
  const rollback = rollbackPlaybook(events, options.modules);
  const files = {
    'before.yml': statesYaml(things, 'before'),
    'after.yml': statesYaml(things, 'after'),
    ...(rollback === undefined ? {} : { 'rollback.yml': rollback }),
    'history.jsonl': events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  };
  return { 'README.md': readme(facts, events, things, Object.keys(files)), ...files };
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
