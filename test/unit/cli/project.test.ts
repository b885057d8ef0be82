import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPlaybook, findProject } from '../../../src/cli/project.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'project-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

test('without a config: inventory.yml beside it, records and history in the folder', () => {
  expect(findProject(folder)).toMatchObject({ root: folder, inventory: [], forks: 50 });
  write('inventory.yml', '');
  expect(findProject(folder)).toMatchObject({
    inventory: [join(folder, 'inventory.yml')],
    records: join(folder, 'records'),
    home: join(folder, '.runbook'),
  });
});

test('the config is found from below, and its paths are its own', () => {
  write('runbook.yml', 'inventory: hosts/prod.yml\nrecords: ../changes\nforks: 5\nssh: openssh\n');
  const below = join(folder, 'a/b');
  mkdirSync(below, { recursive: true });
  expect(findProject(below)).toMatchObject({
    root: folder,
    inventory: [join(folder, 'hosts/prod.yml')],
    records: join(folder, '../changes'),
    forks: 5,
    ssh: 'openssh',
  });
});

const next = 'Nothing was touched. What a code means: `runbook explain CODE`.';

const allKnown = 'Known: inventory, records, forks, require_signature, ssh, secrets, vault_password_file.';

test.each([
  ['inventry: x', 'runbook.yml:1:1: error unknown-key: unknown setting "inventry"', 'Did you mean "inventory"?'],
  ['forks: many', '"forks" must be a whole number above 0', 'Correct it.'],
  ['forks: 5\nssh: putty', 'runbook.yml:2:1: error wrong-type: "ssh" must be builtin or openssh', 'Correct it.'],
  ['records: [x]', '"records" must be a path', 'Correct it.'],
  ['require_signature: ""', '"require_signature" must be a path', 'Correct it.'],
  ['inventory: [hosts.yml, ""]', '"inventory" must be a path, or a list of paths', 'Correct it.'],
  [
    'secrets: { recipients: age1 }',
    '"secrets" must be a map of "recipients" and "identities", each a list',
    'Correct it.',
  ],
  [
    'secrets: { recipient: [age1] }',
    '"secrets" must be a map of "recipients" and "identities", each a list',
    'Correct it.',
  ],
  ['ssh: putty\nforkz: 5\nforks: 0', 'runbook.yml:1:1: error wrong-type: "ssh" must be', 'Correct it.'],
  ['other/key~0: 5', 'unknown setting "other/key~0"', allKnown],
  ['toString: 5', 'unknown setting "toString"', allKnown],
  ['- x', 'not a map of settings', 'Correct it.'],
  [
    'forks: *many',
    'runbook.yml:1:8: error yaml: there is no anchor &many before this',
    'Write the & before the value that is meant, or quote a text that begins with *.',
  ],
])('%s is refused', (text, message, hint) => {
  write('runbook.yml', text);
  expect(() => findProject(folder)).toThrow(
    expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message), hint: `${hint} ${next}` }),
  );
});

test('a playbook is looked for as given, then under playbooks/ here and in the project', () => {
  write('runbook.yml', '');
  mkdirSync(join(folder, 'playbooks'));
  mkdirSync(join(folder, 'below'));
  write('playbooks/one.yml', '');
  const project = findProject(folder);
  expect(findPlaybook('one.yml', join(folder, 'below'), project)).toBe(join(folder, 'playbooks/one.yml'));
  write('below/one.yml', '');
  expect(findPlaybook('one.yml', join(folder, 'below'), project)).toBe(join(folder, 'below/one.yml'));
  expect(() => findPlaybook('two.yml', folder, project)).toThrow(
    expect.objectContaining({ code: 'missing', hint: expect.stringContaining('playbooks/two.yml') }),
  );
});
