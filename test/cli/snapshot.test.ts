import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSnapshot } from '../../src/lab/snapshot/shape.ts';
import { TestProject } from '../support/cli.ts';

let project: TestProject;

beforeAll(async () => {
  project = await TestProject.create('inventory.yml');
  const here = '    here: { ansible_connection: local, pod_ip: 10.0.0.2, token: s3cret }\n';
  // Nothing listens on port 1.
  const gone =
    '    gone: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_ssh_common_args: -o StrictHostKeyChecking=no }\n';
  await writeFile(join(project.folder, 'inventory.yml'), `all:\n  hosts:\n${here}${gone}`);
});

afterAll(() => project.remove());

test('this machine is read, and only the variables that are needed come along', async () => {
  const { exit, stdout, stderr } = await project.run('snapshot', '-l', 'here');
  expect({ exit, stderr }).toMatchObject({ exit: 0, stderr: expect.stringContaining('1 hosts were read') });
  const { here } = (await parseSnapshot(stdout, 'stdout')).hosts;
  expect(here?.vars).toEqual({ pod_ip: '10.0.0.2' });
  expect(here?.links).toContainEqual(expect.objectContaining({ name: 'lo', kind: 'loopback', up: true }));
  expect(here?.sysctl).toHaveProperty(['net/ipv4/ip_forward']);
  expect(stdout).not.toContain('s3cret');
});

test('a host that cannot be reached is named, and nothing is written', async () => {
  const file = join(project.folder, 'status.json');
  const { exit, stderr } = await project.run('snapshot', '-o', file);
  expect(exit).toBe(2);
  expect(stderr).toContain('1 of 2 hosts could not be read');
  expect(stderr).toContain('gone: ');
  expect(existsSync(file)).toBe(false);
});

test('a file that is no snapshot raises no lab', async () => {
  await writeFile(join(project.folder, 'status.json'), '{"hosts": {}}');
  const { exit, stderr } = await project.run('lab', 'up', '--name', 'nosuch', '--from', 'status.json');
  expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining('status.json is not a snapshot') });
});

test('a copy has the addresses of the real hosts: no others can be asked for', async () => {
  const { exit, stderr } = await project.run('lab', 'up', '--from', 'x.json', '--network', '10.4.9.0/24');
  expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining('--network') });
});
