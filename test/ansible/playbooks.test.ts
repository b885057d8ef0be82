import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';
import { modules } from '../../src/modules/list.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { fakeFleet } from '../support/fake-fleet.ts';

const node = { ansible_host: '10.4.7.21', pod_cidr: '172.7.21.0/24' };
const fleet = fakeFleet(
  { lb1: {}, 'hdss7-21': node, 'hdss7-22': node },
  { web: ['hdss7-21'], flannel: ['hdss7-21', 'hdss7-22'], 'etcd[0]': ['hdss7-21'] },
);

function imported(name: string) {
  const text = readFileSync(new URL(`fixtures/${name}.yml`, import.meta.url), 'utf8');
  const read = (path: string) => (path === 'vars/nginx.yml' ? 'lb_enabled: yes\n' : undefined);
  return importPlaybook({ file: `${name}.yml`, text, read });
}

/** What `validate` has against it, with the hosts that it is for. */
function errorsIn(text: string): readonly string[] {
  const read = (path: string) => {
    if (path.endsWith('vars/nginx.yml')) return 'lb_enabled: yes\n';
    return path.endsWith('flannel-restart.yml') ? imported('flannel-restart').text : '';
  };
  const { problems } = loadPlaybook({ file: 'p.yml', text, fleet, modules, extraVars: {}, env: {}, read });
  return problems.filter(({ severity }) => severity === 'error').map(formatProblem);
}

/** A playbook, how many plays and tasks of it are there, and all that is left out. */
const playbooks: readonly (readonly [name: string, leftOut: readonly string[]])[] = [
  [
    'nginx-rolling',
    [
      '13:14 the variable "workers": {{ ansible_processor_vcpus }} has no form in CEL',
      '24:7 "Install nginx": no module here does what ansible.builtin.apt does',
      '40:9 notify: no handler "Unknown one" is imported',
      '47:13 "Only when fresh": it rests on "installed", which the task in line 23 would give',
      '55:7 "say": no module here does what debug does',
    ],
  ],
  ['flannel-restart', ['63:7 "Show it": no module here does what ansible.builtin.debug does']],
  [
    'sysctl-hardening',
    [
      '11:3 "roles" of a play has no equal here',
      '28:15 "Swap seldom": "ignoreerrors: yes" of sysctl has no equal here',
      '50:7 "Uncommon protocols are off": no module here does what modprobe does',
    ],
  ],
  [
    'etcd-rewrite',
    [
      '6:5 the prompt for "etcd_password" is private',
      '45:17 "Write it by http": "method: PUT" of uri has no equal here',
      '50:16 "Tell": logger {{ before | quote }} has no form in CEL',
    ],
  ],
  ['iptables', ['44:27 "Replies come back": "set_counters" of iptables has no equal here']],
];

describe.each(playbooks)('%s', (name, wanted) => {
  const { text = '', findings } = imported(name);

  test('what is left out is told where it stands, and is a comment at its place', () => {
    const leftOut = findings.filter(({ kind }) => kind === 'left-out');
    expect(leftOut.map(({ message, spot: { at } }) => `${at.line}:${at.column} ${message}`)).toEqual(wanted);
    for (const { spot } of leftOut) expect(text).toContain(`# not imported: line ${spot.at.line}: `);
  });

  test('the rest is valid', () => {
    expect(errorsIn(text)).toEqual([]);
  });
});

test('a whole one, to the letter', () => {
  const theirs = readFileSync(new URL('fixtures/iptables.yml', import.meta.url), 'utf8');
  const ours = readFileSync(new URL('fixtures/iptables.imported.yml', import.meta.url), 'utf8');
  expect(importPlaybook({ file: 'iptables.yml', text: theirs }).text).toBe(ours);
});
