import type { Measured } from './rounds.ts';
import { names } from './scenarios.ts';
import { ratios, type Spread, spread } from './statistics.ts';
import type { Cost } from './timed.ts';

/** What `--json` prints. All times are in seconds. */
export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly nodes: number;
  readonly rounds: number;
  readonly start?: StartReport;
  readonly validate?: ScenarioReport;
  readonly audit?: ScenarioReport;
  readonly switch?: ScenarioReport;
  readonly goals: readonly Goal[];
}

export interface StartReport {
  readonly runbook: Spread;
  readonly node: Spread;
  /** Of each pair. */
  readonly more: Spread;
}

export interface ScenarioReport {
  readonly sides: readonly SideReport[];
}

export interface SideReport {
  readonly side: string;
  readonly wall: Spread;
  /** Of the controller: the command and all that it started. */
  readonly cpu: Spread;
  readonly hostsCpu: Spread;
  /** Its wall time by runbook's, round by round. Absent for runbook itself. */
  readonly byRunbook?: Spread;
}

export interface Goal {
  readonly goal: string;
  readonly measured: number;
  readonly met: boolean;
}

export function startReport({ runbook, node }: { runbook: readonly Cost[]; node: readonly Cost[] }): StartReport {
  const wall = (costs: readonly Cost[]) => costs.map((cost) => cost.wall);
  const more = wall(runbook).map((time, pair) => time - (wall(node)[pair] ?? Number.NaN));
  return { runbook: spread(wall(runbook)), node: spread(wall(node)), more: spread(more) };
}

/** Throws RangeError when a side has no samples, or not as many as runbook. */
export function scenarioReport(measured: readonly Measured[]): ScenarioReport {
  const ours = measured.find(({ side }) => side === names.runbook)?.samples ?? [];
  const of = (side: Measured, name: 'wall' | 'cpu' | 'hosts') => side.samples.map((sample) => sample[name]);
  return {
    sides: measured.map((side) => ({
      side: side.side,
      wall: spread(of(side, 'wall')),
      cpu: spread(of(side, 'cpu')),
      hostsCpu: spread(of(side, 'hosts')),
      ...(side.side === names.runbook
        ? {}
        : {
            byRunbook: spread(
              ratios(
                of(side, 'wall'),
                ours.map(({ wall }) => wall),
              ),
            ),
          }),
    })),
  };
}

/** What the project wants of itself, as far as it was measured. */
export function goals({ start, validate, audit }: Pick<Report, 'start' | 'validate' | 'audit'>): Goal[] {
  const list: Goal[] = [];
  if (start !== undefined) {
    const milliseconds = Math.round(start.more.median * 1000);
    list.push({ goal: '--version within 60 ms of node -e 0', measured: milliseconds, met: milliseconds <= 60 });
  }
  const looked = validate?.sides.find(({ side }) => side === names.runbook)?.wall.median;
  if (looked !== undefined)
    list.push({ goal: 'a thousand tasks for 500 hosts validated within 1.5 s', measured: looked, met: looked <= 1.5 });
  const by = (name: string) => audit?.sides.find(({ side }) => side === name)?.byRunbook?.median;
  const ansible = by(names.ansible);
  if (ansible !== undefined)
    list.push({ goal: 'audit at least 4 times as fast as ansible', measured: ansible, met: ansible >= 4 });
  const loop = by(names.loop);
  if (loop !== undefined)
    list.push({ goal: 'audit at most 1.5 times the ssh loop', measured: 1 / loop, met: 1 / loop <= 1.5 });
  return list;
}
