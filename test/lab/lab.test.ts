import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labDown, labUp, openLab } from '../../src/lab/lab.ts';
import { ownFlanneld } from '../../src/lab/plan.ts';
import { run } from '../../src/lab/shell.ts';
import { comparable, labStatus } from '../../src/lab/status.ts';
import { bed } from './bed.ts';
import { ownLab } from './labs.ts';

const programs = fileURLToPath(new URL('../../dist/lab/lab.js', import.meta.url));

const options = { name: ownLab('one'), network: '10.77.1.0/24', nodes: 2, ...ownFlanneld(process.env) };
let lab: Lab;
let on: ReturnType<typeof bed>;

beforeAll(async () => {
  await labDown(options.name);
  lab = await labUp(options);
  on = bed(lab);
});
afterAll(async () => {
  await labDown(options.name);
});

describe('a lab that is up', () => {
  test('its pods serve a page that tells the client, and a large body', async () => {
    expect(await on.said('hdss7-21', ['curl', '-s', 'http://172.7.22.2/'], { pod: true })).toMatch(
      /<title>Welcome to nginx!<\/title>[\s\S]*client=10\.77\.1\.21/,
    );
    const size = ['curl', '-s', '-o', '/dev/null', '-w', '%{size_download}', 'http://172.7.22.2/big'];
    expect(await on.said('hdss7-21', size, { pod: true })).toBe('1048576');
  });

  test('its hosts take the key over SSH, with the host key that known_hosts names', async () => {
    for (const host of lab.plan.hosts) {
      const files = [
        '-i',
        lab.key,
        '-o',
        `UserKnownHostsFile=${lab.knownHosts}`,
        '-o',
        'GlobalKnownHostsFile=/dev/null',
      ];
      const strict = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes'];
      const ran = await run([
        'ssh',
        ...files,
        ...strict,
        `root@${host.address}`,
        'hostname; cat /proc/sys/kernel/random/boot_id',
      ]);
      expect(ran).toMatchObject({ exit: 0, stdout: `${host.name}\n${(await on.hostState(host.name)).bootId}\n` });
    }
  });

  test('no two of its hosts have the same boot id, and none has the machine’s', async () => {
    const ids = await Promise.all(lab.plan.hosts.map(async (host) => (await on.hostState(host.name)).bootId));
    const machine = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    expect(new Set([...ids, machine]).size).toBe(ids.length + 1);
  });

  test('its status says the same twice, and names what a node has', async () => {
    const status = await labStatus(lab);
    expect(comparable(await labStatus(lab), { pids: true })).toEqual(comparable(status, { pids: true }));
    expect(status.etcd?.config?.value).toBe('{"Network":"172.7.0.0/16","Backend":{"Type":"host-gw"}}');
    expect(status.hosts['hdss7-21']).toMatchObject({
      sshd: true,
      nat: expect.arrayContaining(['-A POSTROUTING -s 172.7.21.0/24 ! -o docker0 -j MASQUERADE']),
      routes: expect.arrayContaining([
        'unicast 172.7.22.0/24 via 10.77.1.22 dev eth0 table main proto boot scope global',
      ]),
      programs: [{ name: 'flanneld', state: 'RUNNING', pid: expect.any(Number) }],
      subnetEnv: 'FLANNEL_NETWORK=172.7.0.0/16\nFLANNEL_SUBNET=172.7.21.1/24\nFLANNEL_MTU=1500\nFLANNEL_IPMASQ=false\n',
    });
  });

  test('raised again it is left alone; raised otherwise it is refused', async () => {
    const before = comparable(await labStatus(lab), { pids: true });
    const lines: string[] = [];
    await labUp(options, (line) => lines.push(line));
    expect(lines).toEqual([`lab ${options.name} is up already`]);
    await expect(labUp({ ...options, nodes: 3 })).rejects.toMatchObject({ code: 'refused' });
    expect(comparable(await labStatus(await openLab(options.name)), { pids: true })).toEqual(before);
  });
});

describe('raising and removing', () => {
  const second = {
    name: ownLab('two'),
    network: '10.77.2.0/24',
    pods: '172.8.0.0/16',
    nodes: 1,
    backend: { Type: 'vxlan' },
    ...ownFlanneld(process.env),
  };

  test('two labs stand beside each other, and down takes all of one and nothing of the other', async () => {
    const before = comparable(await labStatus(lab), { pids: true });
    const other = await labUp(second);
    expect((await labStatus(other)).hosts['hdss7-21']).toMatchObject({
      subnetEnv: expect.stringContaining('172.8.21.1/24'),
    });
    await labDown(second.name);
    expect(await remains(second.name)).toEqual([]);
    expect(comparable(await labStatus(lab), { pids: true })).toEqual(before);
  });

  test('an up that is killed at any moment is cleaned up by the next', async () => {
    for (const afterMs of [150, 600, 1400]) {
      const script = `import(${JSON.stringify(programs)}).then((lab) => lab.labUp(${JSON.stringify(second)}))`;
      const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.on('exit', resolve));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill('SIGKILL');
      await ended;
      const other = await labUp(second);
      expect((await labStatus(other)).hosts['hdss7-21']).toMatchObject({ on: true, sshd: true });
      await labDown(second.name);
      expect(await remains(second.name)).toEqual([]);
    }
  });

  test('a directory with something else in it is refused, by up and by down, and stays as it is', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'no-lab-'));
    await writeFile(join(dir, 'key'), 'precious');
    await expect(labUp({ ...second, dir })).rejects.toMatchObject({ code: 'refused' });
    await expect(labDown(second.name, { dir })).rejects.toMatchObject({ code: 'refused' });
    expect(await readFile(join(dir, 'key'), 'utf8')).toBe('precious');
    await rm(dir, { recursive: true });
  });

  test('down finds what is left of a lab whose directory is gone', async () => {
    const other = await labUp(second);
    await run(['umount', '-l', `${other.plan.dir}/disks`]);
    await rm(other.plan.dir, { recursive: true });
    await labDown(second.name);
    expect(await remains(second.name)).toEqual([]);
  });

  test('addresses that are taken are refused, and nothing is made', async () => {
    await expect(labUp({ ...second, network: options.network })).rejects.toMatchObject({ code: 'busy' });
    expect(await remains(second.name)).toEqual([]);
  });
});

/** Everything on this machine that bears a lab's name. */
async function remains(name: string): Promise<string[]> {
  const found = existsSync(`/var/lib/runbook-lab/${name}`) ? ['its directory'] : [];
  for (const argv of [['ip', 'netns'], ['ip', '-o', 'link'], ['mount'], ['ps', '-eo', 'args']]) {
    const { stdout } = await run(argv);
    found.push(
      ...stdout.split('\n').filter((line) => line.includes(`rb-${name}`) || line.includes(`/runbook-lab/${name}/`)),
    );
  }
  return found;
}
