import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readExtraVars } from '../../src/cli/extra-vars.ts';
import { disk } from '../../src/cli/files.ts';
import { findProject } from '../../src/cli/project.ts';
import { Failure } from '../../src/core/failure.ts';
import { checkout } from '../support/cli.ts';
import { expectListed, inputs, playbook } from './loading.ts';
import { nastyTexts } from './noise.ts';

const { folder, at, put, loaded } = inputs();

describe('a file that is none', () => {
  /** Something that stands at a path where a file is expected, and the words that say so. */
  const things: readonly (readonly [string, RegExp, (path: string) => void])[] = [
    ['a folder', /is a folder/, (path) => mkdirSync(path)],
    ['a pipe', /a pipe or a device/, (path) => execFileSync('mkfifo', [path])],
    ['a device', /a pipe or a device/, (path) => symlinkSync('/dev/zero', path)],
    ['a loop of links', /cannot be read: ELOOP/, (path) => symlinkSync(path, path)],
    [
      '50 MB',
      /limit is/,
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 50_000_000);
      },
    ],
    ['UTF-16', /is UTF-16/, (path) => writeFileSync(path, Buffer.from(`\ufeff${playbook}`, 'utf16le'))],
    ['bytes', /is not UTF-8/, (path) => writeFileSync(path, Buffer.from([0x61, 0xff, 0xfe, 0x0a]))],
    [
      'a file of the kernel without an end',
      /cannot be read|is not|limit is/,
      (path) => symlinkSync('/proc/kmsg', path),
    ],
  ];

  test.each(things)('%s', async (name, says, make) => {
    const path = at(`thing-${name.replaceAll(' ', '-')}`);
    make(path);
    // As an inventory a folder is one of files, here of none.
    if (name === 'a folder') expectListed(await loaded({ inventory: path }));
    for (const files of [{ playbook: path }, ...(name === 'a folder' ? [] : [{ inventory: path }])]) {
      const result = await loaded(files);
      expect(result).toBeInstanceOf(Failure);
      expect(result).toMatchObject({ code: 'invalid', message: expect.stringMatching(says), hint: expect.any(String) });
    }
    const src = await loaded({ playbook: put('src.yml', playbook.replace('a.txt', path)) });
    expect(src).toMatchObject({ plays: [], errors: [expect.stringMatching(/src\.yml:3:\d+: error bad-source/)] });
    const project = at(`project-of-${name.replaceAll(' ', '-')}`);
    mkdirSync(project);
    symlinkSync(path, join(project, 'runbook.yml'));
    // A link that leads nowhere is no project file.
    if (name !== 'a loop of links') expect(() => findProject(project)).toThrow(Failure);
  });

  test('one without permission', async () => {
    const path = put('secret.yml', playbook);
    chmodSync(path, 0o000);
    chmodSync(folder.path, 0o755);
    const asNobody = `
      process.setuid(65534);
      const { disk } = await import(${JSON.stringify(join(checkout, 'dist/cli/files.js'))});
      try { disk.read(${JSON.stringify(path)}); } catch (thrown) { console.log(thrown.name, thrown.code, thrown.message); }`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', asNobody], { encoding: 'utf8' });
    expect(said).toMatch(/^Failure invalid .*secret\.yml cannot be read: EACCES/);
  });

  test('none, or an empty one', async () => {
    expectListed(await loaded({ playbook: at('nothing.yml') }));
    expectListed(await loaded({ inventory: at('nothing.yml') }));
    for (const text of ['', '\n', '---\n', '# nothing\n', 'null\n', '\ufeff']) {
      const result = await loaded({ playbook: put('empty.yml', text) });
      expect(result).toMatchObject({ plays: [], errors: [expect.stringMatching(/empty\.yml:1:\d: error empty/)] });
      expectListed(await loaded({ inventory: put('empty-hosts.yml', text) }));
    }
  });

  test('any readable path may be named, as in Ansible, also by a link or with dots', async () => {
    mkdirSync(at('deep/down'), { recursive: true });
    put('outside.txt', 'text\n');
    symlinkSync(at('outside.txt'), at('deep/down/link.txt'));
    for (const src of ['../../outside.txt', 'link.txt', at('outside.txt')]) {
      const result = await loaded({ playbook: put('deep/down/play.yml', playbook.replace('a.txt', src)) });
      expect(result).toMatchObject({ errors: [] });
    }
  });
});

describe('names of JavaScript everywhere', () => {
  const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', '__proto__', '__defineGetter__'];

  test.each(names)('%s as a host, a group, a variable, a registered name, an argument', async (name) => {
    const hosts = put(
      'names.yml',
      `all:\n  vars: { ${name}: 1 }\n  children:\n    ${name}: { hosts: { ${name}x: } }\n  hosts: { ${name}: , web1: }\n`,
    );
    const ini = put('names.ini', `${name}\nweb1 ${name}=1\n[${name}]\n${name}x\n[${name}:vars]\n${name}=2\n`);
    const plays = [
      `- hosts: "${name}"\n  vars: { ${name}: 1 }\n  verify:\n    - verify_ping: { target: a }\n      register: ${name}\n`,
      `- hosts: web1\n  verify:\n    - verify_ping: { target: "{{ ${name} }}", ${name}: 1 }\n`,
      `- hosts: web1\n  ${name}: 1\n  verify:\n    - ${name}: { target: a }\n`,
      `- hosts: web1\n  verify:\n    - verify_ping: { target: "{{ host.${name} }}" }\n      when: hostvars["${name}"].${name} == 1\n`,
      `- hosts: web1\n  verify:\n    - verify_ping: { target: "{{ host['${name}'] }}{{ groups.${name} }}" }\n`,
    ];
    for (const text of plays) {
      for (const where of [hosts, ini]) {
        expectListed(await loaded({ playbook: put('names-play.yml', text), inventory: where }));
        expectListed(await loaded({ playbook: put('names-play.yml', text), inventory: where, extra: [`${name}=1`] }));
        expectListed(
          await loaded({ playbook: put('names-play.yml', text), inventory: where, extra: [`{"${name}": {"x": 1}}`] }),
        );
      }
    }
  });
});

test('what a host answers is data in every expression, whatever it looks like', async () => {
  const text = `- hosts: web1
  verify:
    - verify_ping: { target: 192.0.2.1 }
      register: said
    - verify_http: { url: "http://192.0.2.1/", body: "{{ said.stdout }}" }
`;
  const result = await loaded({ playbook: put('registered.yml', text) });
  if (result instanceof Failure) throw result;
  const task = result.plays[0]?.tasks[1];
  for (const stdout of nastyTexts) {
    const registered = new Map([['web1', { said: { stdout } }]]);
    expect(task?.resolve('web1', registered)).toMatchObject({ steps: [{ args: { body: stdout } }] });
  }
});

describe('-e and runbook.yml', () => {
  test.each([
    '{a: *x}',
    '__proto__=1',
    '{"__proto__": 1}',
    `{a: ${'['.repeat(10_000)}`,
    '{a: "\\0"}',
    '{"a": 1e400}',
    '{"a": 1e20}',
    '{a: .inf}',
    '{a: &k __proto__, *k : 1}',
    'a=1 __proto__=1',
    '@/dev/zero',
    '@/proc/self',
    '{a: 1, a: 2}',
    '{a',
    'x',
    '{- a}',
  ])('%.40s', (text) => {
    expect(() => readExtraVars([text], disk, folder.path)).toThrow(Failure);
  });

  test.each([
    'a: [',
    '['.repeat(10_000),
    'inventory: "\\0"',
    '__proto__: 1',
    'constructor: 1',
    'forks: 1e400',
    'forks: 0x',
    '- a',
    'forks: !!binary aGk=',
  ])('runbook.yml: %.40s', (text) => {
    put('runbook.yml', text);
    expect(() => findProject(folder.path)).toThrow(Failure);
  });
});
