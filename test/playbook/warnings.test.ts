import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/list.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';
import { checkout } from '../support/cli.ts';
import { corpusInventory } from './bad/inventory.ts';

const fleet = corpusInventory();

function warnings(text: string, { files = {}, ...rest }: { files?: Record<string, string>; extraVars?: object } = {}) {
  const texts: Readonly<Record<string, string>> = { '/p/p.yml': text, ...files };
  const read = (path: string) => texts[path];
  const extraVars = { ...rest.extraVars };
  const { problems } = loadPlaybook({ file: '/p/p.yml', text, fleet, modules, extraVars, env: {}, read });
  return problems.map(({ at, width, code, severity, source }) => {
    expect(severity).toBe('warning');
    return `${at.line} ${code} ${source.slice(at.column - 1, at.column - 1 + width)}`;
  });
}

/** A play of these tasks that is well otherwise. */
const play = (tasks: string, settings = '') =>
  `- hosts: flannel\n${settings}  verify:\n${tasks.trimEnd().replaceAll(/^/gm, '    ')}\n`;
const ask = 'verify_ping: { target: a }';

describe('what parses and is surely not meant is warned of', () => {
  test.each<[string, string, readonly string[]]>([
    ['yes in a variable', play(`- ${ask}`, '  vars: { sure: yes }\n'), ['2 yes-is-text yes']],
    ['Off deep in a variable', play(`- ${ask}`, '  vars: { a: { b: [1, Off] } }\n'), ['2 yes-is-text Off']],
    ['no in a variable of a task', play(`- vars: { sure: no }\n  ${ask}`), ['3 yes-is-text no']],
    [
      'on in a variable of a block',
      play(`- vars: { sure: on }\n  block:\n    - ${ask}\n    - ${ask}`),
      ['3 yes-is-text on'],
    ],
    [
      'yes in data for a key',
      '- hosts: flannel\n  verify:\n    - etcd_key: { api: 2, key: /a, json: { EnableIPv6: yes } }\n',
      ['3 yes-is-text yes'],
    ],
    ['permissions in a variable', play(`- ${ask}`, '  vars: { mode: 0644 }\n'), ['2 not-as-written 0644']],
    ['a version in a variable', play(`- ${ask}`, '  vars:\n    version: 1.10\n'), ['3 not-as-written 1.10']],
    [
      'a version in the environment, where yes is well',
      play(`- environment: { VERSION: 1.20, SURE: yes }\n  ${ask}`),
      ['3 not-as-written 1.20'],
    ],
    ['a count that looks octal', play('- verify_ping: { target: a, count: 010 }'), ['3 not-as-written 010']],
    [
      'a result that nothing uses',
      play(`- register: first\n  ${ask}\n- register: second\n  ${ask}\n- when: first.ok\n  ${ask}`),
      ['5 unused-register second'],
    ],
    [
      'a task of one host in a play of others',
      play(`- when: inventory_hostname == "hdss7-12"\n  ${ask}`),
      ['3 never-runs inventory_hostname == "hdss7-12"'],
    ],
    [
      'a condition of a block, told once',
      play(`- when: number > 30\n  block:\n    - ${ask}\n    - when: number > 21\n      ${ask}`),
      ['3 never-runs number > 30'],
    ],
    [
      'of a list the one that is not met',
      play(`- when: [number > 20, number > 30]\n  ${ask}`),
      ['3 never-runs number > 30'],
    ],
    [
      'a condition over items',
      play(`- loop: "{{ peers }}"\n  when: item.number > 30\n  ${ask}`),
      ['4 never-runs item.number > 30'],
    ],
    [
      'once, on another host than the first',
      play(`- run_once: true\n  when: number == 22\n  ${ask}`),
      ['4 never-runs number == 22'],
    ],
    [
      'braces in a text of a condition',
      play(`- when: 'pod_ip != "{{ gateway }}"'\n  ${ask}`),
      ['3 quoted-braces "{{ gateway }}"'],
    ],
  ])('%s', (_, text, expected) => expect(warnings(text)).toEqual(expected));

  test('in a file of tasks, at its place', () => {
    const files = { '/p/a.yml': `- vars: { sure: yes }\n  ${ask}\n` };
    expect(warnings(play('- include_tasks: a.yml\n- include_tasks: a.yml'), { files })).toEqual(['1 yes-is-text yes']);
  });
});

describe('what may well be meant is not warned of', () => {
  test.each<[string, string]>([
    ['what is in quotes', play(`- ${ask}`, '  vars: { a: "yes", b: "0644", c: \'1.10\' }\n')],
    [
      'plain numbers and words',
      play(`- ${ask}`, '  vars: { a: 0, b: 10, c: 1.5, d: 10.4.7.10, e: yesterday, yes: 1 }\n'),
    ],
    ['off where it is a value', play(`- ${ask}`, '  guard: off\n')],
    ['yes as text of a command', play('- changed_when: false\n  command: { argv: [echo, yes, on] }')],
    ['a result that only its own task asks', play(`- register: own\n  until: own.ok\n  ${ask}`)],
    [
      'a result that a variable, a label or a later play uses',
      play(
        `- register: a\n  ${ask}\n- register: b\n  ${ask}\n- register: c\n  ${ask}`,
        '  vars: { told: "{{ a.stdout }}" }\n',
      ) +
        play(`- loop: [1]\n  loop_control: { label: "{{ b.stdout }}" }\n  ${ask}\n- when: c.ok\n  ${ask}`).replace(
          'verify:',
          'require:',
        ),
    ],
    ['a condition that is met somewhere', play(`- when: number > 21\n  ${ask}`)],
    ['a condition over what may be given', play(`- when: sure\n  ${ask}`, '  vars: { sure: false }\n')],
    [
      'a condition over an input',
      play(`- when: how == "b"\n  ${ask}`, '  inputs: { how: { type: string, description: How, default: a } }\n'),
    ],
    ['a condition that is off for now', play(`- when: false\n  ${ask}`)],
    ['a condition over a result', play(`- register: one\n  ${ask}\n- when: one.failed\n  ${ask}`)],
    ['once in each batch', play(`- run_once: true\n  when: number == 22\n  ${ask}`, '  serial: 1\n')],
    ['a loop that has no items', play(`- loop: []\n  ${ask}`)],
  ])('%s', (_, text) => expect(warnings(text)).toEqual([]));

  test('a result of a file of tasks: another playbook may use it', () => {
    const files = { '/p/a.yml': `- register: one\n  ${ask}\n` };
    expect(warnings(play('- include_tasks: a.yml'), { files })).toEqual([]);
  });

  test('a variable of -e chooses for this run', () => {
    expect(warnings(play(`- when: how == "b"\n  ${ask}`), { extraVars: { how: 'a' } })).toEqual([]);
  });
});

test('a hint for "is defined" of a result is CEL that works', () => {
  const of = (condition: string) => {
    const text = play(`- register: one\n  ${ask}\n- when: ${condition}\n  ${ask}`);
    const { problems } = loadPlaybook({ file: 'p.yml', text, fleet, modules, extraVars: {}, env: {} });
    return problems.map(({ hint }) => hint);
  };
  expect(of('one is defined')).toEqual(['In CEL: !one.skipped']);
  expect(of('one is not defined')).toEqual(['In CEL: one.skipped']);
  expect(of('one is undefined and number > 1')).toEqual(['In CEL: one.skipped && number > 1']);
  expect(of('one.stdout is defined')).toEqual(['In CEL: has(one.stdout)']);
  for (const condition of ['"!one.skipped"', 'one.skipped', 'has(one.stdout)']) expect(of(condition)).toEqual([]);
});

test('a shuffled order is refused, and why', () => {
  const text = play(`- ${ask}`, '  order: shuffle\n');
  const { problems } = loadPlaybook({ file: 'p.yml', text, fleet, modules, extraVars: {}, env: {} });
  expect(problems.map(({ code, hint }) => [code, hint])).toEqual([
    ['bad-value', expect.stringMatching(/^A run must come out as its plan says.*reversed\.$/)],
  ]);
});

test('no shipped playbook is warned of', () => {
  for (const name of readdirSync(join(checkout, 'playbooks'))) {
    const text = readFileSync(join(checkout, 'playbooks', name), 'utf8');
    const { problems } = loadPlaybook({ file: name, text, fleet, modules, extraVars: {}, env: {} });
    const codes = ['yes-is-text', 'not-as-written', 'unused-register', 'never-runs', 'quoted-braces'];
    expect(problems.filter(({ code }) => codes.includes(code))).toEqual([]);
  }
});
