import { describe, expect, test } from 'vitest';
import { readExtraVars } from '../../src/cli/extra-vars.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { loadInventory } from '../../src/inventory/inventory.ts';
import { modules } from '../../src/modules/list.ts';
import type { ExtraSpot } from '../../src/playbook/inputs.ts';
import { loadPlaybook } from '../../src/playbook/playbook.ts';

const known = 'Known here are the other variables of the host, "inventory_hostname" and "groups".';
const yamlHosts = 'web:\n  hosts:\n    w1: {}\n    w2: {}\n';

/** The errors of a playbook with an inventory of these files in /i: `file:line:column code text`, and message and hint. */
function errorsOf(
  playbook: string,
  files: Readonly<Record<string, string>>,
  { inventory = 'hosts.yml', ...extra }: { inventory?: string; extraVars?: JsonObject; extraSpot?: ExtraSpot } = {},
) {
  const texts: Readonly<Record<string, string>> = { 'hosts.yml': yamlHosts, ...files };
  const fleet = loadInventory({
    sources: [`/i/${inventory}`],
    home: '/root',
    read: (path) => texts[path.replace(/^\/i\//, '')],
    list: (folder) => {
      const inside = Object.keys(texts).filter((path) => `/i/${path}`.startsWith(`${folder}/`));
      return inside.length === 0 || folder === '/i'
        ? undefined
        : inside.map((path) => `/i/${path}`.slice(folder.length + 1));
    },
  });
  const { problems } = loadPlaybook({
    file: '/p/p.yml',
    text: playbook,
    fleet,
    modules,
    extraVars: {},
    env: {},
    ...extra,
  });
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ at, code, message, hint, source, width }) => ({
      at: `${at.file}:${at.line}:${at.column} ${code} ${source.slice(at.column - 1, at.column - 1 + width)}`,
      told: `${message} ${hint}`,
    }));
}

const using = (...targets: string[]) =>
  `- hosts: web\n  verify:\n${targets.map((target) => `    - verify_ping: { target: "{{ ${target} }}" }\n`).join('')}`;

describe('a fault in a template of the inventory is told at its place there, with what uses it', () => {
  test('a file of a group', () => {
    expect(errorsOf(using('a'), { 'group_vars/all.yml': 'b: 1\na: "to {{ nope }}"\n' })).toEqual([
      {
        at: '/i/group_vars/all.yml:2:11 unknown-name nope',
        told: `"nope" is not known here ${known} It is used in /p/p.yml:3.`,
      },
    ]);
  });

  test('each fault of a text, the use once', () => {
    const files = { 'group_vars/all.yml': 'a: |\n  one {{ xx }}\n  two {{ yy }}\n' };
    expect(errorsOf(using('a', 'a'), files)).toEqual([
      {
        at: '/i/group_vars/all.yml:2:10 unknown-name xx',
        told: `"xx" is not known here ${known} It is used in /p/p.yml:3.`,
      },
      {
        at: '/i/group_vars/all.yml:3:10 unknown-name yy',
        told: `"yy" is not known here ${known} It is used in /p/p.yml:3.`,
      },
    ]);
  });

  test('a variable that is made of another, and a part of a map', () => {
    const files = { 'group_vars/all.yml': 'a: "{{ b.c[0] }}"\nb: { c: ["{{ 1 + }}"] }\n' };
    expect(errorsOf(using('a'), files).map(({ at }) => at)).toEqual(['/i/group_vars/all.yml:2:16 expression +']);
  });

  test('what it comes to on one host', () => {
    const files = {
      'hosts.yml': 'web:\n  hosts:\n    w1: { net: 10.0.0.0/24 }\n    w2: { net: 10.0.0.1 }\n',
      'group_vars/web.yml': 'a: "{{ string(cidr(net).host(1)) }}"\n',
    };
    expect(errorsOf(using('a'), files)).toEqual([
      {
        at: '/i/group_vars/web.yml:1:15 expression-failed cidr(net)',
        told: expect.stringMatching(/not a network.*\(on w2\) It is used in \/p\/p\.yml:3\.$/),
      },
    ]);
  });

  test('the same text of two hosts, at both places', () => {
    const files = { 'host_vars/w1.yml': 'a: "{{ nope }}"\n', 'host_vars/w2.yml': 'x: 1\na: "{{ nope }}"\n' };
    expect(errorsOf(using('a'), files).map(({ at }) => at)).toEqual([
      '/i/host_vars/w1.yml:1:8 unknown-name nope',
      '/i/host_vars/w2.yml:2:8 unknown-name nope',
    ]);
  });

  test('lines of INI', () => {
    const files = { hosts: '[web]\nw1 x=1 a="{{ nope }}"\nw2\n[web:vars]\nb = "{{ pod | upper }}"\na=x\n' };
    expect(errorsOf(using('a', 'b'), files, { inventory: 'hosts' }).map(({ at }) => at)).toEqual([
      '/i/hosts:2:14 unknown-name nope',
      '/i/hosts:5:13 expression |',
    ]);
  });

  test('a field of the host, of a peer and of another host', () => {
    const files = { 'group_vars/all.yml': 'a: "{{ aa }}"\nb: "{{ bb }}"\nc: "{{ cc }}"\nd: "{{ dd }}"\n' };
    expect(errorsOf(using('host.a', 'peers[0].b', "hostvars['w2'].c"), files).map(({ at }) => at)).toEqual([
      '/i/group_vars/all.yml:1:8 unknown-name aa',
      '/i/group_vars/all.yml:2:8 unknown-name bb',
      '/i/group_vars/all.yml:3:8 unknown-name cc',
    ]);
  });
});

test('a line that may hold a secret is named by its place alone', () => {
  const files = { 'group_vars/all.yml': 'a: "{{ nope }}" # the token is hunter22\n' };
  expect(errorsOf(using('a'), files).map(({ at }) => at)).toEqual(['/i/group_vars/all.yml:1:8 unknown-name ']);
});

test('what nothing uses is not told, and what -e gives is told where it is used if nobody knows where it is written', () => {
  const files = { 'group_vars/all.yml': 'a: "{{ nope }}"\nb: c\n' };
  expect(errorsOf(using('b'), files)).toEqual([]);
  expect(errorsOf(using('b'), files, { extraVars: { b: '{{ nope }}' } })).toEqual([
    { at: '/p/p.yml:3:34 unknown-name b', told: `variable "b" of -e: "nope" is not known here ${known}` },
  ]);
});

describe('a fault in a template of -e is told there, with what uses it', () => {
  const told = (option: string, ...uses: string[]) => {
    const read = (path: string) => (path === '/p/v.yml' ? 'x: 1\nb: ["to {{ nope }}"]\n' : undefined);
    const { values, spot } = readExtraVars([option], { read }, '/p');
    return errorsOf(using(...uses), {}, { extraVars: values, extraSpot: spot });
  };

  test('a value', () => {
    expect(told("a=1 b='{{ nope }} {{ 1 + }}' c=3", 'b')).toEqual([
      { at: '-e:1:11 unknown-name nope', told: `"nope" is not known here ${known} It is used in /p/p.yml:3.` },
      { at: '-e:1:24 expression +', told: expect.stringContaining('It is used in /p/p.yml:3.') },
    ]);
  });

  test.each([
    ['b=a {{ nope }} c', 'b', '-e:1:8 unknown-name nope'],
    ['b="\\"{{ nope }}"', 'b', '-e:1:9 unknown-name nope'],
    ['{"a": 1, "b": {"c": "{{ nope }}"}}', 'b.c', '-e:1:25 unknown-name nope'],
    ['@v.yml', 'b[0]', '/p/v.yml:2:12 unknown-name nope'],
    ['{b: "{{ c }}", c: "{{ nope }}"}', 'b', '-e:1:23 unknown-name nope'],
    ['token=hunter22 b={{ nope }}', 'b', '-e:1:21 unknown-name '],
  ])('%s', (option, use, at) => {
    expect(told(option, use).map((one) => one.at)).toEqual([at]);
  });
});
