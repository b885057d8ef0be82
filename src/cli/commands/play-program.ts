import type { Command } from 'commander';
import type { ApplyOptions } from './apply.ts';
import type { Invocation } from './invocation.ts';
import {
  connectOptions,
  extraVarsOption,
  forksOption,
  outputOption,
  recordOptions,
  riskOptions,
  runOptions,
  secretOptions,
} from './options.ts';
import type { PlanOptions } from './plan.ts';
import type { PlayOptions } from './play.ts';

const foundFile = 'playbook; also looked for under playbooks/';

/** Commands that play a playbook, wholly or in part. */
export function addPlay(program: Command, invocation: Invocation): void {
  addPlayItself(program, invocation);
  addPlan(program, invocation);
  addApply(program, invocation);
  addAudit(program, invocation);
}

function addPlayItself(program: Command, { terminal, version, done }: Invocation): void {
  const play = runOptions(program.command('play').argument('<file>', foundFile))
    .summary('make the change: prove it or put everything back')
    .option('--check', 'show the plan and change nothing')
    .option('--list-hosts', 'show whom it would be played on, and connect to nobody')
    .option('--list-tasks', 'show what would be done, in order; whoever would do it')
    .option('--list-tags', 'show the tags of what would be done');
  recordOptions(riskOptions(play)).action(async (file, options) =>
    done(await (await import('./play.ts')).playCommand(file, options as PlayOptions, terminal, version)),
  );
}

function addPlan(program: Command, { terminal, version, done }: Invocation): void {
  const plan = runOptions(program.command('plan').argument('<file>', foundFile), 'no format')
    .summary('what a play would do, changing nothing; saved to be reviewed and applied')
    .option('-o, --output <file>', 'save the plan here; "-" is standard output')
    .option('--sign <key>', 'sign the plan with this SSH key, beside it as PLAN.sig');
  riskOptions(plan).action(async (file, options) =>
    done(await (await import('./plan.ts')).planCommand(file, options as PlanOptions, terminal, version)),
  );
}

function addApply(program: Command, { terminal, version, done }: Invocation): void {
  const command = program.command('apply').argument('<plan>', 'a file that `plan` has saved');
  const apply = secretOptions(connectOptions(outputOption(command)))
    .summary('do exactly what a saved plan says, or nothing')
    .option('--require-signature <file>', 'refuse a plan that nobody of these allowed signers has signed')
    .option('--max-age <duration>', 'refuse a plan that is older: 30m, 24h');
  const held = riskOptions(apply).addOption(extraVarsOption().default([], 'those of the plan'));
  recordOptions(forksOption(held)).action(async (file, options) =>
    done(await (await import('./apply.ts')).applyCommand(file, options as ApplyOptions, terminal, version)),
  );
}

function addAudit(program: Command, { terminal, version, done }: Invocation): void {
  runOptions(program.command('audit').argument('<file>', 'playbook'))
    .summary("ask a playbook's verify parts, read-only: in force, or drifted and where")
    .action(async (file, options) =>
      done(await (await import('./play.ts')).auditCommand(file, options as PlayOptions, terminal, version)),
    );
}
