import { resolve } from 'node:path';
import { milliseconds } from '../../core/duration.ts';
import { Failure } from '../../core/failure.ts';
import type { JsonObject } from '../../core/json.ts';
import { maskText } from '../../core/mask.ts';
import { inputDifferences, pathFromProject, planInputs } from '../../history/plan/plan-inputs.ts';
import { type ReadPlan, readPlan } from '../../history/plan/read-plan.ts';
import { signerOf } from '../../history/plan/signature.ts';
import { RunStore } from '../../history/run-store.ts';
import { renderPlanDifferences } from '../../ui/plan-differences.ts';
import { systemClock } from '../clock.ts';
import type { ConnectOptions } from '../connecting.ts';
import { execute } from '../execute.ts';
import { readExtraVars } from '../extra-vars.ts';
import { disk } from '../files.ts';
import { givenValues } from '../inputs.ts';
import { sealedExtraOf } from '../load.ts';
import { opening } from '../opening.ts';
import { findProject, type Project, sourcePath } from '../project.ts';
import { refuseUnfinished } from '../refuse-unfinished.ts';
import { unsealedPlan } from '../sealing.ts';
import { openerFor, type SecretOptions } from '../secret-keys.ts';
import type { Terminal } from '../terminal.ts';
import { lookOf, viewFor } from '../views.ts';
import { conclude, type PlayOptions, prepareFrom } from './play.ts';

export type ApplyOptions = Pick<
  PlayOptions,
  | 'extraVars'
  | 'forks'
  | 'output'
  | 'requireReversible'
  | 'allowCutoff'
  | 'commit'
  | 'records'
  | keyof ConnectOptions
  | keyof SecretOptions
> & {
  /** Path of an allowed signers file. */
  readonly requireSignature?: string;
  /** A duration: an older plan is refused. */
  readonly maxAge?: string;
};

/** Does what a saved plan says, if everything is still as it says. The text that was verified is the text that is used. */
export async function applyCommand(
  file: string,
  options: ApplyOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const project = findProject(terminal.cwd);
  const path = resolve(terminal.cwd, file);
  const text = disk.read(path);
  if (text === undefined)
    throw new Failure('missing', `there is no plan ${file}`, { hint: 'Make one with `runbook plan FILE -o PLAN`.' });
  await checkSignature(text, path, options, project, terminal);
  const plan = readPlan(text, file);
  checkAge(plan, options.maxAge);
  const playbook = pathFromProject(plan.inputs.playbook, project.root);
  const opener = openerFor(options, project, terminal);
  const files = opening(disk, opener);
  const named = (plan.inputs.extra_files ?? []).map((name) => `@${pathFromProject(name, project.root)}`);
  const extra = await opener.opened(() => readExtraVars([...named, ...options.extraVars], files, terminal.cwd));
  const given = await opener.opened(() => givenValues(playbook, files.read, extra));
  const sealedExtra = sealedExtraOf(extra, opener);
  const sources = {
    playbook,
    inventory: plan.inputs.inventory.map((source) => sourcePath(source, project.root)),
    extraVars: sameVars(plan, given.extraVars, sealedExtra.names),
    sealedExtra,
    ...(plan.inputs.tags === undefined ? {} : { tags: plan.inputs.tags }),
  };
  const limit = plan.inputs.limit === undefined ? {} : { limit: plan.inputs.limit };
  const differences: string[] = [];
  const prepared = await prepareFrom(
    project,
    'play',
    sources,
    { ...options, ...limit },
    terminal,
    opener,
    ({ inputs }) => {
      differences.push(...inputDifferences(plan.inputs, planInputs(inputs, project.root, plan.inputs.limit)));
      return differences.length === 0;
    },
  );
  if (differences.length > 0) return refuseInputs(differences, file, terminal);
  if (prepared === undefined) return 2;
  const store = new RunStore(project.home);
  await refuseUnfinished(store, prepared.execution.plays, terminal.operator);
  const { execution } = prepared;
  const view = await viewFor(options.output, terminal);
  const held = {
    ...execution,
    plan: await unsealedPlan(plan.saved, opener, file),
    inputs: { ...execution.inputs, plan: text },
  };
  const executed = await execute(held, store, view, terminal, version);
  if (options.output !== 'ndjson') terminal.out(renderPlanDifferences(executed.events, lookOf(terminal)));
  return conclude(executed, 'play', options, project, terminal);
}

async function checkSignature(
  text: string,
  path: string,
  { requireSignature, output }: ApplyOptions,
  project: Project,
  terminal: Terminal,
): Promise<void> {
  const allowed = requireSignature === undefined ? project.requireSignature : resolve(terminal.cwd, requireSignature);
  if (allowed === undefined) return;
  if (disk.read(allowed) === undefined)
    throw new Failure('missing', `there is no file of allowed signers ${allowed}. Nothing has been touched`);
  const signer = await signerOf(text, `${path}.sig`, allowed);
  if (output !== 'ndjson') terminal.out(`signed by ${signer}\n`);
}

function checkAge({ made }: ReadPlan, maxAge: string | undefined): void {
  if (maxAge === undefined) return;
  const age = systemClock.now().getTime() - Date.parse(made);
  if (age >= 0 && age <= milliseconds(maxAge)) return;
  throw new Failure(
    'refused',
    `the plan was made at ${made}: not within the last ${maxAge}. Nothing has been touched`,
    {
      hint: 'Make a new one with `runbook plan`.',
    },
  );
}

/** The plan's extra variables; one that had a password in it, which the plan does not hold, is given again. */
function sameVars({ inputs }: ReadPlan, given: JsonObject, sealed: readonly string[]): JsonObject {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(inputs.extra_vars, name) && !sealed.includes(name));
  if (unknown !== undefined) throw new Failure('invalid', `the plan was made without the extra variable "${unknown}"`);
  const masked = Object.entries(inputs.extra_vars).find(
    ([name, value]) => JSON.stringify(value).includes(maskText) && !Object.hasOwn(given, name),
  );
  if (masked !== undefined)
    throw new Failure('invalid', `the extra variable "${masked[0]}" holds a password, which the plan does not`, {
      hint: `Give it again: -e ${masked[0]}=...`,
    });
  return { ...inputs.extra_vars, ...given };
}

function refuseInputs(differences: readonly string[], file: string, terminal: Terminal): number {
  const lines = differences.map((line) => `  ${line}\n`).join('');
  terminal.err(`${file} no longer fits what it was made from; no host has been contacted:\n${lines}`);
  terminal.err('Make a new one with `runbook plan`, and read it again.\n');
  return 2;
}
