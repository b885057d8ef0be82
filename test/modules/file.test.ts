import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { file } from '../../src/modules/file.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, moveOn, type Run, readOn, runHere } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const path = '/opt/flannel/subnet.env';
const text = { content: 'FLANNEL_MTU=1500\nname=é\n', mode: '0640', owner: 'root', group: 'root' };
const binary = { content: '/wAB', encoding: 'base64', mode: '0644', owner: 'root', group: 'root' };
const empty = { content: '', mode: '4755', owner: 'root', group: 'root' };

const digest = {
  sha256: '2cb74edba754a81d121c9db6833704a8e7d417e5b13d1a19f4a52f007d644264',
  mode: '0644',
  owner: 'root',
  group: 'root',
};

laws(
  file,
  [
    { name: 'only read, and as it was', args: { path }, host: 'text', before: text },
    { name: 'only read, and not there', args: { path }, host: 'nothing', before: null },
    {
      name: 'protected, and rewritten by somebody else',
      args: { path },
      protect: true,
      host: 'text',
      before: text,
      now: { ...text, content: 'FLANNEL_MTU=1450\n' },
      undo: [{ script: /mktemp/, args: [path, '0640', 'root', 'root', '25', '', ''], stdin: text.content }],
    },
    {
      name: 'protected, and removed by somebody else',
      args: { path },
      protect: true,
      host: 'binary',
      before: binary,
      now: null,
      undo: [{ script: /mktemp/, args: [path, '0644', 'root', 'root', '3', 'base64', ''], stdin: '/wAB' }],
    },
    {
      name: 'a content in place of another keeps mode and owner',
      args: { path, content: 'FLANNEL_MTU=1450\n' },
      host: 'text',
      before: text,
      after: { ...text, content: 'FLANNEL_MTU=1450\n' },
      apply: [{ script: /mktemp/, args: [path, '0640', 'root', 'root', '17', '', ''], stdin: 'FLANNEL_MTU=1450\n' }],
      undo: [{ script: /mktemp/, args: [path, '0640', 'root', 'root', '25', '', ''], stdin: text.content }],
    },
    {
      name: 'a content where there was no file belongs to whoever writes it, and goes with the undo',
      args: { path, content: 'FLANNEL_MTU=1500\nname=é\n', mode: '640' },
      host: 'nothing',
      before: null,
      after: { content: text.content, mode: '0640' },
      apply: [{ script: /mktemp/, args: [path, '0640', '', '', '25', '', ''], stdin: text.content }],
      applied: 'text',
      undo: [{ argv: ['rm', '-f', '--', path] }],
    },
    {
      name: 'absence, and every byte back',
      args: { path, state: 'absent' },
      host: 'binary',
      before: binary,
      after: null,
      apply: [{ argv: ['rm', '-f', '--', path] }],
      applied: 'nothing',
      undo: [{ script: /mktemp/, args: [path, '0644', 'root', 'root', '3', 'base64', ''], stdin: '/wAB' }],
    },
    { name: 'absence of what is not there', args: { path, state: 'absent' }, host: 'nothing', before: null },
    {
      name: 'base64 of what is there',
      args: { path, content: '/wAB', encoding: 'base64' },
      host: 'binary',
      before: binary,
    },
    {
      name: 'text with a NUL in it is not text',
      args: { path },
      host: { stdout: 'file 81a4 root root 3 base64\nYQBi\n' },
      before: { ...binary, content: 'YQBi' },
    },
    { name: 'a host without base64', args: { path }, host: 'binary-hex', before: binary },
    {
      name: 'permissions alone leave the content in place',
      args: { path, mode: '0600', owner: 'nobody', group: 'nogroup' },
      host: 'empty',
      before: empty,
      after: { ...empty, mode: '0600', owner: 'nobody', group: 'nogroup' },
      apply: [{ script: /chmod/, args: [path, '0600', 'nobody', 'nogroup'] }],
      undo: [{ script: /chmod/, args: [path, '4755', 'root', 'root'] }],
    },
    {
      name: 'a user by number is the same as by name',
      args: { path, owner: '0', group: '0' },
      host: 'text-by-number',
      before: { ...text, owner: '0', group: '0' },
    },
    {
      name: 'a content that a command has to accept; what comes back is not asked for again',
      args: { path, content: 'new\n', validate: ['visudo', '-cf', '%s'] },
      host: 'text',
      before: text,
      after: { ...text, content: 'new\n' },
      apply: [
        {
          script: /does not accept/,
          args: [path, '0640', 'root', 'root', '4', '', '', 'visudo', '-cf', '%s'],
          stdin: 'new\n',
        },
      ],
      undo: [{ script: /mktemp/, args: [path, '0640', 'root', 'root', '25', '', ''], stdin: text.content }],
    },
    {
      name: 'the context of SELinux stays, and comes back',
      args: { path, content: 'new\n' },
      host: { stdout: 'file 81a4 root root 3 base64 system_u:object_r:etc_t:s0\n/wAB\n' },
      before: { ...binary, context: 'system_u:object_r:etc_t:s0' },
      after: {
        content: 'new\n',
        mode: '0644',
        owner: 'root',
        group: 'root',
        context: 'system_u:object_r:etc_t:s0',
      },
      apply: [
        {
          script: /chcon/,
          args: [path, '0644', 'root', 'root', '4', '', 'system_u:object_r:etc_t:s0'],
          stdin: 'new\n',
        },
      ],
      undo: [
        {
          script: /chcon/,
          args: [path, '0644', 'root', 'root', '3', 'base64', 'system_u:object_r:etc_t:s0'],
          stdin: '/wAB',
        },
      ],
    },
    {
      name: 'a big file, without a way back',
      args: { path, content: 'new\n', backup: false },
      host: 'digest',
      before: { ...digest, size: 1_048_577 },
      after: {
        ...digest,
        sha256: '7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c',
        size: 4,
      },
      apply: [{ script: /mktemp/, args: [path, '0644', 'root', 'root', '4', 'base64', ''], stdin: 'bmV3Cg==' }],
    },
    { name: 'presence of what is there', args: { path, state: 'present' }, host: 'empty', before: empty },
    {
      name: 'presence of what is not',
      args: { path, state: 'present' },
      host: 'nothing',
      before: null,
      after: { content: '', mode: '0644' },
      apply: [{ script: /mktemp/, args: [path, '0644', '', '', '0', '', ''], stdin: '' }],
      undo: [{ argv: ['rm', '-f', '--', path] }],
    },
  ],
  [
    {
      name: 'a symbolic link',
      args: { path },
      host: 'link',
      code: 'refused',
      says: /not a regular file but a symlink/,
    },
    { name: 'a folder', args: { path }, host: 'folder', code: 'refused', says: /not a regular file but a directory/ },
    { name: 'a file that is too big to keep', args: { path }, host: 'big', code: 'refused', says: /has 1048577 bytes/ },
    { name: 'a path through a file', args: { path }, host: 'text-below', code: 'unreadable', says: /Not a directory/ },
    {
      name: 'permissions of nothing',
      args: { path, mode: '0600' },
      host: 'nothing',
      code: 'refused',
      says: /does not exist/,
    },
    {
      name: 'a content that is not as long as the file',
      args: { path },
      host: { stdout: 'file 81a4 root root 4 base64\n/wAB\n' },
      code: 'unreadable',
      says: /changed while it was read/,
    },
  ],
);

test('the plan says that a file without a backup does not come back', () => {
  const it = asResource(file);
  expect(it.reversible({ path, content: '', backup: false })).toEqual({ never: expect.stringContaining('backup') });
  expect(it.reversible({ path, content: '' })).toBe(true);
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  const it = asResource(file);
  let count = 0;

  inEachShell((run) => {
    let path = '';
    beforeEach(() => {
      count += 1;
      mkdirSync(join(folder.path, `${count}`));
      path = join(folder.path, `${count}`, "it's a $(file)");
    });
    const names = (): readonly string[] => readdirSync(join(folder.path, `${count}`));
    const mode = (): number => statSync(path).mode & 0o7777;

    test('writes, and brings back content, permissions and owner', async () => {
      writeFileSync(path, 'old\n');
      chmodSync(path, 0o4750);
      const { before, after } = await applyOn(run, it, {
        path,
        content: 'new "$HOME" `id`\n',
        mode: '0600',
        owner: 'nobody',
      });
      expect(after).toMatchObject({ content: 'new "$HOME" `id`\n', mode: '0600', owner: 'nobody' });
      expect(readFileSync(path, 'utf8')).toBe('new "$HOME" `id`\n');
      await moveOn(run, it, { path }, before);
      expect(await readOn(run, it, { path })).toEqual(before);
      expect([readFileSync(path, 'utf8'), mode(), statSync(path).uid]).toEqual(['old\n', 0o4750, 0]);
      expect(names()).toHaveLength(1);
    });

    test('brings back bytes that are not text, byte for byte', async () => {
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256));
      writeFileSync(path, bytes);
      const { before, after } = await applyOn(run, it, { path, state: 'absent' });
      expect([after, names()]).toEqual([null, []]);
      await moveOn(run, it, { path }, before);
      expect(readFileSync(path).equals(bytes)).toBe(true);
    });

    test('makes what was not there, and takes it away again', async () => {
      const { before, after } = await applyOn(run, it, { path, content: '' });
      expect([before, after]).toEqual([null, { content: '', mode: '0644', owner: 'root', group: 'root' }]);
      await moveOn(run, it, { path }, before);
      expect(names()).toEqual([]);
    });

    test('changes permissions without touching the content', async () => {
      writeFileSync(path, 'same\n', { mode: 0o644 });
      const { ino } = statSync(path);
      await applyOn(run, it, { path, mode: '0400' });
      expect([mode(), statSync(path).ino, readFileSync(path, 'utf8')]).toEqual([0o400, ino, 'same\n']);
    });

    test('leaves the old file when the new one does not arrive whole', async () => {
      writeFileSync(path, 'old\n');
      const [command] = it.move(null, { content: 'a longer content\n', mode: '0644' }, { path });
      const outcome = await run({ argv: command?.argv ?? [], stdin: 'a longer' });
      expect(outcome.stderr).toContain('did not arrive whole');
      expect([outcome.exit, readFileSync(path, 'utf8'), names().length]).toEqual([1, 'old\n', 1]);
    });

    test('knows a user by number and by name as one', async () => {
      writeFileSync(path, '');
      for (const args of [{ owner: '0', group: '0' }, { owner: 'root', group: 'root' }, { owner: '65534' }]) {
        const { after } = await applyOn(run, it, { path, ...args });
        expect(after).toMatchObject(args);
        expect(it.want({ path, ...args }, after)).toEqual(after);
      }
      expect([statSync(path).uid, await readOn(run, it, { path, owner: 'nobody' })]).toMatchObject([
        65534,
        { owner: 'nobody' },
      ]);
    });

    test('lets a command refuse a new content, which then has never been there', async () => {
      writeFileSync(path, 'old\n');
      const args = { path, content: 'bad\n', validate: ['sh', '-c', 'cat "$1"; ! grep -q bad "$1"', 'sh', '%s'] };
      const [outcome] = await moveOn(run, it, args, { content: 'bad\n', mode: '0644' });
      expect(outcome).toMatchObject({ exit: 1, stderr: expect.stringContaining('does not accept the new content') });
      expect(outcome?.stderr).toContain('bad');
      expect([readFileSync(path, 'utf8'), names().length]).toEqual(['old\n', 1]);
      expect((await applyOn(run, it, { ...args, content: 'good\n' })).after).toMatchObject({ content: 'good\n' });
    });

    test('replaces a file that is too big to keep, when told to', async () => {
      writeFileSync(path, Buffer.alloc(2_000_000));
      const args = { path, content: 'small\n', backup: false };
      const { before, after } = await applyOn(run, it, args);
      expect(before).toMatchObject({ size: 2_000_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(it.want(args, after)).toEqual(after);
      expect(readFileSync(path, 'utf8')).toBe('small\n');
    });

    test('does not write through a symbolic link that has appeared', async () => {
      writeFileSync(`${path}.target`, 'precious\n');
      symlinkSync(`${path}.target`, path);
      const [command] = it.move(null, { content: 'new\n', mode: '0644' }, { path });
      expect(await run(command ?? { argv: [] })).toMatchObject({
        exit: 1,
        stderr: expect.stringContaining('left alone'),
      });
      expect(readFileSync(`${path}.target`, 'utf8')).toBe('precious\n');
    });
  });

  test('keeps the security context of a file', async () => {
    const tools = join(folder.path, 'tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'stat'), `#!/bin/sh\n[ "$2" = %C ] && echo u:r:t:s0 || exec /usr/bin/stat "$@"\n`);
    writeFileSync(join(tools, 'chcon'), `#!/bin/sh\necho "$1" >"${tools}/given"\n`);
    for (const name of ['stat', 'chcon']) chmodSync(join(tools, name), 0o755);
    const enforcing: Run = (command) =>
      runHere({ ...command, argv: ['env', `PATH=${tools}:${process.env.PATH}`, ...command.argv] });
    const path = join(folder.path, 'labelled');
    writeFileSync(path, 'old\n');
    const { after } = await applyOn(enforcing, it, { path, content: 'new\n' });
    expect(after).toMatchObject({ content: 'new\n', context: 'u:r:t:s0' });
    expect(readFileSync(join(tools, 'given'), 'utf8')).toBe('u:r:t:s0\n');
  });
});
