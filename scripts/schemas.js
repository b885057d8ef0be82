// The schemas for editors: file -> schema. Each is what the program itself checks with, in the shape that editors show best.
import { projectSchema } from '../dist/cli/project-settings.js';
import { inventorySchema } from '../dist/inventory/schema.js';
import { editorSchema } from '../dist/playbook/schema/editor-schema.js';
import { playbookSchema, tasksSchema } from '../dist/playbook/schema/schema.js';

export function schemas(modules) {
  return Object.entries({
    'playbook.schema.json': playbookSchema(modules.map(withExamples)),
    'tasks.schema.json': tasksSchema(modules.map(withExamples)),
    'inventory.schema.json': inventorySchema(),
    'runbook.schema.json': projectSchema(),
  }).map(([file, schema]) => [file, editorSchema(file, schema)]);
}

/** Each module's examples are offered by the editor. */
function withExamples(module) {
  return { ...module, schema: { ...module.schema, examples: module.examples.map(({ args }) => args) } };
}
