import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { TestProject } from '../support/cli.ts';

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.create('inventory.yml');
  await hosts('here: { ansible_connection: local, ansible_password: correct-horse }');
  await project.playbook('good.yml', play('here'));
  await project.playbook('bad.yml', play('here').replace('/tmp', '{{ pod_cdir }}').replace('Look', 'correct-horse'));
});
afterEach(() => project.remove());

const hosts = (host: string) => writeFile(join(project.folder, 'inventory.yml'), `all:\n  hosts:\n    ${host}\n`);
const play = (pattern: string) => `- hosts: ${pattern}
  verify:
    - { name: Look, directory: { path: "/tmp", state: present } }
`;
const diagnostics = async (...names: string[]) => {
  const { exit, stdout, stderr } = await project.call('validate', ...names, '--format', 'json');
  return { exit, stderr, found: JSON.parse(stdout) as Diagnostic[] };
};
const brief = ({ found }: { found: Diagnostic[] }) => found.map(({ file, line, code }) => `${file}:${line} ${code}`);

test('an error is data on stdout, without the secret, and exit 2', async () => {
  const { exit, stderr, found } = await diagnostics('good.yml', 'bad.yml');
  expect({ exit, stderr }).toEqual({ exit: 2, stderr: '' });
  expect(found).toEqual([
    {
      file: 'bad.yml',
      line: 3,
      column: 53,
      endColumn: 61,
      code: 'unknown-name',
      severity: 'error',
      message: expect.stringContaining('"pod_cdir" is not known here'),
      hint: expect.stringMatching(/^Names come from "vars"/),
      source: '    - { name: ********, directory: { path: "{{ pod_cdir }}", state: present } }',
    },
  ]);
  const sarif = await project.call('validate', 'bad.yml', '--format', 'sarif');
  const { version, runs } = JSON.parse(sarif.stdout);
  expect({ exit: sarif.exit, version }).toEqual({ exit: 2, version: '2.1.0' });
  expect(runs[0].results[0].locations[0].physicalLocation).toMatchObject({ artifactLocation: { uri: 'bad.yml' } });
  expect(sarif.stdout).not.toContain('correct-horse');
  const github = await project.run('validate', 'bad.yml', '--format', 'github');
  expect(github).toMatchObject({ exit: 2, stderr: '' });
  expect(github.stdout).toMatch(/^::error file=bad\.yml,line=3,col=53,endColumn=61,title=unknown-name::.*\n$/);
});

test.each([
  ['json', '[]\n'],
  ['github', ''],
])('nothing is wrong, as %s: nothing is listed, and exit 0', async (format, stdout) => {
  expect(await project.call('validate', 'good.yml', '--format', format)).toEqual({ exit: 0, stdout, stderr: '' });
});

test('a warning alone is exit 0', async () => {
  await project.playbook('p.yml', play('here').replace('verify:', 'tasks:'));
  const warned = await diagnostics('p.yml');
  expect(warned.found).toEqual([expect.objectContaining({ code: 'no-verify', severity: 'warning' })]);
  expect(warned.exit).toBe(0);
});

test('what has no place in a file is told too: connection variables, tags', async () => {
  await hosts('here: { ansible_port: none }');
  const connection = await diagnostics('good.yml');
  expect(connection).toMatchObject({
    exit: 2,
    found: [{ severity: 'error', message: expect.stringMatching(/^host here: .*ansible_port/) }],
  });
  expect(brief(connection)).toEqual(['good.yml:null connection']);
  const tags = await diagnostics('good.yml', '--tags', 'none');
  expect(tags.exit).toBe(2);
  expect(brief(tags)[0]).toBe('good.yml:null tags');
});

test('to people it is said once how to learn what a code means, and only where one was told', async () => {
  const hint = 'What a code means: `runbook explain CODE`.\n';
  const wrong = await project.call('validate', 'bad.yml', 'good.yml', 'bad.yml');
  expect(wrong.stderr.split(hint)).toEqual([expect.stringContaining('error unknown-name: '), '']);
  expect(await project.call('validate', 'good.yml')).toMatchObject({ exit: 0, stderr: '' });
});

test('an inventory that cannot be used is told at its places, once for all playbooks', async () => {
  await hosts('"web[1": {}');
  const wrong = await diagnostics('good.yml', 'bad.yml');
  expect(wrong).toMatchObject({ exit: 2, stderr: '' });
  expect(brief(wrong)).toEqual(['inventory.yml:3 bad-range']);
});

test('for people, too, it says how to learn what its codes mean', async () => {
  await hosts('"web[1": {}');
  const { exit, stderr } = await project.call('validate', 'good.yml');
  expect(exit).toBe(2);
  expect(stderr).toMatch(/error bad-range: [\s\S]*What a code means: `runbook explain CODE`\.\n$/);
});

test('a setting of runbook.yml that is wrong is told at its place, in every form', async () => {
  await writeFile(join(project.folder, 'runbook.yml'), 'forks: 5\ninventry: inventory.yml\n');
  const wrong = await diagnostics('good.yml', 'bad.yml');
  expect(wrong).toMatchObject({ exit: 2, stderr: '', found: [{ column: 1, hint: 'Did you mean "inventory"?' }] });
  expect(brief(wrong)).toEqual(['runbook.yml:2 unknown-key']);
  const github = await project.call('validate', 'good.yml', '--format', 'github');
  expect(github.stdout).toMatch(/^::error file=runbook\.yml,line=2,col=1,title=unknown-key::/);
  const text = await project.call('validate', 'good.yml');
  expect(text).toMatchObject({
    exit: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /runbook\.yml:2:1: error unknown-key: [\s\S]*Nothing was touched\. What a code means: `runbook explain CODE`\.\n$/,
    ),
  });
});

test('a playbook that cannot be read is told, and the others are looked at', async () => {
  await writeFile(join(project.folder, 'binary.yml'), Buffer.from([0x66, 0xff, 0x00]));
  const wrong = await diagnostics('binary.yml', 'bad.yml');
  expect(wrong.exit).toBe(2);
  expect(brief(wrong)).toEqual(['binary.yml:null invalid', 'bad.yml:3 unknown-name']);
});

test('a playbook that is not there is a wrong command line: nothing on stdout', async () => {
  const missing = await project.call('validate', 'bad.yml', 'gone.yml', '--format', 'json');
  expect(missing).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining('there is no playbook') });
});

test('the caret stands below what is meant, also where a secret before it is masked', async () => {
  const { stderr } = await project.call('validate', 'bad.yml');
  const [place, line = '', caret = ''] = stderr.split('\n');
  expect(place).toMatch(/bad\.yml:3:53: error unknown-name/);
  expect(line).toContain('name: ********');
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('pod_cdir');
});

test('that nothing uses a value of -e is told where none of the playbooks does, and once', async () => {
  await project.playbook('uses.yml', play('here').replace('/tmp', '/{{ path }}'));
  const warned = async (...names: string[]) => {
    const { exit, stdout, stderr } = await project.run('validate', ...names, '-e', 'path=tmp', '-e', 'none=1');
    return { exit, stdout, told: [...stderr.matchAll(/uses "(\w+)"/g)].map(([, name]) => name) };
  };
  expect((await warned('good.yml')).told).toEqual(['path', 'none']);
  expect(await warned('good.yml', 'uses.yml')).toEqual({
    ...{ exit: 0, told: ['none'], stdout: 'good.yml: valid, 1 warning\nuses.yml: valid\n' },
  });
  const { stdout } = await project.run('validate', 'good.yml', 'uses.yml', '-e', 'path=tmp', '--format', 'json');
  expect(stdout).toBe('[]\n');
});

test('a playbook that is not there hides nothing of those before it', async () => {
  const { exit, stdout, stderr } = await project.run('validate', 'bad.yml', 'good.yml', 'none.yml');
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: 'good.yml: valid\n' });
  expect(stderr).toContain('pod_cdir');
});
