import { expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
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

test('what the document says is not there is not there', () => {
  const prose = document.prose.join('\n');
  const list = prose.slice(prose.indexOf('Not there, and an error'));
  const absent = [...list.matchAll(/`(\w+)`/g)].map(([, word]) => word);
  const known = propertyNames(playbookSchema(modules));
  expect(known).toEqual(expect.arrayContaining(['skip_if_verified', 'register', 'route']));
  expect(absent.length).toBeGreaterThan(5);
  expect(absent.filter((word) => known.includes(word ?? ''))).toEqual([]);
});

/** Every key that a play, a task, a block or a handler can have. */
function propertyNames(schema: object): readonly string[] {
  const { $defs } = schema as { $defs: Record<'play' | 'task' | 'block' | 'handler', Properties> };
  return [$defs.play, $defs.task, $defs.block, $defs.handler].flatMap(({ properties }) => Object.keys(properties));
}

interface Properties {
  readonly properties: object;
}
