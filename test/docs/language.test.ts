import { expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { ansibleKeys } from '../../src/playbook/schema/ansible-keys.ts';
import { playbookSchema } from '../../src/playbook/schema/schema.ts';
import { fakeFleet } from '../support/fake-fleet.ts';
import { oneDocument } from './documents.ts';

const document = oneDocument('docs/language.md');

test('the mistake that the document shows is shown as it says', () => {
  const [block] = document.blocks.filter(({ text }) => text.startsWith('p.yml:'));
  const text = [
    '- name: A route',
    '  hosts: hdss7-21',
    '  verify: []',
    '  tasks:',
    '    - name: The way to the pods',
    '      route: { to: "{{ pod_cdir }}", dev: eth0 }',
    '',
  ].join('\n');
  const fleet = fakeFleet({ 'hdss7-21': { pod_cidr: '172.7.21.0/24' } }, {});
  const { problems } = loadPlaybook({ file: 'p.yml', text, fleet, modules, extraVars: {}, env: {} });
  const errors = problems.filter(({ severity }) => severity === 'error');
  expect(block?.text).toBe(errors.map(formatProblem).join('\n'));
});

test('what the reference says is not there is not there', () => {
  const { $defs } = playbookSchema(modules) as { $defs: Record<'play' | 'task' | 'block' | 'handler', Properties> };
  const onTask = Object.keys($defs.task.properties);
  const anywhere = [$defs.play, $defs.task, $defs.block, $defs.handler].flatMap(({ properties }) =>
    Object.keys(properties),
  );
  expect(onTask).toEqual(expect.arrayContaining(['register', 'route']));
  const there = Object.keys(ansibleKeys).filter((key) => anywhere.includes(key));
  expect(there).toEqual(['any_errors_fatal']); // Of a play, not of a task.
  expect(onTask).not.toContain('any_errors_fatal');
});

interface Properties {
  readonly properties: object;
}
