import { chmodSync, existsSync, mkdirSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directory } from '../../src/modules/directory.ts';
import { asResource, laws } from '../support/laws.ts';
import { restoreOf } from '../support/restoring.ts';
import { applyOn, moveOn, readOn } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const path = '/opt/flannel/bin';
const there = { mode: '0750', owner: 'root', group: 'adm', entries: 0 };

laws(
  directory,
  [
    {
      name: 'a folder with the one above it, which goes again with the undo',
      args: { path, state: 'present', mode: '750' },
      host: { stdout: 'missing /opt/flannel\n' },
      before: { missing: '/opt/flannel' },
      after: { mode: '0750', entries: 0 },
      apply: [{ script: /mkdir -p/, args: [path, '0750', '', ''] }],
      applied: { stdout: 'directory 41e8 root adm 0\n' },
      undo: [{ script: /rmdir/, args: [path, '/opt/flannel'] }],
    },
    {
      name: 'other permissions',
      args: { path, mode: '0700', group: 'root' },
      host: { stdout: 'directory 41e8 root adm 3\n' },
      before: { ...there, entries: 3 },
      after: { ...there, mode: '0700', group: 'root', entries: 3 },
      apply: [{ script: /chmod/, args: [path, '0700', 'root', 'root'] }],
      undo: [{ script: /chmod/, args: [path, '0750', 'root', 'adm'] }],
    },
    {
      name: 'an empty one removed',
      args: { path, state: 'absent' },
      host: { stdout: 'directory 41e8 root adm 0\n' },
      before: there,
      after: { missing: path },
      apply: [{ script: /rmdir/, args: [path, path] }],
      undo: [{ script: /mkdir -p/, args: [path, '0750', 'root', 'adm'] }],
    },
    {
      name: 'one that is filled meanwhile is the same',
      args: { path },
      protect: true,
      host: { stdout: 'directory 41e8 root adm 0\n' },
      before: there,
      now: { ...there, entries: 9 },
    },
    {
      name: 'one that is not there',
      args: { path, state: 'absent' },
      host: { stdout: 'missing /opt/flannel/bin\n' },
      before: { missing: path },
    },
  ],
  [
    {
      name: 'one that holds something',
      args: { path, state: 'absent' },
      host: { stdout: 'directory 41e8 root adm 3\n' },
      code: 'refused',
      says: /holds 3 entries/,
    },
    {
      name: 'a link in its place',
      args: { path },
      host: { stdout: 'other symbolic link\n' },
      code: 'refused',
      says: /not a folder but a symbolic link/,
    },
    {
      name: 'a file above it',
      args: { path },
      host: { exit: 1, stderr: '/opt/flannel is a regular file\n' },
      code: 'unreadable',
      says: /is a regular file/,
    },
  ],
);

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asResource(directory);
  let count = 0;
  inEachShell((run) => {
    const place = (): string => {
      count += 1;
      return join(folder.path, `${count}`);
    };

    test('is made with those above it, and removed with them alone', async () => {
      const top = place();
      const path = join(top, "a b/it's/$(c)");
      mkdirSync(join(top, 'kept'), { recursive: true });
      const { before, after } = await applyOn(run, it, { path, state: 'present', mode: '2750', owner: '65534' });
      expect(before).toEqual({ missing: join(top, 'a b') });
      expect(after).toMatchObject({ mode: '2750', owner: '65534', entries: 0 });
      expect(statSync(join(top, 'a b')).mode & 0o777).toBe(0o755);
      await moveOn(run, it, { path }, before);
      expect([existsSync(join(top, 'a b')), existsSync(join(top, 'kept'))]).toEqual([false, true]);
    });

    test('has setgid exactly where it is asked for', async () => {
      const top = place();
      mkdirSync(top);
      chmodSync(top, 0o2775);
      const path = join(top, 'below');
      const mode = (): string => (statSync(path).mode & 0o7777).toString(8);
      await applyOn(run, it, { path, state: 'present', mode: '0755' });
      expect(mode()).toBe('755');
      const { before } = await applyOn(run, it, { path, mode: '2775' });
      expect(mode()).toBe('2775');
      await moveOn(run, it, { path }, before);
      expect(mode()).toBe('755');
      await applyOn(run, it, { path, mode: '2775' });
      expect(await run(restoreOf(it, before, { path }))).toMatchObject({ exit: 0, stderr: '' });
      expect(mode()).toBe('755');
      rmdirSync(path);
      expect(await run(restoreOf(it, before, { path }))).toMatchObject({ exit: 0, stderr: '' });
      expect(mode()).toBe('755');
    });

    test('stays when somebody has put something into it', async () => {
      const path = place();
      const { before } = await applyOn(run, it, { path, state: 'present' });
      writeFileSync(join(path, '.hidden'), '');
      const [outcome] = await moveOn(run, it, { path }, before);
      expect(outcome?.exit).not.toBe(0);
      expect(await readOn(run, it, { path })).toMatchObject({ entries: 1 });
    });

    test('is not looked for behind a link', async () => {
      const path = place();
      symlinkSync(folder.path, path);
      await expect(readOn(run, it, { path })).rejects.toThrow('symbolic link');
    });
  });
});
