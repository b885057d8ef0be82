import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command } from '../../src/modules/command.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, moveOn } from '../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../support/shells.ts';

const add = ['ip', 'link', 'add', 'br7', 'type', 'bridge'];
const remove = ['ip', 'link', 'del', 'br7'];

laws(
  command,
  [
    {
      name: 'what it creates is not there: it runs, and its undo takes it back',
      args: { argv: add, creates: '/sys/class/net/br7', undo: remove },
      host: { stdout: '' },
      before: null,
      after: 'done',
      apply: [{ argv: add }],
      applied: { stdout: 'creates\n' },
      undo: [{ argv: remove }],
    },
    {
      name: 'what it creates is there',
      args: { argv: add, creates: '/sys/class/net/br7' },
      host: { stdout: 'creates\n' },
      before: 'done',
    },
    {
      name: 'what it removes is still there, and no undo is known',
      args: { argv: remove, removes: '/sys/class/net/br7' },
      host: { stdout: '' },
      before: null,
      after: 'done',
      apply: [{ argv: remove }],
      applied: { stdout: 'removes\n' },
    },
    {
      name: 'its condition holds already',
      args: { shell: 'modprobe vxlan', unless: ['test', '-d', '/sys/module/vxlan'] },
      host: { stdout: 'unless 0\n' },
      before: 'done',
    },
    {
      name: 'its condition does not hold',
      args: { shell: 'modprobe vxlan', unless: ['test', '-d', '/sys/module/vxlan'], undo: ['modprobe', '-r', 'vxlan'] },
      host: { stdout: 'unless 1\n' },
      before: null,
      after: 'done',
      apply: [{ argv: ['sh', '-c', 'modprobe vxlan'] }],
      applied: { stdout: 'unless 0\n' },
      undo: [{ argv: ['modprobe', '-r', 'vxlan'] }],
    },
    {
      name: 'there is still something to do, in a folder, with an input',
      args: { argv: ['cat'], onlyif: ['test', '-e', 'x'], chdir: '/srv', stdin: 'text' },
      host: { stdout: 'onlyif 0\n' },
      before: null,
      after: 'done',
      apply: [{ script: /cd --/, args: ['/srv', 'cat'], stdin: 'text' }],
      applied: { stdout: 'onlyif 1\n' },
    },
  ],
  [
    {
      name: 'a condition that cannot be asked is not a no',
      args: { argv: ['true'], unless: ['nosuch'] },
      host: { stdout: 'unless 127\n' },
      code: 'unreadable',
      says: /`unless` could not be run \(exit 127\)/,
    },
    {
      name: 'a folder that is not there',
      args: { argv: ['true'], creates: 'x', chdir: '/nosuch' },
      host: { exit: 2, stderr: "sh: 1: cd: can't cd to /nosuch\n" },
      code: 'unreadable',
      says: /can't cd to \/nosuch/,
    },
  ],
);

const it = asResource(command);

test('without a condition no probe can tell, so every run is a change', () => {
  expect(it.probe({ argv: ['true'] })).toBeNull();
  expect(it.move(null, it.want({ argv: ['true'] }, null), { argv: ['true'] })).toEqual([{ argv: ['true'] }]);
});

test('without an undo of its own it says that it cannot be undone', () => {
  expect(it.reversible({ argv: ['true'] })).toEqual({ never: expect.stringContaining('`undo`') });
  expect(it.reversible({ argv: ['true'], undo: ['true'] })).toBe(true);
});

test('its key shows the words, each as one', () => {
  expect(it.key({ argv: ['echo', 'two words', 'line\nbreak'] })).toBe('echo "two words" "line\\nbreak"');
});

describe('on this machine', () => {
  const folder = temporaryFolder();
  let count = 0;
  inEachShell((run) => {
    test('runs where its effect is not there, in its folder, and is undone', async () => {
      count += 1;
      const name = `a file; $(${count})`;
      const args = {
        argv: ['touch', name],
        creates: name,
        unless: ['test', '-e', name],
        onlyif: ['test', '!', '-e', name],
        chdir: folder.path,
        undo: ['rm', name],
      };
      expect(await applyOn(run, it, args)).toEqual({ before: null, after: 'done' });
      expect(await applyOn(run, it, args)).toEqual({ before: 'done', after: 'done' });
      await moveOn(run, it, args, null);
      expect(await applyOn(run, it, args)).toEqual({ before: null, after: 'done' });
    });

    test('is skipped where what it removes is gone', async () => {
      const removes = join(folder.path, 'old');
      writeFileSync(removes, '');
      const args = { shell: `rm "${removes}"`, removes };
      expect(await applyOn(run, it, args)).toEqual({ before: null, after: 'done' });
      expect(await applyOn(run, it, args)).toEqual({ before: 'done', after: 'done' });
    });
  });
});
