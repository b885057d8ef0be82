import { ansible } from './ansible.ts';
import { batches } from './batches.ts';
import { blocks } from './blocks.ts';
import { checkArguments } from './checks-arguments.ts';
import { expressions } from './expressions.ts';
import { files } from './files.ts';
import { handlers } from './handlers.ts';
import { hostArguments } from './host-arguments.ts';
import { hostModules } from './host-modules.ts';
import { imports } from './imports.ts';
import { includes } from './includes.ts';
import { inputs } from './inputs.ts';
import { iptablesArguments } from './iptables-arguments.ts';
import { names } from './names.ts';
import { networkArguments } from './network-arguments.ts';
import { networkModules } from './network-modules.ts';
import { plays } from './plays.ts';
import { presence } from './presence.ts';
import type { BadPlaybook } from './row.ts';
import { secrets } from './secrets.ts';
import { taskOutcomes } from './task-outcomes.ts';
import { tasks } from './tasks.ts';
import { templates } from './templates.ts';
import { types } from './types.ts';
import { variables } from './variables.ts';
import { yaml } from './yaml.ts';

/** Bad playbooks by what they are about. */
export const corpus: Readonly<Record<string, readonly BadPlaybook[]>> = {
  ...{
    yaml,
    plays,
    batches,
    tasks,
    taskOutcomes,
    blocks,
    handlers,
    networkModules,
    hostModules,

    names,
    expressions,
    types,
    presence,
  },
  ...{ networkArguments, iptablesArguments, hostArguments, checkArguments },
  ...{ templates, variables, inputs, files, includes, imports, secrets, ansible },
};

export const badPlaybooks: readonly BadPlaybook[] = Object.values(corpus).flat();
