import { expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';
import { modules } from '../../src/modules/list.ts';
import { corpusInventory } from './bad/inventory.ts';
import { load } from './load.ts';

/** What every object has in the language that this program is written in. */
const words = Object.getOwnPropertyNames(Object.prototype).filter((word) => !word.startsWith('_'));
const fleet = corpusInventory();

const ping = 'verify_ping: { target: a }';
const places: readonly (readonly [place: string, text: (word: string) => string])[] = [
  ['a key of a play', (word) => `- hosts: flannel\n  ${word}: 1\n  verify:\n    - ${ping}\n`],
  ['a key of a task', (word) => `- hosts: flannel\n  verify:\n    - ${ping}\n      ${word}: 1\n`],
  ['a module', (word) => `- hosts: flannel\n  tasks:\n    - ${word}: x\n`],
  ['an argument', (word) => `- hosts: flannel\n  verify:\n    - verify_ping: { ${word}: 0644 }\n`],
  ['an input', (word) => `- hosts: flannel\n  inputs: { ${word}: 1 }\n  verify:\n    - ${ping}\n`],
  ['an entry', (word) => `- hosts: flannel\n  verify:\n    - ${ping}\n      vars: { ${word}: "{{ ${word} }}" }\n`],
  ['a loop', (word) => `- hosts: flannel\n  verify:\n    - ${ping}\n      with_${word}: [1]\n`],
  ...[
    (word: string) => `${word} == 1`,
    (word: string) => `${word}()`,
    (word: string) => `host.${word}()`,
    (word: string) => `host.${word} == 1`,
    (word: string) => `${word} is defined`,
    (word: string) => `host is ${word}`,
    (word: string) => `host | ${word} | bool`,
    (word: string) => `host.name.${word}().strip()`,
    (word: string) => `host.name | default(${word})`,
  ].map((expression): (typeof places)[number] => [
    expression('WORD'),
    (word) => `- hosts: flannel\n  verify:\n    - ${ping}\n      when: ${expression(word)}\n`,
  ]),
  ...[
    (word: string) => `iptables_rule: { chain: INPUT, rule: "-p ${word} --dport ${word} -j ${word}" }`,
    (word: string) => `iptables_rule: { chain: INPUT, table: ${word}, rule: "${word} -j ACCEPT" }`,
    (word: string) => `service: { name: x, state: ${word} }`,
    (word: string) => `supervisorctl: { name: x, state: ${word} }`,
    (word: string) => `rule: { from: 10.0.0.0/8, table: ${word}, priority: 5 }`,
    (word: string) => `flannel_config: { config: { Network: 10.0.0.0/8, Backend: { Type: ${word} } } }`,
  ].map((task): (typeof places)[number] => [
    task('WORD'),
    (word) => `- hosts: flannel\n  tasks:\n    - ${task(word)}\n  verify:\n    - ${ping}\n`,
  ]),
];

test.each(places)('a word that every object has is a word like any other: %s', (_, text) => {
  const other = spread(text('constructer'));
  for (const word of words) {
    const { codes, crashes } = spread(text(word));
    expect(crashes, word).toEqual([]);
    expect(codes, word).toEqual(other.codes);
  }
});

/** What is said of a text as a playbook, and as one of Ansible. */
function spread(text: string) {
  const { problems } = load(text, { fleet, modules });
  const { findings } = importPlaybook({ file: 'p.yml', text });
  const said = JSON.stringify([problems, findings], (_, value) =>
    typeof value === 'function' ? String(value) : value,
  );
  return {
    codes: problems.map(({ code }) => code),
    crashes: ['native code', 'not a function', 'fault of the program'].filter((one) => said.includes(one)),
  };
}
