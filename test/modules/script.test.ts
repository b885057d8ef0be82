import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { script } from '../../src/modules/script.ts';
import { asResource, complaints, laws } from '../support/laws.ts';
import { applyOn, moveOn } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const text = '#!/bin/bash -e\ntouch "$1"\n';

laws(
  script,
  [
    {
      name: 'a script whose effect is not there, by the interpreter that it names',
      args: {
        src: 'drain.sh',
        content: text,
        args: ['/run/drained'],
        creates: '/run/drained',
        undo: ['rm', '/run/drained'],
      },
      host: { stdout: '' },
      before: null,
      after: 'done',
      apply: [
        {
          script: /"\$\{3\}" "\$\{4\}" "\$file" "\$\{5\}"/,
          args: ['26', '', '/bin/bash', '-e', '/run/drained'],
          stdin: text,
        },
      ],
      applied: { stdout: 'creates\n' },
      undo: [{ argv: ['rm', '/run/drained'] }],
    },
    {
      name: 'a script that has done what it does',
      args: { content: 'touch x', chdir: '/srv', unless: ['test', '-e', 'x'] },
      host: { stdout: 'unless 0\n' },
      before: 'done',
    },
  ],
  [
    {
      name: 'a condition that cannot be asked',
      args: { content: 'true', onlyif: ['nosuch'] },
      host: { stdout: 'onlyif 127\n' },
      code: 'unreadable',
      says: /`onlyif` could not be run/,
    },
  ],
);

const it = asResource(script);

test('it is known by its source, or by the first line that says something', () => {
  expect(it.key({ src: 'drain.sh', content: text, args: ['a b'] })).toBe('drain.sh "a b"');
  expect(it.key({ content: '#!/bin/sh\n\n# what it does\necho hello\n' })).toBe('"echo hello"');
  expect(complaints(script.schema, { args: ['x'] })).toEqual(
    expect.arrayContaining([" must have required property 'src'", " must have required property 'content'"]),
  );
});

test('without an undo of its own it says that it cannot be undone', () => {
  expect(it.reversible({ content: 'true' })).toEqual({ never: expect.stringContaining('`undo`') });
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  let count = 0;
  inEachShell((run) => {
    const fresh = (): string => {
      count += 1;
      const path = join(folder.path, `${count}`);
      mkdirSync(path);
      return path;
    };
    const within =
      (tmp: string): typeof run =>
      (command) =>
        run({ ...command, env: { ...command.env, TMPDIR: tmp } });

    test('runs in its folder with its arguments, leaves nothing behind, and is undone', async () => {
      const [chdir, tmp] = [fresh(), fresh()];
      const args = {
        content: 'for name; do touch -- "$name"; done; cat\n',
        args: ["it's a $(file)", '-x y'],
        chdir,
        creates: '-x y',
        undo: ['rm', '--', "it's a $(file)", '-x y'],
      };
      expect(await applyOn(within(tmp), it, args)).toEqual({ before: null, after: 'done' });
      expect(readdirSync(chdir).sort()).toEqual(['-x y', "it's a $(file)"]);
      expect(readdirSync(tmp)).toEqual([]);
      expect(await applyOn(within(tmp), it, args)).toEqual({ before: 'done', after: 'done' });
      await moveOn(within(tmp), it, args, null);
      expect(readdirSync(chdir)).toEqual([]);
    });

    test('is run by what its first line names, or by what is asked for', async () => {
      const named = { content: '#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1:])\n', args: ['a', 'b c'] };
      const [command] = it.move(null, 'done', named);
      expect(await run(command ?? { argv: [] })).toMatchObject({ exit: 0, stdout: "['a', 'b c']\n" });
      const [other] = it.move(null, 'done', { content: '$x = 6; print $x * 7', interpreter: ['perl', '-w'] });
      expect(await run(other ?? { argv: [] })).toMatchObject({ exit: 0, stdout: '42' });
    });

    test('fails with its exit code, and is not run when it does not arrive whole', async () => {
      const tmp = fresh();
      const [command] = it.move(null, 'done', { content: 'echo no >&2; exit 7\n' });
      expect(await within(tmp)(command ?? { argv: [] })).toMatchObject({ exit: 7, stderr: 'no\n' });
      const cut = await within(tmp)({ argv: command?.argv ?? [], stdin: 'echo no' });
      expect(cut).toMatchObject({ exit: 125, stdout: '', stderr: expect.stringContaining('not arrive whole') });
      expect(readdirSync(tmp)).toEqual([]);
    });
  });
});
