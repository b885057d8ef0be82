import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { readYaml } from '../../src/core/yaml.ts';
import { openWithAge, sealWithAge } from '../../src/secrets/age.ts';
import { Opener } from '../../src/secrets/opener.ts';

// ansible-vault takes seconds to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** Real files of `age` and `ansible-vault`, side by side. */
const folder = mkdtempSync(join(tmpdir(), 'runbook-secrets-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let identity = '';
let recipient = '';
beforeAll(() => {
  execFileSync('age-keygen', ['-o', at('key')], { stdio: 'ignore' });
  recipient = execFileSync('age-keygen', ['-y', at('key')], { encoding: 'utf8' }).trim();
  identity = readFileSync(at('key'), 'utf8').trim().split('\n').at(-1) ?? '';
  writeFileSync(at('password'), 'hunter2\n');
});

function opener({ identities = [identity], passwords = ['wrong', 'hunter2'] } = {}): Opener {
  return new Opener({
    identities: async () => identities,
    passphrase: async () => 'no',
    vaultPasswords: async () => passwords,
    env: { PATH: process.env.PATH },
  });
}

const plain = (text: string, one = opener()) => one.opened(() => one.plain(text, 'vars.yml'));

function vault(...args: string[]): string {
  const env = { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' };
  return execFileSync('ansible-vault', args, { cwd: folder, env, encoding: 'utf8' });
}

/** A file as ansible-vault encrypts it. */
function vaulted(text: string, ...args: string[]): string {
  writeFileSync(at('vault.yml'), text);
  vault('encrypt', ...(args.length > 0 ? args : ['--vault-password-file', 'password']), 'vault.yml');
  return readFileSync(at('vault.yml'), 'utf8');
}

test('what age encrypts is read, armored, and the other way round', async () => {
  const text = 'token: "Grüße, 8-secret"\n';
  const theirs = execFileSync('age', ['-a', '-r', recipient], { input: text, encoding: 'utf8' });
  expect(await plain(theirs)).toBe(text);
  const ours = await sealWithAge(text, [recipient]);
  expect(execFileSync('age', ['-d', '-i', at('key')], { input: ours, encoding: 'utf8' })).toBe(text);
});

test('any text comes back from age as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      expect(await openWithAge(await sealWithAge(text, [recipient]), { identities: [identity] })).toBe(text);
    }),
    { numRuns: 30 },
  );
});

test.each(['token: one\n', '', 'x', 'sixteen letters.', '{"a": [1, "zwölf"]}\n', 'a\n'.repeat(3000)])(
  'a vault of %j is read',
  async (text) => {
    if (text === '') return expect(await plain(text)).toBe('');
    expect(await plain(vaulted(text))).toBe(text);
  },
);

test('a vault with a label (format 1.2) is read', async () => {
  const text = vaulted('a: Secret-Label\n', '--vault-id', 'prod@password', '--encrypt-vault-id', 'prod');
  expect(text).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
  expect(await plain(text)).toBe('a: Secret-Label\n');
});

describe('values in a text', () => {
  test('are decrypted where they stand, and every other line keeps its number', async () => {
    const inline = vault(
      'encrypt_string',
      '--vault-password-file',
      'password',
      '--name',
      'b',
      'Vaulted: "x" {{ y }}',
    ).trimEnd();
    const armored = (await sealWithAge('Aged\n# two', [recipient])).replace(/^(?=.)/gm, '    ');
    const text = `a: 1\n${inline}\nlist:\n  - |\n${armored}  - &x ${inline.slice(3)}\n  - *x\nlast: 2\n`;
    const one = opener();
    const opened = await plain(text, one);
    const { value, faults } = readYaml(opened);
    expect(faults).toEqual([]);
    const b = 'Vaulted: "x" {{ y }}';
    expect(value).toEqual({ a: 1, b, list: ['Aged\n# two', b, b], last: 2 });
    expect(opened.split('\n').indexOf('last: 2')).toBe(text.split('\n').indexOf('last: 2'));
    expect(one.secrets).toEqual(expect.arrayContaining([b, 'Aged\n# two']));
  });

  test('in JSON, also as executables write them', async () => {
    const sealed = vaulted('In-Json').trimEnd();
    const text = JSON.stringify({ a: { __ansible_vault: sealed }, b: await sealWithAge('In-Age', [recipient]) });
    expect(JSON.parse(await plain(text))).toEqual({ a: 'In-Json', b: 'In-Age' });
  });
});

const altered = (text: string) =>
  text.replace(/(\w)(\w+\s*)$/, (_, last: string, rest: string) => (last === '1' ? '2' : '1') + rest);

test.each<[string, () => Promise<string> | string, () => Opener, string]>([
  [
    'a vault with another password',
    () => vaulted('a: 1\n'),
    () => opener({ passwords: ['wrong'] }),
    'no password that was given is its own',
  ],
  ['an altered vault', () => altered(vaulted('a: 1\n')), () => opener({ passwords: ['hunter2'] }), 'was altered'],
  ['a vault that is cut short', () => vaulted('a: 1\n').slice(0, 300), () => opener(), 'it is cut short'],
  ['a vault of another cipher', () => '$ANSIBLE_VAULT;1.1;AES\n00\n', () => opener(), 'only AES256 is known'],
  [
    'age for others',
    () => sealWithAge('a: 1\n', [recipient]),
    () => opener({ identities: [] }),
    'none of your identities',
  ],
  [
    'age that is cut short',
    async () => (await sealWithAge('a: 1\n', [recipient])).slice(0, 200),
    () => opener(),
    'it is cut short',
  ],
])('%s: refused with its place', async (_, make, one, message) => {
  const failure = await plain(await make(), one()).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(Failure);
  expect((failure as Failure).message).toContain('vars.yml cannot be decrypted: ');
  expect((failure as Failure).message).toContain(message);
});

test('what is in a file is secret: texts and numbers of four characters, not how to connect, not names', async () => {
  const one = opener();
  await plain(
    vaulted(
      'name: { pin: 12345, short: abc, on: true, deep: [Deep-Secret] }\nansible_user: admin\nansible_password: Pass-Word\n',
    ),
    one,
  );
  expect(one.secrets.toSorted()).toEqual(['12345', 'Deep-Secret', 'Pass-Word']);
});
