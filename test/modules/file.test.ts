import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { directory } from '../../src/modules/directory.ts';
import { file } from '../../src/modules/file.ts';
import { asResource, laws } from '../support/laws.ts';
import { restoreOf } from '../support/restoring.ts';
import { applyOn, moveOn, type Run, readOn, runHere } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const path = '/opt/flannel/subnet.env';

// As the kernel keeps it: user::rw-, user:1000:rw-, group::---, mask::rw-, other::---
const acl = '02000000 01000600ffffffff 02000600e8030000 04000000ffffffff 10000600ffffffff 20000000ffffffff'.replaceAll(
  ' ',
  '',
);
const xattr = (...words: string[]): string =>
  execFileSync('python3', ['-c', 'import os, sys; print(eval(sys.argv[1]))', ...words], { encoding: 'utf8' }).trim();
const setAcl = (file: string, kind = 'access'): string =>
  xattr('os.setxattr(sys.argv[2], "system.posix_acl_" + sys.argv[3], bytes.fromhex(sys.argv[4]))', file, kind, acl);
const aclOf = (file: string): string => xattr('os.getxattr(sys.argv[2], "system.posix_acl_access").hex()', file);

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
    {
      name: 'an ACL stays with a new content',
      args: { path, content: 'new\n' },
      host: { stdout: 'file 81a4 root root 3 base64 +acl\n/wAB\n' },
      before: { ...binary, extras: 'acl' },
      after: { content: 'new\n', mode: '0644', owner: 'root', group: 'root', extras: 'acl' },
      apply: [{ script: /mktemp/, args: [path, '0644', 'root', 'root', '4', '', ''], stdin: 'new\n' }],
      undo: [{ script: /mktemp/, args: [path, '0644', 'root', 'root', '3', 'base64', ''], stdin: '/wAB' }],
    },
    {
      name: 'permissions of a file with other names',
      args: { path, mode: '0600' },
      host: { stdout: 'file 81a4 root root 3 base64 u:r:t:s0 +capabilities,links\n/wAB\n' },
      before: { ...binary, context: 'u:r:t:s0', extras: 'capabilities,links' },
      after: { ...binary, mode: '0600', context: 'u:r:t:s0', extras: 'capabilities,links' },
      apply: [{ script: /chmod/, args: [path, '0600', 'root', 'root'] }],
      undo: [{ script: /chmod/, args: [path, '0644', 'root', 'root'] }],
    },
    {
      name: 'a content in place of one with other names, without a way back',
      args: { path, content: 'new\n', backup: false },
      host: { stdout: `file 81a4 root root 1048577 sha256 +links\n${digest.sha256}\n` },
      before: { ...digest, size: 1_048_577, extras: 'links' },
      after: {
        ...digest,
        sha256: '7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c',
        size: 4,
        extras: 'links',
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
    ...[
      {
        name: 'a new content for a file with other names',
        args: { content: 'new\n' },
        has: 'links',
        says: /other names/,
      },
      {
        name: 'a new content for a file with capabilities',
        args: { content: 'new\n' },
        has: 'acl,capabilities',
        says: /env has capabilities, which an undo could not/,
      },
      { name: 'another owner for one', args: { owner: 'nobody' }, has: 'capabilities', says: /capabilities/ },
      {
        name: 'absence of a file with an ACL',
        args: { state: 'absent' },
        has: 'acl,links',
        says: /an ACL and other names/,
      },
    ].map(({ name, args, has, says }) => ({
      ...{ name, says, code: 'refused' as const, args: { path, ...args } },
      host: { stdout: `file 81a4 root root 3 base64 +${has}\n/wAB\n` },
    })),
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

  describe('what a file has beside its permissions', () => {
    let path = '';
    beforeEach(() => {
      count += 1;
      mkdirSync(join(folder.path, `${count}`));
      path = join(folder.path, `${count}`, 'a file');
      writeFileSync(path, 'old\n', { mode: 0o660 });
    });

    test('an ACL comes along, there and back, and widens nothing', async () => {
      setAcl(path);
      const { before, after } = await applyOn(runHere, it, { path, content: 'new\n' });
      expect([before, after, aclOf(path)]).toMatchObject([{ extras: 'acl' }, { content: 'new\n', extras: 'acl' }, acl]);
      await moveOn(runHere, it, { path }, before);
      expect([await readOn(runHere, it, { path }), aclOf(path)]).toEqual([before, acl]);
    });

    test('the ACL that a folder gives to new files is not given to one that is written again', async () => {
      setAcl(join(path, '..'), 'default');
      const { after } = await applyOn(runHere, it, { path, content: 'new\n' });
      expect(after).not.toHaveProperty('extras');
    });

    test('where an ACL cannot come along the file is left as it is', async () => {
      setAcl(path);
      const tools = join(folder.path, `${count}`, 'tools');
      mkdirSync(tools);
      writeFileSync(join(tools, 'cp'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      const poor: Run = (command) => runHere({ ...command, env: { PATH: `${tools}:${process.env.PATH}` } });
      const [outcome] = await moveOn(poor, it, { path }, { content: 'new\n', mode: '0660' });
      expect([outcome?.exit, outcome?.stderr]).toEqual([1, expect.stringContaining('left alone')]);
      expect([readFileSync(path, 'utf8'), readdirSync(join(path, '..')).sort()]).toEqual([
        'old\n',
        ['a file', 'tools'],
      ]);
    });

    test('one that has lost its ACL is not back', async () => {
      setAcl(path);
      const before = await readOn(runHere, it, { path });
      rmSync(path);
      await moveOn(runHere, it, { path }, before);
      expect(it.restored?.(before, await readOn(runHere, it, { path }), { path })).toBe(false);
      expect(await runHere(restoreOf(it, before, { path }))).toMatchObject({
        exit: 1,
        stderr: expect.stringContaining('did not come back as it was'),
      });
    });

    test('a name that somebody gives it meanwhile is not taken for a change', async () => {
      const { before } = await applyOn(runHere, it, { path, content: 'new\n' });
      linkSync(path, `${path}.copy`);
      expect(await runHere(restoreOf(it, before, { path }))).toMatchObject({ exit: 0, stderr: '' });
      linkSync(path, `${path}.another`);
      const now = await readOn(runHere, it, { path });
      expect([now, it.restored?.(before, now, { path })]).toMatchObject([{ extras: 'links' }, true]);
      expect(await runHere(restoreOf(it, before, { path }))).toMatchObject({ exit: 0, stderr: '' });
    });

    test('capabilities stay with other permissions', async () => {
      execFileSync('/usr/sbin/setcap', ['cap_net_raw+ep', path]);
      const { before, after } = await applyOn(runHere, it, { path, mode: '0755' });
      expect([before, after]).toMatchObject([{ extras: 'capabilities' }, { mode: '0755', extras: 'capabilities' }]);
      expect(await runHere(restoreOf(it, before, { path }))).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(runHere, it, { path })).toEqual(before);
    });
  });

  test('a host without base64 gets its bytes back all the same', async () => {
    const tools = join(folder.path, 'without-base64');
    mkdirSync(tools);
    for (const name of readdirSync('/usr/bin'))
      if (name !== 'base64') symlinkSync(join('/usr/bin', name), join(tools, name));
    const poor: Run = (command) => runHere({ ...command, env: { ...command.env, PATH: tools } });
    for (const size of [0, 1, 2, 3, 70_001]) {
      const path = join(folder.path, `bytes-${size}`);
      const bytes = Buffer.from(Array.from({ length: size }, (_, i) => 255 - ((i * 7) % 256)));
      writeFileSync(path, bytes);
      const { before } = await applyOn(poor, it, { path, state: 'absent' });
      await moveOn(poor, it, { path }, before);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      rmSync(path);
      expect(await poor(restoreOf(it, before, { path }))).toMatchObject({ exit: 0, stderr: '' });
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
  });

  test('an account whose name no playbook could say is known by its number', async () => {
    const tools = join(folder.path, 'strange-names');
    mkdirSync(tools);
    writeFileSync(join(tools, 'stat'), `#!/bin/sh\n/usr/bin/stat "$@" | sed 's/:root:0/:domain users:0/g'\n`, {
      mode: 0o755,
    });
    const joined: Run = (command) =>
      runHere({ ...command, env: { ...command.env, PATH: `${tools}:${process.env.PATH}` } });
    const path = join(folder.path, 'of-domain-users');
    writeFileSync(path, 'old\n', { mode: 0o644 });
    const { before, after } = await applyOn(joined, it, { path, content: 'new\n' });
    expect([before, after]).toMatchObject([{ content: 'old\n', owner: '0', group: '0' }, { content: 'new\n' }]);
    expect(await joined(restoreOf(it, before, { path }))).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(joined, it, { path })).toEqual(before);
    expect(await readOn(joined, asResource(directory), { path: tools })).toMatchObject({
      owner: '0',
      group: '0',
      entries: 1,
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
