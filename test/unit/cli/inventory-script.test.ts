import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { disk } from '../../../src/cli/files.ts';
import { runInventoryScript } from '../../../src/cli/inventory-script.ts';
import { loadInventory } from '../../../src/inventory/inventory.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-script-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
const load = (path: string) => loadInventory({ ...disk, sources: [path], home: '/root' });

test('only what is executable and begins as a program is run', () => {
  expect(runInventoryScript(file('a', '#!/bin/sh\necho "$1 $2"\n'), ['--host', 'x y'])).toBe('--host x y\n');
  expect(runInventoryScript(file('b', '#!/bin/sh\necho\n', 0o644), [])).toBeUndefined();
  expect(runInventoryScript(file('c', `touch ${folder}/harm\n`), [])).toBeUndefined();
  expect(runInventoryScript(join(folder, 'none'), [])).toBeUndefined();
  expect(runInventoryScript(folder, [])).toBeUndefined();
  expect(disk.list(folder)).not.toContain('harm');
});

test('a plain inventory with the x bit is read as text', () => {
  expect(load(file('i', '[web]\nw1\n')).select('web')).toEqual(['w1']);
});

test.each([
  [
    '#!/bin/sh\necho >&2 no "$(printf "\\033[2J")" key; exit 3\n',
    /--list: it ended with exit code 3; it says: no \\x1b\[2J key/,
  ],
  ['#!/bin/sh\nkill -9 $$\n', /it ended with SIGKILL/],
  ['#!/no/such/program\n', /what its first line names is not there/],
  ['#!/bin/sh\nyes\n', /wrote more than 16 MiB and was killed/],
  ['#!/bin/sh\necho nonsense\n', /the answer is not JSON/],
  ['#!/bin/sh\necho "[1]"\n', /must be a JSON object/],
  ['#!/bin/sh\necho \'{"web": {"hosts": "a"}}\'\n', /the hosts of group "web" must be a list/],
  ['#!/bin/sh\necho \'{"web": {"children": "a"}}\'\n', /the children of group "web" must be a list/],
  ['#!/bin/sh\necho \'{"web": {"vars": []}}\'\n', /the vars of group "web" must be a map/],
  ['#!/bin/sh\necho \'{"web": ["a", 1, "b c"]}\'\n', /1 cannot be the name of a host\n.*"b c" cannot be/],
  ['#!/bin/sh\necho \'{"a b": []}\'\n', /"a b" cannot be the name of a group/],
  ['#!/bin/sh\necho \'{"w": ["a"], "_meta": {"hostvars": {"a": 1}}}\'\n', /the variables of host "a" must be a map/],
  [
    '#!/bin/sh\necho \'{"w": ["a"], "_meta": {"hostvars": {"a": {"__proto__": 1}}}}\'\n',
    /"__proto__" cannot be a name/,
  ],
  ['#!/bin/sh\necho \'{"w": ["a"], "_meta": {"hostvars": {"a": {"n": 12345678901234567890}}}}\'\n', /too large/],
  ['#!/bin/sh\n[ "$1" = --list ] && echo \'{"w": ["a"]}\' || exit 4\n', /--host a: it ended with exit code 4/],
])('%j is refused', (text, says) => {
  expect(() => load(file('s', text))).toThrow(says);
});
