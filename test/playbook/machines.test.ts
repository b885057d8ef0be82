import { describe, expect, test } from 'vitest';
import { machinesAhead } from '../../src/run/ahead.ts';
import { playOf } from './load.ts';

const [a, b, etcd] = ['hdss7-21', 'hdss7-22', 'hdss7-12'] as const;

/** A task after one that registers `r`. */
function machines(text: string, host: string = a): readonly string[] {
  const task = text.trim().split('\n').join('\n      ');
  const play = playOf(`- hosts: flannel\n  tasks:\n    - register: r\n      command: { argv: [ls] }\n    - ${task}\n`);
  const made = play.tasks.at(-1);
  if (made === undefined) throw new Error('no task');
  return machinesAhead(made, host);
}

const touch = 'command: { argv: [touch, x] }';
const onResult = 'command: { argv: [touch, "{{ r.stdout }}"] }';

describe('the machines that a task may be on are known before there are results', () => {
  test.each<[string, string, readonly string[]]>([
    ['a condition', `when: r.changed\ndelegate_to: ${etcd}\n${touch}`, [etcd]],
    ['an argument', `delegate_to: ${etcd}\n${onResult}`, [etcd]],
    ['what is looped over', `loop: "{{ r.results }}"\ndelegate_to: ${etcd}\n${touch}`, [etcd]],
    ['a condition, with a template', `when: r.changed\ndelegate_to: "{{ peers[0].name }}"\n${touch}`, [b]],
    [
      'a condition, with a name of the task',
      `when: r.changed\nvars: { to: ${etcd} }\ndelegate_to: "{{ to }}"\n${touch}`,
      [etcd],
    ],
    [
      'a condition, in a loop',
      `when: r.changed\nloop: [${etcd}, ${b}]\ndelegate_to: "{{ item }}"\n${touch}`,
      [etcd, b],
    ],
    [
      'an argument, in a loop whose condition leaves an item out',
      `when: item != "${b}"\nloop: [${etcd}, ${b}]\ndelegate_to: "{{ item }}"\n${onResult}`,
      [etcd],
    ],
    ['a condition, on the host itself', `when: r.changed\n${touch}`, [a]],
  ])('where %s rests on one', (_, text, expected) => {
    expect(machines(text)).toEqual(expected);
  });
});

describe('a machine is none of them', () => {
  test.each<[string, string]>([
    ['the second of two conditions', `when: [r.changed, inventory_hostname == "${b}"]\ndelegate_to: ${etcd}\n${touch}`],
    ['a condition, and an argument rests on a result', `when: number == 0\ndelegate_to: ${etcd}\n${onResult}`],
    ['a result that says which', `delegate_to: "{{ r.stdout }}"\n${touch}`],
    ['a result that has the list of them', `loop: "{{ r.results }}"\ndelegate_to: "{{ item.stdout }}"\n${touch}`],
  ])('for %s', (_, text) => {
    expect(machines(text)).toEqual([]);
  });
});

test('the conditions of what is around a task count too', () => {
  const block = (when: string) => `block:\n  - delegate_to: ${etcd}\n    ${onResult}\nwhen: ${when}`;
  expect(machines(block('r.changed'))).toEqual([etcd]);
  expect(machines(block('number == 0'))).toEqual([]);
});
