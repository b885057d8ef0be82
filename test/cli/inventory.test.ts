import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestProject } from '../support/cli.ts';

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.create('[hosts, extra]');
  await mkdir(join(project.folder, 'group_vars'));
  await writeFile(join(project.folder, 'hosts'), '[web]\nw1 v=1 ansible_password=geheim\nw2\n[web:vars]\nv=0\n');
  await writeFile(join(project.folder, 'extra'), '[db]\nd1\n[all:children]\nweb\ndb\n[web]\n');
  await writeFile(join(project.folder, 'group_vars/web.yml'), 'x: yes\n');
});
afterEach(() => project.remove());

test('--host says where each variable is written and what it beat', async () => {
  const { stdout, exit } = await project.run('inventory', '--host', 'w1');
  expect(exit).toBe(0);
  expect(stdout).toBe(`w1
  in web
  ansible_password: "(not shown)"
      host, hosts:2:8
  v: 1
      host, hosts:2:4
      instead of 0 (group web, hosts:5:1)
  x: true
      group_vars/web, group_vars/web.yml:1:1
`);
  const json = JSON.parse((await project.call('inventory', '--host', 'w1', '--json')).stdout);
  expect(json.v).toEqual({ value: 1, from: 'host, hosts:2:4', overrode: [{ value: 0, from: 'group web, hosts:5:1' }] });
});

test('--graph, with and without variables', async () => {
  expect((await project.call('inventory', '--graph')).stdout).toBe(`@all:
  |--@ungrouped:
  |--@web:
  |  |--w1
  |  |--w2
  |--@db:
  |  |--d1
`);
  const { stdout } = await project.call('inventory', '--graph', '--vars');
  expect(stdout).toContain('  |  |--w2\n  |  |  |--{v = 0}  # group web, hosts:5:1\n');
});

test("--list is ansible's, and says where each is from; it can be an inventory again", async () => {
  const { stdout } = await project.call('inventory', '--list');
  const list = JSON.parse(stdout);
  expect(list._meta.hostvars.w2).toEqual({ v: 0, x: true });
  expect(list._meta.origins.w2).toEqual({ v: 'group web, hosts:5:1', x: 'group_vars/web, group_vars/web.yml:1:1' });
  expect(list.web).toEqual({ hosts: ['w1', 'w2'] });
  expect(list.all).toEqual({ children: ['ungrouped', 'web', 'db'] });
  await writeFile(join(project.folder, 'again'), `#!/bin/sh\ncat <<'END'\n${stdout}END\n`, { mode: 0o755 });
  const again = await project.call('inventory', '-i', 'again', '--json');
  expect(JSON.parse(again.stdout)).toEqual(JSON.parse((await project.call('inventory', '--json')).stdout));
  expect(stdout).not.toMatch(/geheim|not shown/);
});

test('a pattern, as before; several -i; a list of hosts', async () => {
  expect((await project.call('inventory', 'web:!w2')).stdout).toBe(
    'w1:\n  groups:\n    - web\n  vars:\n    v: 1\n    x: true\n',
  );
  const { stdout } = await project.call('inventory', '-i', 'hosts', '-i', 'l1,w2', '--json');
  expect(Object.keys(JSON.parse(stdout))).toEqual(['l1', 'w1', 'w2']);
});

test.each([
  [['--graph', '--list'], 'cannot be used with'],
  [['--host', 'web'], '"web" is not one host'],
  [['--host', 'w3'], 'Did you mean "w1"?'],
  [['-i', 'nothing'], 'there is no inventory'],
])('inventory %s is refused with exit 2', async (args, says) => {
  const { exit, stderr } = await project.call('inventory', ...args);
  expect(stderr).toContain(says);
  expect(exit).toBe(2);
});

describe('what would be passed over is refused', () => {
  test.each([
    [['--list', 'web'], '--list shows the whole inventory'],
    [['web', '--graph'], '--graph shows the whole inventory'],
    [['--host', 'w1', 'web'], '--host names the host already'],
    [['--vars'], '--vars is for --graph'],
  ])('%j', async (args, told) => {
    const { stdout, stderr, exit } = await project.call('inventory', ...args);
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toContain(told);
  });

  test.each([['inventory'], ['validate', 'p.yml'], ['play', 'p.yml', '--check'], ['locks']])(
    'an inventory without a name: %s',
    async (...command) => {
      await writeFile(join(project.folder, 'p.yml'), '- hosts: web\n  verify: [{ assert: { that: true } }]\n');
      for (const name of ['', ' ']) {
        const { stderr, exit } = await project.call(...command, '-i', name);
        expect(exit).toBe(2);
        expect(stderr).toContain('-i names no inventory');
      }
    },
  );
});
