import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stableJson } from '../../src/core/json.ts';
import { labExec } from '../../src/lab/lab.ts';
import { untruths } from './judge.ts';
import { kinds } from './kinds.ts';
import { beyond, guardLeft, inventoryOf, lockLeft, type MayStay } from './leftovers.ts';
import { checkout } from './places.ts';
import { type ControllerRun, runController } from './run-controller.ts';
import { inProject, type Stage, undisturbed } from './stage.ts';
import { settled } from './state.ts';
import { disk, heal } from './strike.ts';
import type { Fault, Trial } from './trial.ts';

export interface Verdict {
  readonly trial: Trial;
  /** How many of its faults; the others were to strike where the run never came to. */
  readonly struck: number;
  /** What does not hold; empty: everything does. */
  readonly problems: readonly string[];
  /** How the run said it ended. */
  readonly ending: string;
  readonly ms: number;
}

/** How long hosts that have come back may take until flanneld has its routes again. Milliseconds. */
const settleLimit = 25_000;
/** How long what ends by itself may take. TCP repeats the end of a connection that a cut wire swallowed at ever longer intervals. Milliseconds. */
const leaveLimit = 60_000;

/** One trial: the run with its faults, everything mended, the state compared, the rollback if one is due, and what is left looked for. */
export async function perform(stage: Stage, trial: Trial, evidence?: string): Promise<Verdict> {
  const begin = performance.now();
  const { lab } = stage;
  return inProject(lab, async (project) => {
    if (trial.command === 'rollback') await undisturbed(project, lab, ['play', 'switch.yml']);
    const args = trial.command === 'play' ? ['play', 'switch.yml'] : ['rollback', 'last'];
    const run = await runController({ lab: lab.plan.name, project, faults: trial.faults, args });
    await heal(lab, project);
    const happened = { ...trial, faults: run.struck };
    const problems = [
      ...(await told(stage, happened, run)),
      ...run.left,
      ...(await broughtBack(stage, happened, run, project)),
    ];
    if (problems.length > 0 && evidence !== undefined) {
      await cp(join(project, disk.folder), evidence, {
        recursive: true,
        filter: (path) => !path.endsWith(disk.filler),
      });
    }
    return {
      trial,
      struck: run.struck.length,
      problems,
      ending: run.ended?.ending ?? run.signal ?? 'rejected',
      ms: performance.now() - begin,
    };
  });
}

/** What the run said of its end, held against the state. */
async function told({ lab, before, after }: Stage, trial: Trial, run: ControllerRun): Promise<string[]> {
  // A run that touches nothing can be over before an etcd that was killed is there again to be read.
  const mended = restarts(trial) || trial.faults.some(({ kind }) => kinds[kind].lasts || kind === 'etcd-crash');
  const claims = { undone: [before], kept: [after], unchanged: [before, after], unsure: [] };
  const wanted = run.ended === undefined ? [before, after] : claims[run.ended.ending];
  const { found, ms } = await settled(lab, wanted, wanted.length === 0 || killed(trial) ? 0 : settleLimit);
  const text = stableJson(found);
  const stands = run.ended?.ending === (trial.command === 'play' ? 'kept' : 'unchanged');
  const isBefore = text === stableJson(before);
  // What the peers of a host that has restarted since keep of its old devices is flannel's, not the run's.
  const isAfter = text === stableJson(after) || (stands && restarts(trial));
  const late = !mended && (isBefore || isAfter) && ms > 2_000 ? [`as told only ${Math.round(ms)} ms later`] : [];
  const wrong = untruths(trial, { ...run, isBefore, isAfter });
  const shown =
    wrong.length > 0
      ? [
          differences(stableJson(run.ended?.ending === 'kept' ? after : before), text),
          run.said,
          run.ended?.because ?? '',
        ]
      : [];
  return [...wrong, ...late, ...shown.filter(Boolean)];
}

function restarts({ faults }: Trial): boolean {
  return faults.some(({ kind }) => kind.startsWith('power'));
}

function killed({ faults }: Trial): boolean {
  return faults.some(({ kind }) => kinds[kind].kills);
}

/** Everything is as before: by itself, or when a person has run `runbook rollback`. And nothing else is left anywhere. */
async function broughtBack(stage: Stage, trial: Trial, run: ControllerRun, project: string): Promise<string[]> {
  const { lab, before } = stage;
  const problems: string[] = [];
  // A host that has restarted has no guard any more: there a person has to act.
  if (trial.faults.some(({ kind }) => kinds[kind].alone) && !restarts(trial))
    problems.push(...(await healedAlone(stage)));
  if (run.ended?.ending !== 'undone' || trial.command === 'rollback')
    problems.push(...(await rolledBack(lab, project)));
  const { found, which } = await settled(lab, [before], settleLimit);
  if (which < 0) problems.push(`not as before: ${differences(stableJson(before), stableJson(found))}`);
  const { faults } = trial;
  // Where the controller was killed, a host out of contact when the run ended, or the lock's own command struck, it ends by itself.
  const keptFromIt = ({ kind, at }: Fault) => kinds[kind].kills || kinds[kind].lasts || / (lock|guard) /.test(at);
  const neverTold = ({ kind, at }: Fault) => kinds[kind].lasts && / guard /.test(at);
  const extra = await left(stage, [
    ...(wasLost(run) || faults.some(keptFromIt) ? [lockLeft] : []),
    ...(faults.some(neverTold) ? [guardLeft] : []),
  ]);
  return [...problems, ...extra];
}

/** Was there a host that the run had no contact with when it ended? */
function wasLost({ events }: ControllerRun): boolean {
  const lost = new Set<string>();
  for (const event of events) {
    if (event.type === 'host_lost') lost.add(event.host);
    if (event.type === 'host_opened') lost.delete(event.host);
  }
  return lost.size > 0;
}

/** Nobody does anything: the guards bring everything back, unless the change had been told to stand. */
async function healedAlone({ lab, before, after }: Stage): Promise<string[]> {
  const { which, found } = await settled(lab, [before, after], settleLimit);
  return which < 0
    ? [`the guards have not brought it back: ${differences(stableJson(before), stableJson(found))}`]
    : [];
}

/** As a person would: with the lock broken that a run has left which is known to be over. */
async function rolledBack(lab: Stage['lab'], project: string): Promise<string[]> {
  const runbook = (...args: string[]) => runController({ lab: lab.plan.name, project, faults: [], args });
  let back = await runbook('rollback', 'last');
  const [, holder] = /locked by the run (\w+)/.exec(`${back.said} ${back.ended?.because ?? ''}`) ?? [];
  if (holder !== undefined) {
    await unlock(project, holder);
    back = await runbook('rollback', 'last');
  }
  // Nothing can have been noted where the journal has no line: there is no run to speak of.
  const nothing = /there is no run|touched nothing/.test(back.said);
  const { because = back.said, doubts = [] } = back.ended ?? {};
  return [
    ...(back.exit === 0 || nothing ? [] : [`rollback ended with ${back.exit}: ${because} ${JSON.stringify(doubts)}`]),
    ...back.left,
  ];
}

function unlock(project: string, run: string): Promise<void> {
  const program = join(checkout, 'bin/runbook.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'unlock', run], { cwd: project }, () => resolve());
  });
}

/** What is left besides what may stay, which is then taken away. */
async function left({ lab, inventory }: Stage, mayStay: readonly MayStay[]): Promise<string[]> {
  const begin = performance.now();
  for (;;) {
    const all = beyond(inventory, await inventoryOf(lab));
    const extra = all.filter((line) => !mayStay.some((one) => one.line.test(line)));
    if (extra.length === 0 || performance.now() - begin > leaveLimit) {
      for (const one of mayStay) {
        const hosts = new Set(all.filter((line) => one.line.test(line)).map((line) => line.split(':')[0] ?? ''));
        for (const host of hosts) await labExec(lab, host, ['rm', '-rf', one.path]);
      }
      return extra;
    }
    await delay(250);
  }
}

/** Lines of the two that the other has not. */
function differences(wanted: string, found: string): string {
  const lines = (text: string) =>
    JSON.stringify(JSON.parse(text), null, 1)
      .split('\n')
      .map((line) => line.trim());
  const [a, b] = [lines(wanted), lines(found)];
  const missing = a.filter((line) => !b.includes(line)).map((line) => `- ${line}`);
  const extra = b.filter((line) => !a.includes(line)).map((line) => `+ ${line}`);
  return [...missing, ...extra].slice(0, 20).join('\n    ');
}
