import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { copy } from '../../../src/modules/copy.ts';
import { directory } from '../../../src/modules/directory.ts';
import { file } from '../../../src/modules/file.ts';
import { line } from '../../../src/modules/line.ts';
import { symlink } from '../../../src/modules/symlink.ts';
import { template } from '../../../src/modules/template.ts';
import { asResource } from '../../support/laws.ts';
import { comesBack, type Disturb, isLeftAlone } from '../../support/restores.ts';
import type { Run } from '../../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../../support/shells.ts';

const folder = temporaryFolder();
let count = 0;
let path = '';
beforeEach(() => {
  count += 1;
  mkdirSync(join(folder.path, String(count)));
  path = join(folder.path, String(count), "a 'file'");
});

/** All that is there, with what a touch would change. */
function trace(): string {
  const top = join(folder.path, String(count));
  if (!existsSync(top)) return '';
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { ino, mtimeMs, ctimeMs, mode, uid, gid } = lstatSync(join(top, name));
      return [name, ino, mtimeMs, ctimeMs, mode, uid, gid].join(' ');
    })
    .join('\n');
}

const remove = () => rmSync(path, { recursive: true });
const happenings: readonly (readonly [string, Disturb])[] = [
  ['untouched', () => undefined],
  ['after the run', (apply) => apply()],
  [
    'after the run, then with other permissions',
    async (apply) => {
      await apply();
      if (existsSync(path)) chmodSync(path, 0o604);
    },
  ],
  [
    'after the run, then removed',
    async (apply) => {
      await apply();
      rmSync(path, { force: true });
    },
  ],
  ['with another owner only', () => existsSync(path) && chownSync(path, 65534, 65534)],
  [
    'half written by somebody who writes in place',
    async (apply) => {
      await apply();
      if (existsSync(path)) truncateSync(path, 3);
    },
  ],
  ['with what somebody else wrote', () => writeFileSync(path, '\0other\n', { mode: 0o666 })],
];

const contents: readonly (readonly [string, string | null])[] = [
  ['a text', 'one\ntwo $x `y` "z"\n'],
  ['no file', null],
];

inEachShell((run: Run) => {
  const thing = (module: typeof file, args: object) => ({
    run,
    resource: asResource(module),
    args: { path, ...args },
    trace,
  });

  describe.each(contents)('a file: %s', (_, content) => {
    beforeEach(() => {
      if (content === null) return;
      writeFileSync(path, content);
      chownSync(path, 1, 2);
      chmodSync(path, 0o4750);
    });

    test.each(happenings)('comes back when it is %s', async (_name, disturb) => {
      await comesBack(thing(file, { content: 'new\n', mode: '0600', owner: 'root' }), disturb);
      expect(existsSync(path) ? readFileSync(path) : null).toEqual(content === null ? null : Buffer.from(content));
      if (content !== null) expect(statSync(path)).toMatchObject({ uid: 1, gid: 2, mode: 0o104750 });
      expect(readdirSync(join(folder.path, String(count))).length).toBe(content === null ? 0 : 1);
    });

    test.each(happenings)('comes back when it was to go, and is %s', async (_name, disturb) => {
      await comesBack(thing(file, { state: 'absent' }), disturb);
    });
  });

  test.each([
    ['copy', copy],
    ['template', template],
  ])('%s is held to the same', async (_, module) => {
    writeFileSync(path, 'old\n');
    await comesBack(thing(module, { content: 'new\n' }), (apply) => apply());
    expect(readFileSync(path, 'utf8')).toBe('old\n');
  });

  test.each([
    ['bytes', Buffer.from([0xff, 0, 10, 13, 0x80])],
    ['nothing', Buffer.alloc(0)],
    ['as much as is kept', Buffer.alloc(1_048_576, 'abcdefg\n')],
  ])('a file of %s comes back', async (_, content) => {
    writeFileSync(path, content);
    await comesBack(thing(file, { content: 'new\n' }), (apply) => apply());
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  describe('a line', () => {
    const args = { line: 'a = 1', match: '^a' };

    test.each(happenings)('has its whole file back when that is %s', async (_name, disturb) => {
      writeFileSync(path, 'a = 0\nb = 0\n');
      await comesBack(thing(line, args), disturb);
    });

    test('that was there is nothing to go without: its file comes back', async () => {
      writeFileSync(path, 'a = 1\n');
      await comesBack(thing(line, args), remove);
      expect(readFileSync(path, 'utf8')).toBe('a = 1\n');
    });

    test('that was not there asks for no file: one that is gone by then stays gone', async () => {
      writeFileSync(path, 'a = 0\n');
      await comesBack(thing(line, args), remove);
      expect(existsSync(path)).toBe(false);
    });
  });

  test.each<readonly [string, object, Disturb]>([
    ['a folder', { content: 'new\n' }, () => mkdirSync(path)],
    ['a link', { content: 'new\n' }, () => symlinkSync('/etc/hostname', path)],
    ['a folder, where there was a file', { state: 'absent' }, () => mkdirSync(path)],
  ])('what has taken the place of a file is left alone: %s', async (_, args, disturb) => {
    if ('state' in args) writeFileSync(path, 'old\n');
    await isLeftAlone(
      thing(file, args),
      async (apply) => {
        rmSync(path, { force: true });
        await disturb(apply);
      },
      /is not a regular file any more; it was left alone/,
    );
  });

  test('a file whose folder is gone is said not to be back', async () => {
    writeFileSync(path, 'old\n');
    await isLeftAlone(thing(file, { content: 'new\n' }), () => rmSync(join(path, '..'), { recursive: true }), /mktemp/);
  });

  test('a content that was not kept cannot come back', () => {
    const digest = { sha256: '00', size: 2_000_000, mode: '0644' };
    expect(asResource(file).restore?.(digest, null, { path, backup: false })).toBeNull();
  });
});

inEachShell((run: Run) => {
  const thing = (args: object = {}) => ({
    run,
    resource: asResource(directory),
    args: { path, state: 'present', mode: '0700', ...args },
    trace,
  });

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    ['removed', remove],
    [
      'replaced by one of somebody else',
      () => {
        remove();
        mkdirSync(path, { mode: 0o711 });
        chownSync(path, 1, 1);
      },
    ],
    [
      'filled',
      (apply) => {
        writeFileSync(join(path, 'x'), '');
        return apply();
      },
    ],
  ])('a folder comes back when it is %s', async (_, disturb) => {
    mkdirSync(path);
    chownSync(path, 2, 2);
    chmodSync(path, 0o2755);
    await comesBack(thing({ owner: 'root' }), disturb);
    expect(statSync(path)).toMatchObject({ uid: 2, gid: 2, mode: 0o42755 });
  });

  test.each<readonly [string, Disturb]>([
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    ['half made', () => mkdirSync(join(path, 'b'), { recursive: true })],
  ])('a folder and those above it go again when they are %s', async (_, disturb) => {
    await comesBack(thing({ path: join(path, 'b', 'c') }), disturb);
    expect(existsSync(path)).toBe(false);
  });

  test.each<readonly [string, boolean, Disturb, RegExp]>([
    [
      'holds something',
      false,
      () => {
        mkdirSync(path);
        writeFileSync(join(path, 'x'), '');
      },
      /[Nn]ot empty/,
    ],
    ['a file', false, () => writeFileSync(path, ''), /not a folder but something else by now; it was left alone/],
    [
      'a file, where there was one',
      true,
      () => {
        remove();
        writeFileSync(path, '');
      },
      /not a folder any more; it was left alone/,
    ],
  ])('what has taken the place of a folder is left alone: %s', async (_, was, disturb, why) => {
    if (was) mkdirSync(path);
    await isLeftAlone(thing(), disturb, why);
  });
});

inEachShell((run: Run) => {
  const thing = (args: object) => ({ run, resource: asResource(symlink), args: { path, ...args }, trace });
  const happens: readonly (readonly [string, Disturb])[] = [
    ['untouched', () => undefined],
    ['after the run', (apply) => apply()],
    ['removed', () => rmSync(path, { force: true })],
    [
      'turned to another target',
      () => {
        rmSync(path, { force: true });
        symlinkSync('third', path);
      },
    ],
  ];

  describe.each([
    ['another one', { target: 'new one' }],
    ['none', { state: 'absent' }],
  ])('a link that is to become %s', (_, args) => {
    test.each(happens)('comes back when it is %s', async (_name, disturb) => {
      symlinkSync('old one', path);
      await comesBack(thing(args), disturb);
    });
    test.each(happens)('goes again when it is %s', async (_name, disturb) => {
      await comesBack(thing(args), disturb);
      expect(readdirSync(join(path, '..'))).toEqual([]);
    });
  });

  test.each(['was', 'was not'])('a file in its place is left alone, where there %s a link', async (was) => {
    if (was === 'was') symlinkSync('old', path);
    const write = () => {
      rmSync(path, { force: true });
      writeFileSync(path, '');
    };
    await isLeftAlone(thing({ target: 'new' }), write, /not a symbolic link any more; it was left alone/);
  });
});
