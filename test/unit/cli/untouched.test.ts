import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../../src/cli/commands/program.ts';
import { badInventories } from '../../inventory/bad-inventories.ts';
import { badPlaybooks } from '../../playbook/bad/corpus.ts';
import { inventoryText } from '../../playbook/bad/inventory.ts';
import type { BadPlaybook } from '../../playbook/bad/row.ts';
import { Door } from '../../support/door.ts';
import { silentTerminal } from '../../support/terminal.ts';

const door = new Door();
let folder: string;
beforeAll(async () => {
  await door.open();
  folder = await mkdtemp(join(tmpdir(), 'runbook-untouched-'));
});
afterAll(async () => {
  await door.close();
  await rm(folder, { recursive: true });
});

/** A project in a folder of its own, with these files beside its inventory. */
async function project(files: Readonly<Record<string, string>>, inventory = 'inventory.yml'): Promise<string> {
  const root = await mkdtemp(join(folder, 'p-'));
  const all = {
    'runbook.yml': `inventory: ${inventory}\n`,
    'inventory.yml': inventoryText('127.0.0.1', door.port),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

/** Runs a command of the program here, as its own beginning would. */
async function run(root: string, ...args: string[]): Promise<{ exit: number; said: string }> {
  const terminal = silentTerminal(root);
  const exit = await runProgram(['node', 'runbook', ...args], '0.0.0', terminal);
  return { exit, said: terminal.complained() };
}

const given = ({ extraVars }: BadPlaybook) => (extraVars === undefined ? [] : ['-e', JSON.stringify(extraVars)]);

describe('a bad playbook is refused by its place, and no host is connected to', () => {
  test.each(badPlaybooks.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    const { file = 'p.yml', at, code } = row.error;
    const root = await project({ 'p.yml': row.text, ...row.files });
    const checked = await run(root, 'validate', 'p.yml', ...given(row));
    const place = row.extraVars === undefined ? `${join(root, file)}:${at}: ` : '';
    expect(checked.said).toContain(`${place}error ${code}: `);
    expect(checked.exit).toBe(2);
    const refused = await run(root, 'play', 'p.yml', ...given(row));
    expect(refused.exit, refused.said).toBe(2);
    // What is not given is asked for before the rest is looked at.
    const told = [`${place}error ${code}: `, 'runbook: the playbook needs what is not given:\n'];
    expect(
      told.some((words) => refused.said.includes(words)),
      refused.said,
    ).toBe(true);
    expect(await door.knocks()).toBe(0);
  });
});

const good = '- hosts: flannel\n  verify:\n    - name: Ask\n      verify_ping: { target: 127.0.0.1 }\n';

test.each(badInventories.map((row) => [row.name, row] as const))(
  'no host is connected to from a bad inventory: %s',
  async (_, { file, text, faults }) => {
    const root = await project({ 'p.yml': good, [file]: text }, file);
    const { exit, said } = await run(root, 'play', 'p.yml');
    expect(exit, said).toBe(2);
    for (const { at, code, message } of faults) {
      const place = at === undefined ? '' : `${join(root, file)}:${at}: `;
      expect(said).toContain(`${place}error ${code}: ${message}`);
    }
    expect(await door.knocks()).toBe(0);
  },
);

test('a good playbook does connect, and is refused by the door', async () => {
  const root = await project({ 'p.yml': good });
  expect(await run(root, 'validate', 'p.yml')).toEqual({ exit: 0, said: '' });
  expect(await door.knocks()).toBe(0);
  expect((await run(root, 'play', 'p.yml', '-o', 'plain')).exit).toBe(2);
  expect(await door.knocks()).toBeGreaterThanOrEqual(2);
});
