import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locksCommand } from '../../../src/cli/commands/locks.ts';
import { silentTerminal } from '../../support/terminal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-locks-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a host with faulty connection variables keeps nobody from asking the others', async () => {
  const hosts = '{ here: { ansible_connection: local }, bad: { ansible_port: none } }';
  await writeFile(join(folder, 'inventory.yml'), `all: { hosts: ${hosts} }\n`);
  const terminal = silentTerminal(folder);
  expect(await locksCommand('all', { inventory: ['inventory.yml'] }, terminal)).toBe(1);
  expect(terminal.said()).toContain('bad: not asked: host bad: ansible_port must be');
  expect(terminal.said()).not.toContain('here: not asked');
});
