import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ran, TestProject } from '../support/cli.ts';
import { hardSecret, spelledByOthers } from '../support/planted.ts';

/** Real runs on the machine itself, whose files and answers are full of the inventory's passwords. */
let project: TestProject;
let host: string;
const becomeSecret = 'Correct-Horse9';
const plainSecret = 'xk7';

beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  host = join(project.folder, 'host');
  await mkdir(host);
  await mkdir(join(project.folder, 'playbooks'));
  await writeFile(
    join(project.folder, 'inventory.yml'),
    [
      'all:',
      '  hosts:',
      `    here: { ansible_connection: local, ansible_password: ${JSON.stringify(hardSecret)} }`,
      `    there: { ansible_connection: local, ansible_password: ${plainSecret}, ansible_become_password: ${becomeSecret} }`,
      '',
    ].join('\n'),
  );
});
afterEach(() => project.remove());

const secrets = [hardSecret, becomeSecret, plainSecret];

/** What is in any base64 that has the secret in it. */
function cores(secret: string): string[] {
  return [0, 1, 2].map((n) =>
    Buffer.from('x'.repeat(n) + secret)
      .toString('base64')
      .slice(n === 0 ? 0 : 4, -4),
  );
}

/** Each secret as it may stand somewhere, and as it then stands in a line of JSON. */
const needles = (() => {
  const spelled = secrets.flatMap((secret) =>
    secret.length < 4 ? [secret] : [...Object.values(spelledByOthers(secret)), ...cores(secret)],
  );
  const texts = spelled.map((text) => text.trim());
  return [...new Set([...texts, ...texts.map((text) => JSON.stringify(text).slice(1, -1))])];
})();

/** Every file that runs have left, and where it is. */
async function left(): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for (const top of ['.runbook', 'records']) {
    const folder = join(project.folder, top);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      found.push({ path: relative(project.folder, path), text: await readFile(path, 'utf8') });
    }
  }
  return found;
}

function expectNone(what: string, text: string): void {
  for (const needle of needles) expect(text.includes(needle), `${needle} in ${what}`).toBe(false);
}

/** The secrets in all their spellings, as a host's file may hold them. */
async function plant(name: string, short = true): Promise<void> {
  const lines = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => Object.entries(spelledByOthers(secret)).map(([kind, text]) => `# ${kind}: ${text}`));
  await writeFile(join(host, name), `${lines.join('\n')}\n${short ? `short: ${plainSecret}\n` : ''}`);
}

const playbook = `- name: Full of secrets
  hosts: here, there
  tasks:
    - name: Change a file that holds them
      when: inventory_hostname == "here"
      line: { path: "{{ folder }}/full", line: "one more" }
    - name: Say them
      run_once: true
      command: { shell: 'cat "{{ folder }}/full"; cat "{{ folder }}/full" >&2; {{ ending }}', undo: ["true"] }
    - name: In two writes
      run_once: true
      command: { shell: 'printf %s Correct-; printf %s\\\\n Horse9; {{ ending }}', undo: ["true"] }
  verify:
    - name: The line is there
      when: inventory_hostname == "here"
      line: { path: "{{ folder }}/full", line: "one more" }
`;

const playing = () => ['play', 'full.yml', '-e', `folder=${host}`, '--diff'];
const play = (...args: string[]): Promise<Ran> => project.call(...playing(), ...args);

/** Rows are written to the process's own streams: there the program is a process of its own, and all that leaves it is searched. */
const starts = (output: string) => (output === 'rows' ? 'run' : 'call');

describe.each(['plain', 'ndjson', 'rows'])('shown as %s', (output) => {
  test.each([
    ['kept', 'true', 0],
    ['undone', 'exit 7', 3],
  ])('a run that is %s leaves and shows no secret in any spelling', async (_, ending, exit) => {
    await plant('full');
    await project.playbook('playbooks/full.yml', playbook);
    const ran = await project[starts(output)](...playing(), '-e', `ending=${ending}`, '-o', output);
    expect(ran.exit, ran.stdout + ran.stderr).toBe(exit);
    expectNone('standard output', ran.stdout);
    expectNone('standard error', ran.stderr);
    const files = await left();
    expect(files.map(({ path }) => path.split('/').at(-1)).sort()).toEqual(
      expect.arrayContaining([
        'README.md',
        'before.yml',
        'history.jsonl',
        'inputs.json',
        'journal.jsonl',
        'summary.json',
      ]),
    );
    for (const { path, text } of files) expectNone(path, text);
    const { text } = files.find(({ path }) => path.endsWith('journal.jsonl')) ?? { text: '' };
    expect(text.split('********').length).toBeGreaterThan(100);
    const shown = await project[starts(output)]('show', 'last');
    expectNone('show', shown.stdout + shown.stderr);
    expect((await project.call('verify-record')).exit).toBe(0);
  });
});

test('what is wrong with a playbook is told without the secrets that stand there', async () => {
  await project.playbook(
    'playbooks/full.yml',
    `- hosts: here\n  tasks:\n    - fiel: { path: /x, content: ${becomeSecret} }\n`,
  );
  const { exit, stderr } = await play();
  expect(exit).toBe(2);
  expect(stderr).toContain('fiel');
  expectNone('standard error', stderr);
});

test('a state that held a secret is not written back from the journal: a person is told', async () => {
  await plant('full', false);
  await writeFile(join(host, 'clean'), 'nothing\n********\n');
  const before = await readFile(join(host, 'full'), 'utf8');
  const line = (file: string) => `line: { path: "${host}/${file}", line: "one more" }`;
  await project.playbook(
    'playbooks/full.yml',
    `- hosts: here\n  tasks:\n    - name: A\n      ${line('full')}\n    - name: B\n      ${line('clean')}\n  verify:\n    - name: C\n      ${line('clean')}\n`,
  );
  expect((await play()).exit).toBe(0);
  const changed = await readFile(join(host, 'full'), 'utf8');
  const [run = ''] = await readdir(join(project.folder, '.runbook/runs'));
  const { exit, stdout } = await project.call('rollback', run);
  expect(stdout).toContain('it holds a secret, which is not recorded');
  expect(exit).toBe(4);
  expect(await readFile(join(host, 'full'), 'utf8')).toBe(changed);
  expect(changed).toContain(before.slice(0, -1));
  expect(await readFile(join(host, 'clean'), 'utf8')).toBe('nothing\n********\n');
});

test('what a run leaves has no password that another beats, of an older name, or of a key', async () => {
  const others = ['Beaten-by-e9', 'Older-Name-8', 'Of-the-key-7', 'Of-nobody-6'];
  const [beaten, older, key, nobody] = others;
  await writeFile(
    join(project.folder, 'inventory.yml'),
    `all:
  hosts:
    here:
      { ansible_connection: local, ansible_become_password: ${beaten}, ansible_become_pass: ${older} }
  vars: { ansible_ssh_private_key_passphrase: ${key} }
  children: { nobody: { vars: { ansible_password: ${nobody} } } }
`,
  );
  await project.playbook(
    'playbooks/full.yml',
    '- hosts: here\n  verify:\n    - name: A\n      command: { argv: ["true"] }\n      changed_when: false\n',
  );
  const ran = await project.call('audit', 'full.yml', '-e', `ansible_become_password=${becomeSecret}`);
  expect(ran.exit, ran.stdout + ran.stderr).toBe(0);
  for (const { path, text } of await left())
    for (const secret of [...others, becomeSecret]) expect(text.includes(secret), `${secret} in ${path}`).toBe(false);
});

test('a run whose inventory has passwords can be played again against its answers', async () => {
  const line = `line: { path: "${host}/clean", line: "one more" }`;
  await writeFile(join(host, 'clean'), 'one\n');
  await project.playbook(
    'playbooks/full.yml',
    `- hosts: here\n  tasks:\n    - name: A\n      ${line}\n  verify:\n    - name: B\n      ${line}\n`,
  );
  const played = await play();
  expect(played.exit, played.stdout).toBe(0);
  const { exit, stdout } = await project.call('replay', '--dry', 'last');
  expect(stdout).toContain('all as recorded');
  expect(exit).toBe(0);
});

test.each(['plain', 'ndjson', 'rows'])(
  'a secret task: what it says and finds is nowhere, shown as %s',
  async (output) => {
    const [said, found, part] = ['brewed-at-midnight', 'an-old-password-7', 'half-of-it'];
    await writeFile(join(host, 'held'), `password: ${found}\n`);
    await project.playbook(
      'playbooks/full.yml',
      `- name: Secret tasks
  hosts: here
  tasks:
    - name: Learn it
      register: learnt
      secret: true
      command:
        argv: [sh, -c, 'echo "$1"; echo "$1" >&2', sh, '{"whole": "${said}", "part": "${part}"}']
        undo: [echo, ${said}]
    - name: Use it
      file: { path: "${host}/used", content: "<{{ learnt.stdout }}>\\n" }
    - name: Use a part of it
      line: { path: "${host}/used", line: "<{{ json(learnt.stdout).part }}>" }
    - name: Write it over what is held
      secret: true
      environment: { TOKEN: "{{ learnt.stdout }}" }
      file: { path: "${host}/held", content: "{{ learnt.stdout }}" }
    - name: Say what is held
      run_once: true
      secret: true
      command: { shell: 'cat "${host}/held"; exit {{ ending }}', undo: ["true"] }
  verify:
    - name: It is held
      secret: true
      file: { path: "${host}/held", content: "{{ learnt.stdout }}" }
`,
    );
    const texts = [said, found, part];
    const none = (what: string, text: string) => {
      for (const one of texts) expect(text.includes(one), `${one} in ${what}`).toBe(false);
    };
    for (const [ending, exit] of [
      ['1', 3],
      ['0', 0],
    ] as const) {
      const ran = await project[starts(output)](...playing(), '-e', `ending=${ending}`, '-o', output);
      expect(ran.exit, ran.stdout + ran.stderr).toBe(exit);
      none('what is shown', ran.stdout + ran.stderr);
      expect((await readFile(join(host, 'held'), 'utf8')).includes(ending === '0' ? said : found)).toBe(true);
    }
    const shown = await project.call('show', 'last');
    none('show', shown.stdout + shown.stderr);
    // The playbook's own text is among the inputs.
    const files = (await left()).filter(({ path }) => !path.endsWith('inputs.json'));
    expect(files.length).toBeGreaterThan(5);
    for (const { path, text } of files) none(path, text);
  },
);

test('what a secret task has found is masked too where the label of a turn is cut in it', async () => {
  const [secret, front] = ['S3cretPassword-xyz-0123456789', 'S3cre'];
  await writeFile(join(host, 'token'), secret);
  await project.playbook(
    'playbooks/full.yml',
    `- name: Turns
  hosts: here
  tasks:
    - name: Learn it
      register: token
      secret: true
      changed_when: false
      command: { argv: [cat, "${host}/token"] }
    - name: Write
      loop: [{ account: "administrator-of-the-database-eu-1", secret: "{{ token.stdout }}" }]
      file: { path: "${host}/account", content: "{{ item.account }}" }
    - name: Fail
      loop: [{ account: "administrator-of-the-database-eu-1", secret: "{{ token.stdout }}" }]
      command: { argv: [sh, -c, "echo {{ token.stdout }}; exit 7"], undo: ["true"] }
`,
  );
  const ran = await play();
  expect(ran.exit, ran.stdout + ran.stderr).toBe(3);
  expect(ran.stdout + ran.stderr).not.toContain(front);
  const files = await left();
  expect(files.find(({ path }) => path.endsWith('journal.jsonl'))?.text).toContain('********…');
  for (const { path, text } of files) expect(text.includes(front), path).toBe(false);
});

test('everything that a run leaves is for its owner only, whatever the umask', async () => {
  await plant('full');
  await project.playbook('playbooks/full.yml', playbook);
  await mkdir(join(project.folder, '.runbook'));
  await chmod(join(project.folder, '.runbook'), 0o777);
  const program = project.commandLine('play', 'full.yml', '-e', `folder=${host}`, '-e', 'ending=true');
  execFileSync('sh', ['-c', 'umask 000; exec "$@"', 'sh', ...program], { cwd: project.folder });
  const seen: string[] = [];
  for (const top of ['.runbook', 'records']) {
    const folder = join(project.folder, top);
    for (const path of ['.', ...(await readdir(folder, { recursive: true }))]) {
      const { mode } = await lstat(join(folder, path));
      const kind = (mode & 0o170000) === 0o040000 ? 'folder' : 'file';
      expect(`${kind} ${(mode & 0o777).toString(8)} ${path}`).toBe(`${kind} ${kind === 'folder' ? 700 : 600} ${path}`);
      seen.push(path.split('/').at(-1) ?? '');
    }
  }
  expect(seen).toEqual(
    expect.arrayContaining(['journal.jsonl', 'inputs.json', 'summary.json', 'record.json', 'README.md']),
  );
});
