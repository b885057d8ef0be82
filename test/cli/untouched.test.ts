import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/commands/program.ts';
import { badInventories } from '../inventory/bad-inventories.ts';
import { badPlaybooks } from '../playbook/bad/corpus.ts';
import { inventoryText } from '../playbook/bad/inventory.ts';
import type { BadPlaybook } from '../playbook/bad/row.ts';
import { TestProject } from '../support/cli.ts';
import { silentTerminal } from '../support/terminal.ts';

/** Stands for every host of the inventory: counts who knocks, and lets nobody in. */
class Door {
  readonly #server: Server;
  #knocks = 0;

  constructor() {
    this.#server = createServer((socket) => {
      this.#knocks += 1;
      socket.on('error', () => undefined);
      socket.destroy();
    });
  }

  open(): Promise<void> {
    return new Promise((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  close(): Promise<void> {
    return new Promise((done) => this.#server.close(() => done()));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** How often others have knocked. Connections are taken in the order in which they are made, so that ours comes after them all. */
  async knocks(): Promise<number> {
    await new Promise<void>((done, fail) => {
      const own = connect(this.port, '127.0.0.1').resume();
      own.once('close', () => done());
      own.once('error', fail);
    });
    this.#knocks -= 1;
    return this.#knocks;
  }
}

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

test('the built program, on its own: refused, and nobody knocks', async () => {
  const own = await TestProject.create('inventory.yml');
  try {
    await own.playbook('inventory.yml', inventoryText('127.0.0.1', door.port));
    for (const { text, error } of badPlaybooks.filter(({ files, extraVars }) => !files && !extraVars).slice(-5)) {
      const path = await own.playbook('p.yml', text);
      const { exit, stderr } = await own.run('play', 'p.yml');
      expect(stderr).toContain(`${path}:${error.at}: error ${error.code}: `);
      expect(exit).toBe(2);
    }
    expect(await door.knocks()).toBe(0);
  } finally {
    await own.remove();
  }
});

test('a good playbook does connect, and is refused by the door', async () => {
  const root = await project({ 'p.yml': good });
  expect(await run(root, 'validate', 'p.yml')).toEqual({ exit: 0, said: '' });
  expect(await door.knocks()).toBe(0);
  expect((await run(root, 'play', 'p.yml', '-o', 'plain')).exit).toBe(2);
  expect(await door.knocks()).toBeGreaterThanOrEqual(2);
});
