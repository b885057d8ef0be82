import { displayCommand, displayManner } from '../core/display.ts';
import type { CommandText, Event } from '../core/event.ts';
import { stableJson } from '../core/json.ts';
import { printable, printableLines } from '../core/printable.ts';
import { stateDiff, stateWords } from '../history/record/state-text.ts';
import { type Paint, painter } from './paint.ts';
import { printableNames } from './printable-names.ts';
import type { Tone } from './progress.ts';
import type { Look } from './view.ts';

type PlanStep = Extract<Event, { type: 'step_ended' }>;

export interface PlanLook extends Look {
  /** Show before and after line by line, and scripts whole. */
  readonly diff?: boolean;
}

interface Sign {
  readonly mark: string;
  readonly tone: Tone;
}

const asIs: Sign = { mark: ' ', tone: 'dim' };
const signs: Readonly<Partial<Record<PlanStep['status'], Sign>>> = {
  change: { mark: '~', tone: 'news' },
  depends: { mark: '?', tone: 'news' },
  protected: { mark: '=', tone: 'dim' },
  failed: { mark: '!', tone: 'bad' },
  unmet: { mark: '!', tone: 'bad' },
  lost: { mark: '!', tone: 'bad' },
};

/** The plan of a run: each task with what would be done where, what cannot be undone and why, counts at the end. */
export function renderPlan(told: readonly Event[], look: PlanLook): string {
  const events = told.map(printableNames);
  const paint = painter(look.color);
  const hosts = events.flatMap((event) => (event.type === 'play_started' ? event.hosts : []));
  const planned = events.filter((event) => event.type === 'step_ended').filter(({ phase }) => phase === 'plan');
  const tasks = [...new Set(planned.map(({ task }) => task))];
  const steps = planned.toSorted((a, b) => hosts.indexOf(a.host) - hosts.indexOf(b.host));
  const names = new Map(
    events.flatMap((event) => (event.type === 'task_started' ? [[event.task, event.name] as const] : [])),
  );
  const lines = tasks.flatMap((task) => [
    paint('bold', printable(names.get(task) ?? task)),
    ...alike(steps.filter((step) => step.task === task)).flatMap((group) => stepLines(group, look, paint)),
  ]);
  return `${[...lines, '', ...summary(steps, paint)].join('\n')}\n`;
}

/** Steps that say the same on several hosts, together. */
function alike(steps: readonly PlanStep[]): readonly (readonly [PlanStep, ...PlanStep[]])[] {
  const groups = new Map<string, [PlanStep, ...PlanStep[]]>();
  for (const step of steps) {
    const { status, because, commands, never, key, item } = step;
    const [before, after] = status === 'change' ? [step.before, step.after] : [];
    const id = stableJson([
      status,
      because ?? '',
      before ?? null,
      after ?? null,
      JSON.stringify(commands ?? []),
      never ?? '',
      key ?? '',
      item ?? '',
    ]);
    const known = groups.get(id);
    if (known === undefined) groups.set(id, [step]);
    else known.push(step);
  }
  return [...groups.values()];
}

function stepLines(group: readonly [PlanStep, ...PlanStep[]], look: PlanLook, paint: Paint): readonly string[] {
  const [step] = group;
  const { mark, tone } = signs[step.status] ?? asIs;
  const hosts = [...new Set(group.map(({ on }) => on))].join(', ');
  const item = step.item === undefined ? '' : ` (${printable(step.item, 60)})`;
  const told = step.because === undefined ? '' : `: ${printable(step.because, 500)}`;
  const head = `  ${paint(tone, `${mark} ${step.status.padEnd(9)}`)} ${hosts}${item}${told}`;
  if (step.status !== 'change') return [head];
  return [
    head,
    ...states(step, look, paint).map((line) => `      ${line}`),
    ...(step.commands ?? []).flatMap((command) => commandLines(command, look)).map((line) => `      ${line}`),
    ...(step.never === undefined ? [] : [`      ${paint('bad', `cannot be undone: ${printable(step.never, 500)}`)}`]),
  ];
}

function states({ before = null, after = null }: PlanStep, look: PlanLook, paint: Paint): readonly string[] {
  if (look.diff !== true) return [`${stateWords(before, 60)} -> ${stateWords(after, 60)}`];
  return stateDiff(before, after).map((line) => {
    if (line.startsWith('+')) return paint('good', line);
    return line.startsWith('-') ? paint('bad', line) : paint('dim', line);
  });
}

function commandLines(command: CommandText, { diff }: PlanLook): readonly string[] {
  const { argv, stdin } = command;
  const script = argv[0] === 'sh' && argv[1] === '-c' ? (argv[2] ?? '') : '';
  return [
    `$ ${displayManner(command)}${displayCommand(argv, 1_000)}`,
    ...(diff === true && script.trim().includes('\n') ? indented(script.trim(), '| ') : []),
    ...(stdin === undefined ? [] : indented(stdin, '< ')),
  ];
}

function indented(text: string, mark: string): readonly string[] {
  return printableLines(text, 60, 500).map((line) => `  ${mark}${line}`);
}

function summary(steps: readonly PlanStep[], paint: Paint): readonly string[] {
  const count = (...statuses: readonly PlanStep['status'][]) =>
    steps.filter(({ status }) => statuses.includes(status)).length;
  const parts = [
    [count('change'), 'to change'],
    [count('depends'), 'resting on an earlier change'],
    [count('protected'), 'protected'],
    [count('ok', 'changed'), 'as wanted'],
    [count('skipped'), 'skipped'],
    [count('failed', 'unmet', 'lost'), 'not readable'],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`);
  const never = steps.filter(({ never }) => never !== undefined).length;
  return [
    `Plan: ${told.length === 0 ? 'nothing to do' : told.join(', ')}.`,
    ...(never === 0 ? [] : [paint('bad', `${never} cannot be undone.`)]),
  ];
}
