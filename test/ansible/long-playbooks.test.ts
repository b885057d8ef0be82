import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';
import { modules } from '../../src/modules/list.ts';
import { formatProblem } from '../../src/playbook/format-problem.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { fakeFleet } from '../support/fake-fleet.ts';

/** Playbooks of more than a hundred lines, with all that people write: roles, prompts, blocks, loops, lookups, facts, Jinja. */
const node = { ansible_host: '10.4.7.21', pod_ip: '172.7.21.2' };
const own = { upstream: 'up.example.org', vault_stats_password: 'x', ansible_host: '10.4.7.1' };
const fleet = fakeFleet(
  { w1: node, w2: node, m1: node, lb1: own, r1: {}, localhost: {} },
  {
    localhost: ['localhost'],
    ...{ web: ['w1', 'w2'], db: ['m1'], lb: ['lb1'], routers: ['r1'], border: ['r1'], etcd: ['m1'] },
    ...{ k8s_workers: ['w1', 'w2'], k8s_masters: ['m1'], 'k8s_workers:k8s_masters': ['w1', 'w2', 'm1'] },
  },
);

const files: Readonly<Record<string, string>> = {
  'vars/common.yml': 'swap_off: no\ncontainer_runtime: containerd\n',
};

function theirs(name: string): string {
  return readFileSync(new URL(`fixtures/long/${name}.yml`, import.meta.url), 'utf8');
}

function imported(name: string) {
  return importPlaybook({ file: `${name}.yml`, text: theirs(name), read: (path) => files[path] });
}

function errorsIn(text: string): readonly string[] {
  const read = (path: string) => {
    if (path.endsWith('kubernetes-node.yml')) return imported('kubernetes-node').text;
    if (path.endsWith('tasks/check.yml')) return '- wait_for: { port: "{{ port }}" }\n';
    return path.endsWith('missing.yml') ? undefined : (files[path.slice(1)] ?? 'x\n');
  };
  const { problems } = loadPlaybook({ file: '/p.yml', text, fleet, modules, extraVars: { port: 80 }, env: {}, read });
  return problems.filter(({ severity }) => severity === 'error').map(formatProblem);
}

/** A playbook, and where and why something is left out of it. */
const playbooks: readonly (readonly [name: string, leftOut: readonly string[]])[] = [
  [
    'kubernetes-node',
    [
      '3:3 no-equal',
      '27:7 no-cel',
      '28:3 no-equal',
      '37:14 no-cel',
      '54:7 no-equal',
      '60:7 no-equal',
      '67:18 no-cel',
      '104:7 no-equal',
      '125:15 no-equal',
      '139:11 no-equal',
    ],
  ],
  [
    'haproxy-rolling',
    [
      '6:3 no-equal',
      '21:19 no-cel',
      '31:17 no-equal',
      '38:7 no-equal',
      '43:7 no-equal',
      '74:7 no-equal',
      '88:19 no-equal',
      '108:18 no-cel',
      '112:13 rests-on-left-out',
      '114:7 no-equal',
      '123:7 no-equal',
    ],
  ],
  [
    'linux-router',
    [
      '29:16 no-cel',
      '48:18 no-cel',
      '92:11 no-equal',
      '98:15 rests-on-left-out',
      '104:19 no-equal',
      '110:80 no-equal',
      '129:7 no-equal',
      '134:7 no-equal',
      '136:7 no-equal',
      '139:61 rests-on-left-out',
      '141:7 no-equal',
      '145:7 no-equal',
      '150:3 no-equal',
      '155:7 no-equal',
    ],
  ],
  [
    'flannel-to-vxlan',
    ['62:11 no-equal', '66:21 rests-on-left-out', '71:19 rests-on-left-out', '80:18 no-cel', '120:13 no-cel'],
  ],
  [
    'deploy-application',
    [
      '8:3 no-equal',
      '9:3 no-equal',
      '15:18 no-cel',
      '18:14 rests-on-left-out',
      '35:7 no-equal',
      '47:7 no-equal',
      '55:15 rests-on-left-out',
      '71:7 no-equal',
      '75:20 rests-on-left-out',
      '80:22 rests-on-left-out',
      '91:7 no-equal',
      '95:22 no-equal',
      '100:7 no-equal',
      '107:25 no-equal',
      '115:14 no-equal',
      '120:13 rests-on-left-out',
      '123:22 no-cel',
      '125:7 no-equal',
      '126:7 no-equal',
      '128:7 no-equal',
    ],
  ],
];

describe.each(playbooks)('%s', (name, wanted) => {
  const { text = '', findings } = imported(name);
  const leftOut = findings.filter(({ kind }) => kind === 'left-out');

  test('what is left out is told where it stands', () => {
    expect(theirs(name).split('\n').length).toBeGreaterThan(100);
    expect(leftOut.map(({ code, spot: { at } }) => `${at.line}:${at.column} ${code}`)).toEqual(wanted);
    for (const { spot } of leftOut) expect(text).toContain(`# not imported: line ${spot.at.line}: `);
  });

  test('the rest is valid', () => {
    expect(errorsIn(text)).toEqual([]);
  });

  test('no task is lost: each is there, as a task or as a comment', () => {
    const names = [...theirs(name).matchAll(/^\s*- name: (.*)$/gm)].map(([, one = '']) => one);
    expect(names.length).toBeGreaterThan(15);
    // A fact becomes a variable of the play.
    const facts = [...theirs(name).matchAll(/^\s*- name: (.*)\n\s*set_fact:/gm)].map(([, one = '']) => one);
    for (const one of names.filter((some) => !facts.includes(some))) expect(text).toContain(one);
  });
});

test('what rests on a variable that is left out is left out too, wherever the variables stand', () => {
  const { text, findings } = importPlaybook({
    file: 'p.yml',
    text: `- hosts: web
  tasks:
    - command: { cmd: echo a, creates: /a }
    - command: { cmd: "echo {{ release }}", creates: /a }
  vars:
    release: "/srv/{{ version }}"
    version: "{{ lookup('env', 'V') | default('1', true) }}"
    root: /srv
`,
  });
  expect(findings.map(({ spot: { at }, message }) => `${at.line}: ${message}`)).toEqual([
    '4: it rests on "release", which the variable in line 6 would give',
    '6: the variable "release": it rests on "version", which the variable in line 7 would give',
    "7: the variable \"version\": {{ lookup('env', 'V') | default('1', true) }} has no form in CEL",
  ]);
  expect(errorsIn(text ?? '')).toEqual([]);
});
