import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { shellLine, stdinText } from '../../src/hosts/shell-line.ts';

const shells = ['dash', 'bash', 'busybox sh'];

function evaluate(shell: readonly string[], line: string, options: { input?: string; path?: string } = {}) {
  const [program = '', ...args] = shell;
  const env = { ...process.env, PATH: options.path ?? process.env.PATH };
  const done = spawnSync(program, [...args, '-c', line], { input: options.input ?? 'the shell itself has this', env });
  return { stdout: done.stdout.toString(), stderr: done.stderr.toString(), exit: done.status };
}

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\0', '0')),
  fc.constantFrom(
    '',
    "'",
    "''",
    '\\',
    '$(id)',
    '`id`',
    '-n',
    '--',
    '\n',
    ' ',
    '*',
    '~',
    '!',
    '#',
    '{',
    'a=b',
    'é',
    '\r',
    '\\n',
  ),
);

describe.each(shells)('%s', (shell) => {
  const program = shell.split(' ');

  test('any words arrive as they are', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (args) => {
        const { stdout } = evaluate(program, shellLine({ argv: ['/usr/bin/printf', '%s\\0', ...args] }));
        expect(stdout.split('\0').slice(0, -1)).toEqual(args);
      }),
      { numRuns: 60 },
    );
  });

  test('any stdin and environment arrive as they are', () => {
    fc.assert(
      fc.property(word, word, (stdin, value) => {
        const command = { argv: ['sh', '-c', 'cat; printf %s "$VALUE"'], stdin, env: { VALUE: value } };
        expect(evaluate(program, shellLine(command)).stdout).toBe(stdin + value);
      }),
      { numRuns: 40 },
    );
  });

  test('stdin that no argument and no pipe could hold at once arrives', () => {
    const stdin = "it's\n".repeat(60_000);
    const line = shellLine({ argv: ['cksum'], stdin });
    const [program0 = '', ...args] = program;
    const asScript = spawnSync(program0, args, { input: line }).stdout.toString();
    expect(asScript).toBe(spawnSync('cksum', { input: stdin }).stdout.toString());
  });

  test('without stdin the command reads nothing, not what the shell reads', () => {
    expect(evaluate(program, shellLine({ argv: ['cat'] })).stdout).toBe('');
  });

  test('keywords and builtins are just words', () => {
    expect(evaluate(program, shellLine({ argv: ['if'] })).exit).toBe(127);
  });
});

describe('become', () => {
  let bin: string;
  /** Stand-ins for sudo, whose own stdin handling is what matters: one that asks for a password, one that does not. */
  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), 'runbook-sudo-'));
    const sudo = (name: string, before: string) => {
      const text = `#!/bin/sh\n${before}\necho "$1 $2 $3 $4" >&2\nwhile [ "$1" != -- ]; do shift; done; shift\nexec "$@"\n`;
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    };
    sudo('sudo', '[ "$1" = -S ] && IFS= read -r password && echo "password: $password" >&2');
    sudo('sudo-that-does-not-ask', '');
  });
  afterAll(() => rmSync(bin, { recursive: true }));

  const command: Command = { argv: ['cat'], stdin: 'first\nsecond', become: 'root' };
  const run = (line: string) => evaluate(['dash'], line, { path: `${bin}:${process.env.PATH}` });

  test('by sudo, which must not ask', () => {
    expect(run(shellLine(command))).toMatchObject({ stdout: 'first\nsecond', stderr: '-n -u root --\n' });
  });

  test('the environment is set behind sudo, which would clear it', () => {
    expect(shellLine({ argv: ['true'], env: { A: 'b' }, become: 'root' })).toBe(
      `'sudo' '-n' '-u' 'root' '--' 'env' 'A=b' 'true' </dev/null`,
    );
  });

  test('in the way that the command names, whatever the host knows', () => {
    const line = shellLine({ argv: ['true'], become: 'root', becomeMethod: 'doas' }, { becomeMethod: 'su' });
    expect(line).toBe(`'doas' '-n' '-u' 'root' '--' 'true' </dev/null`);
  });

  test('with a password: sudo gets it, the command only its own stdin', () => {
    const line = shellLine(command, { becomePassword: "it's" });
    expect(run(line)).toMatchObject({ stdout: 'first\nsecond', stderr: "password: it's\n-S -p  -u\n" });
  });

  test('with a password that sudo does not ask for, the command never sees it', () => {
    const line = shellLine(command, { becomePassword: 'secret' }).replace("'sudo'", "'sudo-that-does-not-ask'");
    expect(run(line)).toMatchObject({ stdout: 'first\nsecond' });
  });

  test('with a password and no stdin the command reads nothing', () => {
    expect(run(shellLine({ argv: ['cat'], become: 'root' }, { becomePassword: 'secret' })).stdout).toBe('');
  });

  test('the password is not an argument', () => {
    const line = shellLine(command, { becomePassword: 'secret', stdin: 'inherit' });
    expect(line).not.toContain('secret');
    expect(stdinText(command, 'secret')).toContain('secret\n');
  });
});

describe('refused', () => {
  test.each([
    ['NUL in an argument', { argv: ['a\0b'] }],
    ['NUL in stdin', { argv: ['cat'], stdin: '\0' }],
    ['no program', { argv: [] }],
    ['an empty program', { argv: [''] }],
    ['a name that no variable can have', { argv: ['true'], env: { 'A-B': '1' } }],
    ['a program that env takes for a variable', { argv: ['a=b'], env: { A: '1' } }],
  ])('%s', (_name, command) => {
    expect(() => shellLine(command)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
