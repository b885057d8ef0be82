import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { TestProject } from '../support/cli.ts';
import { hardSecret, spelledByOthers } from '../support/planted.ts';

// Each has the program do many things.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

/** Real runs on the machine itself, with secrets of age, Ansible Vault and sops in its variables. */
let project: TestProject;
const at = (name: string) => join(project.folder, name);
const aged = 'From-Age-Secret1';
const vaulted = 'From-Vault-Secret2';
const sopsed = 'From-Sops-Secret3';
const given = 'From-Extra-Secret4';
/** Long enough not to be in a digest or a time by chance. */
const pin = 864_207_531_975;
const secrets = [aged, vaulted, sopsed, given, hardSecret];
const env = process.env.PATH;

/** As Ansible itself writes it; once, since it takes its time. */
let ofVault: string;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vault-'));
  await writeFile(join(folder, 'password'), 'hunter2\n');
  const words = ['encrypt_string', '--vault-password-file', 'password', '--name', 'vaulted', vaulted];
  ofVault = execFileSync('ansible-vault', words, {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' },
    encoding: 'utf8',
  });
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  execFileSync('age-keygen', ['-o', at('key')], { stdio: 'ignore' });
  const recipient = execFileSync('age-keygen', ['-y', at('key')], { encoding: 'utf8' }).trim();
  await writeFile(
    at('runbook.yml'),
    `inventory: inventory.yml\nsecrets: { recipients: [${recipient}], identities: [key] }\nvault_password_file: password\n`,
  );
  await writeFile(at('password'), 'hunter2\n');
  await mkdir(at('group_vars/all'), { recursive: true });
  await writeFile(at('inventory.yml'), 'all: { hosts: { here: { ansible_connection: local } } }\n');
  await writeFile(at('group_vars/all/age.yml'), `aged: ${aged}\nhard: ${JSON.stringify(hardSecret)}\npin: ${pin}\n`);
  await writeFile(at('extra.yml'), `given: ${given}\n`);
  for (const file of ['group_vars/all/age.yml', 'extra.yml'])
    expect((await project.call('secret', 'encrypt', file)).stderr).toBe('');
  await writeFile(at('group_vars/all/vault.yml'), `${ofVault}\nansible_become_password: "{{ vaulted }}"\n`);
  await mkdir(at('bin'));
  // Speaks what sops documents: `sops -d FILE`.
  await writeFile(at('bin/sops'), `#!/bin/sh\n[ "$1" = -d ] && grep -q ENC "$2" && echo 'sopsed: ${sopsed}'\n`);
  await chmod(at('bin/sops'), 0o755);
  await writeFile(at('sops.yml'), 'sopsed: ENC[AES256_GCM,data:xx]\nsops:\n  mac: ENC[xx]\n');
  process.env.PATH = `${at('bin')}:${env}`;
  await project.playbook('p.yml', playbook);
});
afterEach(() => {
  process.env.PATH = env;
  return project.remove();
});

const playbook = `- name: With secrets
  hosts: here
  vars_files: [sops.yml]
  tasks:
    - name: Write them
      file: { path: "{{ folder }}/out", content: "{{ aged }} {{ vaulted }} {{ sopsed }} {{ given }}\\n" }
    - name: Say them
      command: { shell: 'cat "{{ folder }}/out" "{{ folder }}/planted"; echo {{ string(pin) }}', undo: ["true"] }
  verify:
    - name: They are there
      file: { path: "{{ folder }}/out", content: "{{ aged }} {{ vaulted }} {{ sopsed }} {{ given }}\\n" }
`;

const args = () => ['-e', `folder=${project.folder}`, '-e', '@extra.yml'];

const spelled = secrets.flatMap((secret) => Object.values(spelledByOthers(secret)));
const needles = [...new Set([...spelled.map((text) => text.trim()), String(pin)])];

async function plant(): Promise<void> {
  await writeFile(at('planted'), `${spelled.join('\n')}\n`);
}

function expectNone(what: string, text: string): void {
  for (const needle of needles) expect(text.includes(needle), `${needle} in ${what}`).toBe(false);
}

async function expectNoneLeft(): Promise<void> {
  for (const top of ['.runbook', 'records']) {
    const entries = await readdir(at(top), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      expectNone(path, await readFile(path, 'utf8'));
    }
  }
}

test('a run leaves and shows none of them in any spelling; rollback decrypts again', async () => {
  await plant();
  const ran = await project.run('play', 'p.yml', ...args(), '--diff');
  expect(ran.exit, ran.stdout + ran.stderr).toBe(0);
  expect(await readFile(at('out'), 'utf8')).toBe(`${aged} ${vaulted} ${sopsed} ${given}\n`);
  expectNone('the screen', ran.stdout + ran.stderr);
  await expectNoneLeft();
  const [run = ''] = await readdir(at('.runbook/runs'));
  const inputs = await readFile(at(`.runbook/runs/${run}/inputs.json`), 'utf8');
  expect(inputs).toContain('BEGIN AGE ENCRYPTED FILE');
  expect(inputs).toContain('$ANSIBLE_VAULT;1.1');
  expect((await project.call('replay', '--dry', run)).stdout).toContain('Secrets are masked in the recorded answers');
  const back = await project.run('rollback', run);
  expect(back.exit, back.stdout).toBe(0);
  expect(existsSync(at('out'))).toBe(false);
  expectNone('the screen', back.stdout + back.stderr);
  await expectNoneLeft();
  expect((await project.call('play', 'p.yml', ...args())).exit).toBe(0);
  await writeFile(at('key'), '# nothing\n');
  const without = await project.call('rollback', 'last');
  expect(without).toMatchObject({ exit: 2, stderr: expect.stringContaining('cannot be decrypted') });
});

test.each(['--json', '--list', '--host here --json', '--graph --vars', ''])(
  'an inventory is shown without them, and can be read: %s',
  async (options) => {
    const { stdout } = await project.call('inventory', ...options.split(' ').filter((word) => word !== ''));
    for (const secret of [aged, vaulted, String(pin)]) expect(stdout).not.toContain(secret);
    if (!options.includes('--graph')) expect(JSON.stringify(parse(stdout))).toContain('"pin":');
  },
);

test('a run whose secrets are not read back can be played again against its answers, with the key', async () => {
  await project.playbook(
    'say.yml',
    '- hosts: here\n  tasks:\n    - command: { shell: \'echo {{ aged }} {{ vaulted }} {{ given }}\', undo: ["true"] }\n',
  );
  expect((await project.call('play', 'say.yml', ...args())).exit).toBe(0);
  const replayed = await project.call('replay', '--dry', 'last');
  expect(replayed, replayed.stdout).toMatchObject({ exit: 0, stdout: expect.stringContaining('all as recorded') });
  await writeFile(at('password'), 'other\n');
  expect(await project.call('replay', '--dry', 'last')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('no password that was given is its own'),
  });
});

test('a plan has none of them, apply needs none of it, and a changed secret is noticed', async () => {
  await plant();
  const planned = await project.call('plan', 'p.yml', ...args(), '-o', 'change.plan');
  expect(planned.exit, planned.stderr).toBe(5);
  const text = await readFile(at('change.plan'), 'utf8');
  expectNone('the plan', text);
  expect(text).toContain('extra_files:\n  - extra.yml\n');
  const before = await readFile(at('group_vars/all/age.yml'), 'utf8');
  await writeFile(at('new.yml'), `aged: Another\nhard: x\npin: 1\n`);
  await project.call('secret', 'encrypt', 'new.yml', '-o', 'group_vars/all/age.yml');
  expect(await project.call('apply', 'change.plan')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('group_vars/all/age.yml: its text has changed'),
  });
  await writeFile(at('group_vars/all/age.yml'), before);
  const applied = await project.call('apply', 'change.plan');
  expect(applied.exit, applied.stdout + applied.stderr).toBe(0);
  expect(await readFile(at('out'), 'utf8')).toContain(given);
  expectNone('the screen', applied.stdout + applied.stderr);
});

test('mistakes in what was decrypted are told without it', async () => {
  await writeFile(at('extra.yml'), `given: [${given}\n`);
  await project.call('secret', 'encrypt', 'extra.yml');
  const { exit, stdout, stderr } = await project.call('validate', 'p.yml', ...args());
  expect(exit).toBe(2);
  expect(stderr).toContain('extra.yml:1:8: error yaml');
  expectNone('the screen', stdout + stderr);
});

test('a run whose controller was killed is gone on with: what is encrypted is read again, and nothing of it is left', async () => {
  await writeFile(
    at('p.yml'),
    `- hosts: here
  vars_files: [sops.yml]
  tasks:
    - name: Write it
      file: { path: "{{ folder }}/out", content: "{{ aged }} {{ sopsed }}\\n" }
    - name: Wait
      command: { shell: 'touch "{{ folder }}/waits"; until [ -e "{{ folder }}/go" ]; do sleep 0.1; done', creates: "{{ folder }}/go" }
    - name: Write another
      file: { path: "{{ folder }}/more", content: "{{ vaulted }} {{ given }}\\n" }
  verify:
    - file: { path: "{{ folder }}/more", content: "{{ vaulted }} {{ given }}\\n" }
`,
  );
  const { child, ended } = project.start('play', 'p.yml', ...args());
  await vi.waitFor(() => expect(existsSync(at('waits'))).toBe(true), { timeout: 30_000 });
  child.kill('SIGKILL');
  await ended;
  await writeFile(at('go'), '');
  const resumed = await project.call('resume', 'last');
  expect(resumed, resumed.stderr).toMatchObject({ exit: 0 });
  expect(await readFile(at('out'), 'utf8')).toBe(`${aged} ${sopsed}\n`);
  expect(await readFile(at('more'), 'utf8')).toBe(`${vaulted} ${given}\n`);
  expectNone('what it said', resumed.stdout + resumed.stderr);
  await expectNoneLeft();
});

test.each([
  ['as in Ansible, one that may be executed is run', 'give.sh', '[ $# = 0 ] && echo hunter2', 'default'],
  [
    'a client is told which label is wanted',
    'give-client.sh',
    '[ "$1 $2" = "--vault-id prod" ] && echo hunter2',
    'prod',
  ],
])('a file for a password of Ansible Vault: %s', async (_, name, text, label) => {
  await writeFile(at(name), `#!/bin/sh\n${text}\n`, { mode: 0o700 });
  await writeFile(
    at('runbook.yml'),
    (await readFile(at('runbook.yml'), 'utf8')).replace(/vault_password_file.*\n/, ''),
  );
  const opened = await project.call('validate', 'p.yml', ...args(), '--vault-id', `${label}@${name}`);
  expect(opened, opened.stderr).toMatchObject({ exit: 0 });
  await writeFile(at(name), '#!/bin/sh\nexit 3\n', { mode: 0o700 });
  const failed = await project.call('validate', 'p.yml', ...args(), '--vault-id', `${label}@${name}`);
  expect(failed).toMatchObject({ exit: 2, stderr: expect.stringMatching(/exit code 3[\s\S]*it is run/) });
});

test('without the command sops: what is missing is said', async () => {
  process.env.PATH = '/usr/bin:/bin';
  expect(await project.call('validate', 'p.yml', ...args())).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('there is no command sops on the path'),
  });
});

test('SIGTERM while it is edited ends the editor; the file is as it was, and nothing is left of the text', async () => {
  const file = 'group_vars/all/age.yml';
  const before = await readFile(at(file), 'utf8');
  await writeFile(
    at('editor'),
    `#!/bin/sh\necho "$1" >"${at('edits')}.new" && mv "${at('edits')}.new" "${at('edits')}"\nexec sleep 60\n`,
    {
      mode: 0o700,
    },
  );
  process.env.EDITOR = at('editor');
  const { child, ended } = project.start('secret', 'edit', file);
  delete process.env.EDITOR;
  await vi.waitFor(() => expect(existsSync(at('edits'))).toBe(true), { timeout: 30_000 });
  const text = (await readFile(at('edits'), 'utf8')).trim();
  expect(await readFile(text, 'utf8')).toContain(aged);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ exit: 2, stderr: expect.stringContaining('the editor ended with SIGTERM') });
  expect(existsSync(text)).toBe(false);
  expect(await readFile(at(file), 'utf8')).toBe(before);
});

test('edit: written only when changed, and nothing is left of it; rekey and decrypt', async () => {
  const file = 'group_vars/all/age.yml';
  const before = await readFile(at(file), 'utf8');
  process.env.EDITOR = 'true';
  expect((await project.call('secret', 'edit', file)).exit).toBe(0);
  expect(await readFile(at(file), 'utf8')).toBe(before);
  process.env.EDITOR = 'false';
  expect((await project.call('secret', 'edit', file)).stderr).toContain('the editor ended with 1');
  process.env.EDITOR = 'sed -i s/From-Age/Changed/';
  expect((await project.call('secret', 'edit', file)).exit).toBe(0);
  delete process.env.EDITOR;
  expect((await project.call('secret', 'rekey', file, 'extra.yml')).exit).toBe(0);
  expect((await project.call('secret', 'decrypt', file)).stdout).toContain('aged: Changed-Secret1\n');
  expect((await readdir('/dev/shm')).filter((name) => name.startsWith('runbook-secret-'))).toEqual([]);
  expect((await project.call('secret', 'rekey', file, 'group_vars/all/vault.yml')).stderr).toContain('nothing in');
  expect((await project.call('secret', 'edit', 'inventory.yml')).stderr).toContain(
    'is not a file that age has encrypted',
  );
});
