import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/cli/clock.ts';
import { connecting } from '../../../src/cli/connecting.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connecting-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const shown: string[] = [];
const terminal = (more: Partial<Terminal> = {}): Terminal => ({
  cwd: folder,
  env: {},
  home: '/home/op',
  operator: 'op',
  isTty: false,
  color: false,
  width: 80,
  clock: systemClock,
  through: (connect) => connect,
  out: () => undefined,
  err: (text) => void shown.push(text),
  ...more,
});
const project = { ssh: undefined };

test('without a word: as the configuration says, and nobody is asked', async () => {
  const ask = vi.fn(async () => 'never');
  expect(await connecting({}, project, terminal({ ask }))).toEqual({
    home: '/home/op',
    say: expect.any(Function),
    ask,
  });
  expect(ask).not.toHaveBeenCalled();
});

test('what the connection has to say is made safe for the terminal', async () => {
  (await connecting({}, project, terminal())).say?.('a key\u001b[2J');
  expect(shown).toEqual(['a key\\x1b[2J\n']);
});

test("the project's ssh, and new host keys when asked for", async () => {
  const options = await connecting({ acceptNewHostKeys: true }, { ssh: 'openssh' }, terminal());
  expect(options).toMatchObject({ ssh: 'openssh', acceptNewHostKeys: true });
});

test('the password is asked for, or refused where nobody can be', async () => {
  const ask = vi.fn(async () => 's3cret');
  expect(await connecting({ askBecomePass: true }, project, terminal({ ask }))).toMatchObject({
    becomePassword: 's3cret',
  });
  await expect(connecting({ askBecomePass: true }, project, terminal())).rejects.toMatchObject({
    code: 'invalid',
    hint: expect.stringContaining('--become-password-file'),
  });
});

test('the password is read from a file, or from what is open', async () => {
  writeFileSync(join(folder, 'pass'), ' with blanks \n');
  const from = (becomePasswordFile: string) => connecting({ becomePasswordFile }, project, terminal());
  expect(await from('pass')).toMatchObject({ becomePassword: ' with blanks ' });
  const open = openSync(join(folder, 'pass'), 'r');
  expect(await from(`/dev/fd/${open}`)).toMatchObject({ becomePassword: ' with blanks ' });
  closeSync(open);
});

test.each([
  ['', 'invalid'],
  ['one\ntwo\n', 'invalid'],
  [undefined, 'missing'],
])('a file with %j is refused', async (text, code) => {
  if (text !== undefined) writeFileSync(join(folder, 'pass'), text);
  await expect(connecting({ becomePasswordFile: 'pass' }, project, terminal())).rejects.toMatchObject({ code });
});
