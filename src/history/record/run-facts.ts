import type { Doubt, Ending, Event, Mode } from '../../core/event.ts';

/** A run in its outlines. */
export interface RunFacts {
  readonly run: string;
  readonly tool: string;
  readonly mode: Mode;
  /** As it was given: a path, or a bare name. */
  readonly playbook: string;
  readonly operator: string;
  readonly hosts: readonly string[];
  /** ISO 8601. */
  readonly started: string;
  readonly of?: string;
  /** Digest of the saved plan that it was held to. */
  readonly plan?: string;
  /** `--tags a,b`: only a part of the playbook was played. */
  readonly chosen?: string;
  readonly plays: readonly { readonly name: string; readonly hosts: readonly string[] }[];
  /** Hosts that it went on without, and that are to be completed. */
  readonly pending: readonly Pending[];
  /** Hosts that dropped out of it, those among them. */
  readonly out: readonly string[];
  /** Absent: the run has not ended, or its controller was killed. */
  readonly ended?: {
    readonly at: string;
    readonly ending: Ending;
    readonly ok: boolean;
    readonly exit: number;
    readonly because?: string;
    readonly doubts: readonly Doubt[];
  };
}

type Pending = Pick<Extract<Event, { type: 'host_pending' }>, 'host' | 'because' | 'steps'>;

/** undefined where the events do not begin with a run's start. */
export function runFacts(events: readonly Event[]): RunFacts | undefined {
  const started = events[0];
  if (started?.type !== 'run_started') return undefined;
  const { run, tool, mode, playbook, operator, hosts, at, of, plan, chosen } = started;
  const ended = events.findLast((event) => event.type === 'run_ended');
  return {
    run,
    tool,
    mode,
    playbook,
    operator,
    hosts,
    started: at,
    ...(of === undefined ? {} : { of }),
    ...(plan === undefined ? {} : { plan }),
    ...(chosen === undefined ? {} : { chosen }),
    plays: playsOf(events),
    pending: events.filter((event) => event.type === 'host_pending'),
    out: events.flatMap((event) =>
      event.type === 'host_pending' || event.type === 'host_dropped' ? [event.host] : [],
    ),
    ...(ended === undefined ? {} : { ended }),
  };
}

/** A play with all of its batches. */
function playsOf(events: readonly Event[]): RunFacts['plays'] {
  const plays: { name: string; hosts: readonly string[] }[] = [];
  for (const event of events) {
    if (event.type !== 'play_started') continue;
    const { name, hosts, batch } = event;
    const last = plays.at(-1);
    if (last === undefined || (batch?.number ?? 1) === 1) plays.push({ name, hosts });
    else last.hosts = [...last.hosts, ...hosts];
  }
  return plays;
}

/** `switch-to-vxlan` of `playbooks/switch-to-vxlan.yml`: short, and safe as a part of a file name. */
export function playbookName(playbook: string): string {
  const base = playbook.split('/').at(-1) ?? '';
  const name = base
    .replace(/\.ya?ml$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '');
  return name === '' ? 'playbook' : name.slice(0, 80);
}

/** The machines that the run spoke of: its hosts in their order, then those it only delegated to. */
export function machines(events: readonly Event[]): readonly string[] {
  const delegates = events.flatMap((event) =>
    event.type === 'step_ended' || event.type === 'undo_noted' || event.type === 'command_started' ? [event.on] : [],
  );
  const hosts = events.flatMap((event) =>
    event.type === 'run_started' || event.type === 'play_started' ? event.hosts : [],
  );
  return [...new Set([...hosts, ...[...new Set(delegates)].sort((a, b) => (a < b ? -1 : 1))])];
}
