import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readExtraVars } from '../../src/cli/extra-vars.ts';
import { wantedValues } from '../../src/cli/inputs.ts';
import { TestProject } from '../support/cli.ts';

let project: TestProject;
beforeEach(async () => {
  project = await TestProject.create('inventory.yml');
  await writeFile(join(project.folder, 'inventory.yml'), 'all:\n  hosts:\n    here: { ansible_connection: local }\n');
  await project.playbook('p.yml', text);
});
afterEach(() => project.remove());

const text = `- hosts: here
  inputs:
    mtu: { type: integer, minimum: 576, description: MTU of the tunnel }
    backend: { type: string, enum: [vxlan, host-gw], description: Which backend }
    deep: { type: object, default: {}, description: More, properties: { n: { type: integer } } }
  verify:
    - name: It is there
      file: { path: "/nowhere/{{ backend }}/{{ string(mtu) }}", state: absent }
`;

test('what is missing is named, all of it, and nothing is begun', async () => {
  const { exit, stderr } = await project.run('play', 'p.yml');
  expect(exit).toBe(2);
  expect(stderr).toContain(`the playbook needs what is not given:
  mtu (integer): MTU of the tunnel
  backend (string): Which backend ["vxlan", "host-gw"]
Give it with -e mtu=..., or all of it with -e @FILE.`);
  expect((await project.call('history')).stdout).not.toContain('p.yml');
});

test('what one play has a default for and another has not is missing as well', async () => {
  const before = text.replace('minimum: 576,', 'default: 1450,').replace('enum: [vxlan, host-gw]', 'default: none');
  await project.playbook('p.yml', before + text);
  const { exit, stderr } = await project.call('play', 'p.yml', '-e', 'backend=vxlan');
  expect(stderr).toContain('the playbook needs what is not given:\n  mtu (integer): MTU of the tunnel\nGive it');
  expect(exit).toBe(2);
});

test('validate asks for nothing, and looks at what is given', async () => {
  expect(await project.call('validate', 'p.yml')).toMatchObject({ exit: 0 });
  const { exit, stderr } = await project.call('validate', 'p.yml', '-e', 'mtu=12 backend=vxlam');
  expect(exit).toBe(2);
  expect(stderr).toContain('-e:1:5: error bad-value: the input "mtu" must be >= 576');
  expect(stderr).toContain('-e:1:16: error bad-value: the input "backend" must be vxlan or host-gw');
  expect(stderr).toContain('Did you mean "vxlan"?');
});

test('in a file by its place', async () => {
  await writeFile(join(project.folder, 'v.yml'), 'mtu: 1400\nbackend: vxlan\ndeep:\n  n: x\n');
  const { stderr } = await project.call('play', 'p.yml', '-e', '@v.yml');
  expect(stderr).toContain('v.yml:4:6: error wrong-type: the input "deep" (at n) must be a whole number');
});

test('a run takes text as the type that is wanted, and can be replayed', async () => {
  expect(await project.call('audit', 'p.yml', '-e', 'mtu=1400 backend=vxlan')).toMatchObject({ exit: 0 });
  expect(await project.call('replay', '--dry', 'last')).toMatchObject({ exit: 0 });
});

test('on a terminal each is asked for, again when it is not understood', async () => {
  const prompts: string[] = [];
  const said: string[] = [];
  const answers = ['many', '1400', 'host-gw'];
  const terminal = {
    askOpenly: async (prompt: string) => {
      prompts.push(prompt);
      return answers.shift() ?? '';
    },
    err: (line: string) => said.push(line),
  };
  const none = readExtraVars([], { read: () => undefined }, '/');
  const opener = { opened: async <T>(act: () => T | Promise<T>) => act() };
  let reads = 0;
  const read = () => {
    reads++;
    return text;
  };
  const wanted = (extra: typeof none) => wantedValues('/p.yml', read, extra, terminal, opener, async () => true);
  expect((await wanted(none))?.extraVars).toEqual({
    mtu: 1400,
    backend: 'host-gw',
  });
  expect(prompts).toHaveLength(3);
  expect(said.join()).toContain('mtu must be a whole number');
  const some = readExtraVars(['backend=vxlan'], { read: () => undefined }, '/');
  answers.push('1', '2', '3', '4');
  await expect(wanted(some)).rejects.toThrow('not understood 3 times');
  expect(reads, 'once for each of the two').toBe(2);
});

test('what is wrong with the playbook is told before anything is asked for', async () => {
  await project.playbook('p.yml', text.replace(', description: MTU of the tunnel', '').replace('string(mtu)', 'mut'));
  const { exit, stderr } = await project.run('play', 'p.yml');
  expect(exit).toBe(2);
  expect(stderr).toContain('error missing-key: "description" is missing');
  expect(stderr).toContain('error unknown-name: "mut" is not known here');
  expect(stderr).not.toContain('needs what is not given');
});

test('but not that a file is not known which is named by what is asked for', async () => {
  await project.playbook('p.yml', text.replace('file: { path', 'include_tasks: "{{ backend }}.yml" # { path'));
  const { stderr } = await project.run('play', 'p.yml');
  expect(stderr).toContain('the playbook needs what is not given:\n  mtu (integer): MTU of the tunnel');
});
