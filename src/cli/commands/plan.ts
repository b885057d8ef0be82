import { resolve } from 'node:path';
import { Failure, reason } from '../../core/failure.ts';
import { planInputs } from '../../history/plan/plan-inputs.ts';
import { planText } from '../../history/plan/plan-text.ts';
import { readPlan } from '../../history/plan/read-plan.ts';
import { signPlan } from '../../history/plan/signature.ts';
import { RunStore } from '../../history/run-store.ts';
import { renderRecap } from '../../ui/recap.ts';
import type { View } from '../../ui/view.ts';
import { type Executed, execute } from '../execute.ts';
import type { Terminal } from '../terminal.ts';
import { lookOf, viewFor } from '../views.ts';
import { writeNamed } from '../write-file.ts';
import { conclude, type PlayOptions, prepare } from './play.ts';

export type PlanOptions = Omit<PlayOptions, 'output'> & {
  /** Where the plan goes; `-` is standard output. */
  readonly output?: string;
  /** A private key, or the public half of one that the agent holds. */
  readonly sign?: string;
};

/** Shows what a play would do and changes nothing; saves it, if asked, so that `apply` can be held to it. */
export async function planCommand(
  file: string,
  options: PlanOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const { output, sign } = options;
  if (sign !== undefined && (output === undefined || output === '-'))
    throw new Failure('invalid', '--sign needs a file to stand beside: give one with -o');
  const prepared = await prepare('check', file, options, terminal);
  if (prepared === undefined) return 2;
  const { project, execution } = prepared;
  const view = output === '-' ? silent : await viewFor('auto', terminal);
  const executed = await execute(
    { ...execution, sealsPlan: output !== undefined },
    new RunStore(project.home),
    view,
    terminal,
    version,
  );
  const { events, result } = executed;
  const made = result.exit === 0 || result.exit === 5;
  const text = made ? planText(events, planInputs(execution.inputs, project.root, options.limit)) : '';
  if (output !== '-') await conclude(executed, 'check', { ...options, output: 'auto' }, project, terminal);
  if (!made) return refused(executed, output, terminal);
  if (output === undefined) return result.exit;
  checkReadable(text);
  if (output === '-') terminal.out(text);
  else await save(text, output, sign, terminal);
  return result.exit;
}

const silent: View = { event: () => undefined, close: async () => undefined };

function refused({ events, result }: Executed, output: string | undefined, terminal: Terminal): number {
  if (output === '-') terminal.err(renderRecap(events, { ...lookOf(terminal), color: false }));
  return result.exit;
}

/** What a host holds may be more than YAML can carry: a plan that nobody could apply is not written. Throws Failure `refused`. */
function checkReadable(text: string): void {
  try {
    readPlan(text, 'the plan');
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new Failure('refused', `the plan cannot be saved, because it could not be read again: ${reason(thrown)}`);
  }
}

async function save(text: string, output: string, key: string | undefined, terminal: Terminal): Promise<void> {
  const path = resolve(terminal.cwd, output);
  const signature = key === undefined ? undefined : await signPlan(text, resolve(terminal.cwd, key));
  const mode = 0o600;
  await writeNamed(path, text, output, mode);
  if (signature !== undefined) await writeNamed(`${path}.sig`, signature, `${output}.sig`, mode);
  const { saved } = readPlan(text, output);
  terminal.out(`plan    ${output} (${saved.digest}${signature === undefined ? '' : ', signed'})\n`);
  terminal.out(`next    read it, then: runbook apply ${output}\n`);
}
