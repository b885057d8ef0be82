import { describe, expect, test } from 'vitest';
import { importPlaybook } from '../../src/ansible/import-playbook.ts';
import { readYaml } from '../../src/core/yaml.ts';
import { leftOut, snippets } from './snippets.ts';

const indented = (text: string) => text.replace(/^(?=.)/gm, '    ');
/** A task that is always imported, so that the play is. */
const last = '- command: { argv: [ last ], creates: /last }';

function imported(theirs: string) {
  const text = `- hosts: all\n  tasks:\n${indented(theirs)}\n${indented(last)}\n`;
  const { text: made = '', findings } = importPlaybook({ file: 'p.yml', text });
  const told = findings.map(({ kind, message, spot: { at } }) => `${at.line - 2}:${at.column - 4} ${kind}: ${message}`);
  return { made, told };
}

/** Its tasks without blank lines. */
function tasksIn(made: string): string {
  const lines = made.split('\n').filter((line) => line.trim() !== '');
  const own = lines.slice(lines.indexOf('  tasks:') + 1).map((line) => line.slice(4));
  return own.join('\n').replace(new RegExp(`\\n?${last.replace(/[[\]{}]/g, '\\$&')}$`), '');
}

function expectTold(told: readonly string[], wanted: readonly string[]): void {
  expect(told.map((one, i) => one.slice(0, wanted[i]?.length))).toEqual(wanted);
}

test('a mark of byte order is no part of a playbook', () => {
  const text = `- hosts: all\n  tasks:\n${indented(last)}\n`;
  expect(importPlaybook({ file: 'p.yml', text: `\ufeff${text}` })).toEqual(importPlaybook({ file: 'p.yml', text }));
});

describe('a task of Ansible is, here', () => {
  test.each(snippets)('$name', ({ theirs, ours, told: wanted = [] }) => {
    const { made, told } = imported(theirs);
    // A line of the source stands in comments with its number in the whole playbook.
    const shifted = tasksIn(made).replace(
      /((?:not imported:|task in) line )(\d+)/g,
      (_, words, n) => `${words}${Number(n) - 2}`,
    );
    expect(shifted).toBe(ours);
    expectTold(told, wanted);
  });
});

describe('what has no equal is left out, and told where it stands', () => {
  test.each(leftOut)('%s', (theirs, wanted) => {
    const { made, told } = imported(theirs);
    expectTold(
      told.filter((one) => one.includes('left-out')),
      [wanted],
    );
    expect(readYaml(made).value).toEqual([
      { hosts: 'all', tasks: [{ command: { argv: ['last'], creates: '/last' } }] },
    ]);
    expect(made).toContain('    # not imported: line ');
    for (const line of theirs.split('\n')) expect(made).toContain(`    # ${line}`);
  });
});
