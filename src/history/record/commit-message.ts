import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { printable } from '../../core/printable.ts';
import { playbookName, runFacts } from './run-facts.ts';

/**
 * The record's commit message: `record(<playbook>): <ending> on N hosts`, and trailers for machines. `head` is the
 * hash of the journal's last line, in hex. Throws Failure `invalid` without a run's start.
 */
export function commitMessage(events: readonly Event[], head: string): string {
  const facts = runFacts(events);
  if (facts === undefined) {
    throw new Failure('invalid', 'the events do not begin with the start of a run, so there is nothing to commit', {
      hint: 'The journal is empty or was altered.',
    });
  }
  const ending = facts.ended?.ending ?? 'unfinished';
  const hosts = `${facts.hosts.length} host${facts.hosts.length === 1 ? '' : 's'}`;
  return [
    `record(${playbookName(facts.playbook)}): ${ending} on ${hosts}`,
    '',
    `Runbook-Run: ${facts.run}`,
    `Runbook-Ending: ${ending}`,
    `Runbook-Playbook: ${printable(facts.playbook, 500)}`,
    `Runbook-Hosts: ${printable(facts.hosts.join(','), 20_000)}`,
    `Runbook-Journal: sha256:${head}`,
    '',
  ].join('\n');
}
