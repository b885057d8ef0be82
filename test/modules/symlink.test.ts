import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { symlink } from '../../src/modules/symlink.ts';
import { asResource, complaints, laws } from '../support/laws.ts';
import { applyOn, moveOn, readOn } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const path = '/opt/flannel/current';

laws(
  symlink,
  [
    {
      name: 'another target',
      args: { path, target: 'v0.20.0' },
      host: { stdout: 'link v0.11.0\n' },
      before: { target: 'v0.11.0' },
      after: { target: 'v0.20.0' },
      apply: [{ script: /ln -s/, args: [path, 'v0.20.0'] }],
      applied: { stdout: 'link v0.20.0\n' },
      undo: [{ script: /ln -s/, args: [path, 'v0.11.0'] }],
    },
    {
      name: 'a link that was not there',
      args: { path, target: 'v0.20.0', state: 'present' },
      host: { stdout: 'absent\n' },
      before: null,
      after: { target: 'v0.20.0' },
      apply: [{ script: /ln -s/, args: [path, 'v0.20.0'] }],
      undo: [{ script: /rm -f/, args: [path] }],
    },
    {
      name: 'no link',
      args: { path, state: 'absent' },
      host: { stdout: 'link a b\n' },
      before: { target: 'a b' },
      after: null,
      apply: [{ script: /rm -f/, args: [path] }],
      undo: [{ script: /ln -s/, args: [path, 'a b'] }],
    },
    { name: 'only read', args: { path }, protect: true, host: { stdout: 'absent\n' }, before: null },
  ],
  [
    {
      name: 'a file in its place',
      args: { path, target: 'x' },
      host: { stdout: 'other regular file\n' },
      code: 'refused',
      says: /not a symbolic link but a regular file/,
    },
    {
      name: 'a folder that cannot be looked into',
      args: { path },
      host: { exit: 1, stderr: '/opt/flannel: no such folder, or permission denied\n' },
      code: 'unreadable',
      says: /permission denied/,
    },
  ],
);

test('to be present it needs a target', () => {
  expect(complaints(symlink.schema, { path, state: 'present' })).toContain(" must have required property 'target'");
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asResource(symlink);
  let count = 0;
  inEachShell((run) => {
    const place = (): string => {
      count += 1;
      mkdirSync(join(folder.path, `${count}`));
      return join(folder.path, `${count}`, "it's $(a) link");
    };

    test('points to a folder, then to another, and back', async () => {
      const path = place();
      mkdirSync(`${path}-one`);
      mkdirSync(`${path}-two`);
      await applyOn(run, it, { path, target: `${path}-one` });
      const { before, after } = await applyOn(run, it, { path, target: `${path}-two` });
      expect([before, after]).toEqual([{ target: `${path}-one` }, { target: `${path}-two` }]);
      await moveOn(run, it, { path }, before);
      expect(readlinkSync(path)).toBe(`${path}-one`);
      await moveOn(run, it, { path }, null);
      expect(readdirSync(join(path, '..'))).toHaveLength(2);
      expect(readdirSync(`${path}-one`)).toEqual([]);
    });

    test('leaves a file alone that has taken its place', async () => {
      const path = place();
      writeFileSync(path, 'precious\n');
      await expect(readOn(run, it, { path })).rejects.toThrow('not a symbolic link but a regular file');
      for (const command of [
        ...it.move(null, { target: 'x' }, { path }),
        ...it.move({ target: 'x' }, null, { path }),
      ]) {
        expect(await run(command)).toMatchObject({ exit: 1, stderr: expect.stringContaining('left alone') });
      }
      expect(lstatSync(path).isFile()).toBe(true);
    });

    test('reads a link to nothing', async () => {
      const path = place();
      symlinkSync('nowhere', path);
      expect(await readOn(run, it, { path })).toEqual({ target: 'nowhere' });
    });
  });
});
