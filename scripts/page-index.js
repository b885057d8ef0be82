// The first page of the reference, and the one of keywords.
import { ansibleKeys } from '../dist/playbook/schema/ansible-keys.js';
import { playbookSchema } from '../dist/playbook/schema/schema.js';
import { argumentTable } from '../dist/ui/module-page.js';

export function indexPage(modules) {
  return [
    'Derived from the code; a test fails when it is stale. The same is told by `runbook modules`, `runbook modules NAME`,',
    '`runbook explain CODE` and `runbook COMMAND --help`.',
    '',
    '- [Commands](commands.md): their options; [exit codes](exit-codes.md): what each ends with.',
    '- [Keywords](keywords.md): what a play and a task can say.',
    '- [Codes](errors.md): what each code of a problem or a failure means, with an example.',
    '- [Names and functions](functions.md): what expressions know.',
    '',
    'Editors know the same by the [schemas](../language.md#in-the-editor).',
    '',
    '## Modules',
    '',
    '| module | kind | |',
    '| --- | --- | --- |',
    ...modules.map(
      ({ name, kind, summary }) => `| [${name}](modules/${name}.md) | ${kind} | ${summary.replace(/\.$/, '')} |`,
    ),
  ];
}

export function keywordsPage() {
  const schema = playbookSchema([]);
  return [
    'A key that is not known is an error with the nearest known one; it is never ignored.',
    '',
    '## Play',
    '',
    ...argumentTable(schema.$defs.play),
    '',
    '## Import',
    '',
    'An item of a playbook that stands for the plays of another one.',
    '',
    ...argumentTable(schema.$defs.import),
    '',
    '## Task',
    '',
    'Besides these a task names exactly one [module](README.md#modules), or includes a file.',
    '',
    ...argumentTable({ properties: schema.$defs.task.properties }),
    '',
    '## Handler',
    '',
    'What a task says, with a `name`, and:',
    '',
    ...argumentTable({ properties: { listen: schema.$defs.handler.properties.listen } }),
    '',
    '## Block',
    '',
    'In place of a task:',
    '',
    ...argumentTable({ properties: schema.$defs.block.properties, required: schema.$defs.block.required }),
    '',
    '## Meta',
    '',
    'In place of a task:',
    '',
    ...argumentTable(schema.$defs.meta),
    '',
    '## Not here',
    '',
    'Keys of Ansible that are an error where they are written, with what the error says:',
    '',
    '| key | instead |',
    '| --- | --- |',
    ...Object.entries(ansibleKeys).map(
      ([key, instead]) => `| \`${key}\`${key in schema.$defs.play.properties ? ' on a task' : ''} | ${instead} |`,
    ),
  ];
}
