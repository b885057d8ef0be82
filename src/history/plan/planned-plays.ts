import type { Event } from '../../core/event.ts';
import type { PlannedPlay, PlannedStep } from '../../core/planned.ts';

type Ended = Extract<Event, { type: 'step_ended' }>;

/** What a run that planned and changed nothing foresaw: each play's steps by task, then by host as the play has them. */
export function plannedPlays(events: readonly Event[]): readonly PlannedPlay[] {
  const begun = events.flatMap((event, at) => (event.type === 'play_started' ? [{ event, at }] : []));
  const starts = begun.filter(({ event }) => (event.batch?.number ?? 1) === 1);
  return starts.map(({ event: { name }, at }, i) => {
    const own = events.slice(at, starts[i + 1]?.at);
    const hosts = own.flatMap((event) => (event.type === 'play_started' ? event.hosts : []));
    const planned = own.some((event) => event.type === 'phase_started' && event.phase === 'plan');
    return { name, hosts, verified: !planned, steps: inOrder(own, hosts) };
  });
}

function inOrder(events: readonly Event[], hosts: readonly string[]): readonly PlannedStep[] {
  const started = events.filter((event) => event.type === 'task_started').filter(({ phase }) => phase === 'plan');
  const ended = events.filter((event) => event.type === 'step_ended').filter(({ phase }) => phase === 'plan');
  const names = new Map(started.map(({ task, name }) => [task, name] as const)); // once, though each batch begins it
  return [...names].flatMap(([task, name]) =>
    ended
      .filter((step) => step.task === task)
      .toSorted((a, b) => hosts.indexOf(a.host) - hosts.indexOf(b.host))
      .map((step) => planned(step, name)),
  );
}

function planned(event: Ended, name: string): PlannedStep {
  const { type: _type, seq: _seq, at: _at, phase: _phase, tries: _tries, ...step } = event;
  return { name, ...step };
}
