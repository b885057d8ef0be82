import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { isAssertion, type Module } from '../../src/core/module.ts';
import type { Step } from '../../src/core/play.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { makeNamespace, type Namespace } from '../support/run-command.ts';

const inventory = readFileSync(new URL('../docs/fixtures/inventory.yml', import.meta.url), 'utf8');
const fleet = loadInventory({
  sources: ['/inventory.yml'],
  home: '/root',
  read: (path) => (path === '/inventory.yml' ? inventory : undefined),
  list: () => undefined,
});

let host: Namespace;
beforeAll(async () => {
  host = await makeNamespace();
});
afterAll(() => host.remove());

const examples = modules.flatMap((module) =>
  isAssertion(module)
    ? []
    : module.examples.map(({ title, args }) => [`${module.name}: ${title}`, module, args as JsonObject] as const),
);

// They wait for one another's answers, not for the machine.
describe.concurrent('each example, on a host that has nothing of it', () => {
  test.each(examples)('%s', async (_, module, args) => {
    const step = stepOf(module, args);
    const probe = module.probe(hurried(module, step.args as JsonObject));
    if (probe === null) {
      expect(module).toMatchObject({ kind: 'resource', exitDecides: true });
      return;
    }
    const outcome = await host.run(probe);
    if (module.kind === 'check') {
      expect(module.judge(outcome, step.args as JsonObject).because).toMatch(/^[^\n]+$/);
      return;
    }
    try {
      const state = module.read(outcome, step.args as JsonObject);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    } catch (thrown) {
      // What cannot be read is told as such, with what to do; anything else is a fault of the module.
      expect(thrown).toBeInstanceOf(Failure);
      expect(thrown).toMatchObject({ code: expect.stringMatching(/^(?:unreadable|missing|refused)$/), hint: /./ });
    }
  });
});

/** The example as the one task of a play, resolved for a host; a resource that asks for nothing is protected. */
function stepOf(module: Module, args: JsonObject): Step {
  const protect = module.kind === 'resource' && module.asks?.(args) === false ? { protect: true } : {};
  const text = JSON.stringify([{ name: 'A', hosts: 'hdss7-21', tasks: [{ ...protect, [module.name]: args }] }]);
  const read = () => 'text\n';
  const { plays, problems } = loadPlaybook({ file: 'p.yml', text, fleet, modules, extraVars: {}, env: {}, read });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const resolved = plays[0]?.tasks[0]?.resolve('hdss7-21', new Map());
  const [step] = resolved !== undefined && 'steps' in resolved ? resolved.steps : [];
  if (step === undefined) throw new Error('the example comes to no step');
  return step;
}

/** What waits need not wait as long here. */
function hurried({ name }: Module, args: JsonObject): JsonObject {
  return name === 'wait_for' ? { ...args, deadline: '1s' } : args;
}
