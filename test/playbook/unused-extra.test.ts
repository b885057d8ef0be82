import { expect, test } from 'vitest';
import { readExtraVars } from '../../src/cli/extra-vars.ts';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { corpusInventory } from './bad/inventory.ts';

const fleet = corpusInventory();
const files: Readonly<Record<string, string>> = {
  '/p/vars.yml': 'mtu: 1400\nprobess: 3\nfor_another: x\n',
  '/p/t.yml': '- assert: { that: of_file == "" }\n',
  '/p/x.j2': '{{ of_template }}',
};
const read = (path: string) => files[path];
const text = `- hosts: "{{ target }}"
  inputs:
    target: { type: string, default: flannel, description: which hosts }
    dev: { type: string, default: eth0, description: not read at all }
  vars: { probes: 3, mine: "{{ of_var }}", of_file: "" }
  require:
    - include_tasks: t.yml
    - register: answer
      loop: "{{ peers }}"
      verify_ping: { target: "{{ item.pod_ip }}", count: "{{ probes }}" }
    - when: answer.ok && mine != ""
      assert: { that: mtu > 1, fail_msg: "{{ of_message }}" }
    - template: { path: /x, src: x.j2 }
  verify:
    - assert: { that: number > 1 }
`;

/** What is told of these values of -e, beside those without which it is not valid. */
function told(...options: readonly string[]) {
  const needed = 'mtu=1400 of_var=x of_message=y of_template=z';
  const extra = readExtraVars([needed, ...options], { read }, '/p');
  const { problems } = loadPlaybook({
    ...{ file: '/p/p.yml', text, fleet, modules, env: {}, read },
    ...{ extraVars: { ...extra.values, mtu: 1400 }, extraSpot: extra.spot },
  });
  return problems.map(({ at, code, severity, message, source, width, hint }) => {
    expect([code, severity]).toEqual(['unused-extra', 'warning']);
    const meant = source.slice(at.column - 1, at.column - 1 + width);
    return `${at.file}:${at.line}:${at.column} ${meant}: ${message}. ${hint}`;
  });
}

test('what is read anywhere is used: by a condition, a variable, an included file, a template, the hosts', () => {
  expect(told('target=flannel dev=eth1 of_file=', '{"number": 3, "probes": 4}')).toEqual([]);
});

test('how to connect is no variable of the playbook', () => {
  expect(told('ansible_user=op ansible_password=hunter22 ansible_python_interpreter=/x')).toEqual([]);
});

test.each([
  ['prboes=4', '-e:1:1 prboes: nothing in the playbook uses "prboes". Did you mean "probes"?'],
  ['  dev=x  targt=4', '-e:1:10 targt: nothing in the playbook uses "targt". Did you mean "target"?'],
  ['{"dev": "x", "nobody": 1}', '-e:1:14 "nobody": nothing in the playbook uses "nobody". Its inputs are target, dev.'],
  ['text=a b c', '-e:1:1 text: nothing in the playbook uses "text". Its inputs are target, dev.'],
  ['answr=1', '-e:1:1 answr: nothing in the playbook uses "answr". Its inputs are target, dev.'],
])('what nothing uses is told at its name: %s', (option, wanted) => {
  expect(told(option)).toEqual([wanted]);
});

test('of a file for several playbooks only what another name is meant by', () => {
  expect(told('@vars.yml')).toEqual([
    '/p/vars.yml:2:1 probess: nothing in the playbook uses "probess". Did you mean "probes"?',
  ]);
});

test('nothing of a value is shown', () => {
  const extra = readExtraVars(['pasword=hunter22'], { read }, '/p');
  const { problems } = loadPlaybook({
    ...{ file: '/p/p.yml', text: '- hosts: flannel\n  verify: [{ assert: { that: true } }]\n', fleet, modules },
    ...{ extraVars: extra.values, extraSpot: extra.spot, env: {} },
  });
  expect(problems).toHaveLength(1);
  expect(JSON.stringify(problems)).not.toContain('hunter22');
});

test('a playbook with errors is not asked: what is wrong may have been meant to use it', () => {
  const extra = readExtraVars(['a=1'], { read }, '/p');
  const { problems } = loadPlaybook({
    ...{ file: '/p/p.yml', text: '- hosts: flannel\n  verify: [{ assert: { that: b == 1 } }]\n', fleet, modules },
    ...{ extraVars: extra.values, extraSpot: extra.spot, env: {} },
  });
  expect(problems.map(({ code }) => code)).toEqual(['unknown-name']);
});
