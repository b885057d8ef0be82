import { type KindName, kindNames, kinds } from './kinds.ts';
import type { Verdict } from './perform.ts';
import { nameOf } from './trial.ts';

export function verdictLine(number: number, { trial, struck, problems, ending, ms }: Verdict): string {
  const came = struck === 0 ? 'not reached' : struck < trial.faults.length ? 'holds, the last not reached' : 'holds';
  const word = problems.length > 0 ? 'DOES NOT HOLD' : came;
  const line = `${number} ${word} (${ending}, ${(ms / 1000).toFixed(1)} s) ${nameOf(trial)}`;
  return [line, ...problems.map((problem) => `    ${problem}`)].join('\n');
}

/** How many were tried and how many held, by kind of fault and in all. */
export function summary(verdicts: readonly Verdict[], ms: number, evidence: string): string {
  const rows = kindNames.flatMap((kind) => row(kind, verdicts));
  const broken = verdicts.filter(({ problems }) => problems.length > 0).length;
  const missed = verdicts.filter(({ struck, problems }) => struck === 0 && problems.length === 0).length;
  const part = verdicts.filter(({ trial, struck }) => struck > 0 && struck < trial.faults.length).length;
  const tried = verdicts.length - missed;
  return [
    'tried  held  fault',
    ...rows,
    `${tried} tried, ${tried - broken} held, ${broken} did not${part === 0 ? '' : `; of ${part} only the first fault came about`}${missed === 0 ? '' : `; ${missed} not reached`} in ${Math.round(ms / 60_000)} min`,
    ...(broken === 0 ? [] : [`journals of what did not hold: ${evidence}`]),
  ].join('\n');
}

function row(kind: KindName, verdicts: readonly Verdict[]): string[] {
  const mine = verdicts.filter(
    ({ trial, struck }) => struck === trial.faults.length && trial.faults.at(-1)?.kind === kind,
  );
  if (mine.length === 0) return [];
  const held = mine.filter(({ problems }) => problems.length === 0).length;
  return [`${String(mine.length).padStart(5)} ${String(held).padStart(5)}  ${kind}: ${kinds[kind].what}`];
}
