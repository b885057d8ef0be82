import { describe, expect, test } from 'vitest';
import { blockProblems } from './check-block.ts';
import { ownProgram } from './command-line.ts';
import { allDocuments, readDocument } from './documents.ts';

const program = await ownProgram();
const blocks = allDocuments().flatMap((document) => document.blocks);

describe('every block of the documents can be used as it stands', () => {
  test.each(blocks.map((block) => [`${block.file}:${block.line} ${block.info}`, block] as const))('%s', (_, block) => {
    expect(blockProblems(block, program)).toEqual([]);
  });

  test('there are blocks of every kind that people copy', () => {
    const kinds = new Set(blocks.map(({ info }) => info));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['yaml playbook', 'yaml task', 'yaml inventory', 'yaml config', 'sh validate', 'mermaid']),
    );
  });
});

describe('what is wrong with a block is found', () => {
  const play = (rest: string) =>
    `- name: A\n  hosts: flannel\n  verify:\n    - supervisor: { program: a, state: running }\n${rest}`;

  test.each([
    ['yaml playbook', play('  skip_if_verifed: true\n'), /unknown-key/],
    ['yaml playbook', play('  vars: { a: "{{ pod_cdr }}" }\n'), /"pod_cdr" is not known/],
    ['yaml playbook', '- hosts: flannel\n  tasks:\n    - supervisor: { program: a, state: stopped }\n', /no-verify/],
    ['yaml task', '- suprvisor: { program: a, state: running }', /unknown-module/],
    ['yaml tasks', '- route: { to: 10.0.0.0/8, via: 10.1.1.1, metric: low }', /must be a whole number/],
    ['yaml inventory', 'all:\n  hosts:\n    "a[1": {}\n', /not closed/],
    ['ini inventory', '[web\na\n', /\[web/],
    ['yaml config', 'inventry: a.yml\n', /unknown setting "inventry"/],
    ['sh validate', 'runbook plya a.yml', /there is no command "plya a.yml"/],
    ['sh validate', 'runbook play switch-to-vxlan.yml --chek', /no option --chek/],
    ['sh validate', 'runbook play switch-to-nothing.yml', /no playbooks\/switch-to-nothing.yml/],
    ['sh validate', 'runbook show last  # fine\nrunbook show', /show takes/],
    ['sh validate', 'runbook play a/b.yml -f none', /not a whole number/],
    ['sh validate', 'runbook play a/b.yml -o pretty', /Allowed choices/],
    ['sh validate', 'cd /tmp && runbook modules rout', /no module rout/],
    ['sh validate', 'rm -rf /', /"rm" is not a command/],
    ['sh', 'npm run dmeo', /no script "dmeo"/],
    ['crontab', '0 6 * * runbook history', /not a line of a crontab/],
    ['crontab', '0 6 * * * runbook histry', /no command "histry"/],
    ['mermaid', 'flowchat LR\n  a --> b', /not a diagram/],
    ['mermaid', 'flowchart LR\n  a[one --> b', /not balanced/],
    ['mermaid', 'flowchart LR\n  subgraph one\n  a --> b', /subgraph/],
    ['json', '{"a": 1,}', /JSON/],
    ['yaml', 'a: 1', /not an info string/],
    ['', 'text', /not an info string/],
  ])('%s: %s', (info, text, problem) => {
    expect(blockProblems({ info, text }, program).join('\n')).toMatch(problem);
  });

  test('a fence that is not closed', () => {
    expect(() => readDocument('a.md', 'text\n```sh\nnpm test\n')).toThrow('a.md:2: the block is not closed');
  });
});
