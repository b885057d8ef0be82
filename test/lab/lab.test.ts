import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  blockUdp,
  countPings,
  pingCount,
  powerOff,
  powerOn,
  startSshd,
  stopSshd,
  unblockUdp,
} from '../../src/lab/faults.ts';
import { type Lab, labDown, labExec, labUp, openLab } from '../../src/lab/lab.ts';
import { configKey, nodesOf } from '../../src/lab/plan.ts';
import { run, until } from '../../src/lab/shell.ts';
import { comparable, type HostState, labStatus } from '../../src/lab/status.ts';

const options = { name: 'labtest', network: '10.77.1.0/24', nodes: 2 };
const programs = fileURLToPath(new URL('../../dist/lab/lab.js', import.meta.url));
let lab: Lab;

beforeAll(async () => {
  await labDown(options.name);
  lab = await labUp(options);
});
afterAll(async () => {
  await labDown(options.name);
});

async function said(host: string, argv: string[], how: { pod?: boolean } = {}): Promise<string> {
  const ran = await labExec(lab, host, argv, { ...how, timeoutMs: 20_000 });
  expect(ran, `${host}: ${argv.join(' ')}`).toMatchObject({ exit: 0 });
  return ran.stdout.trim();
}

function etcdctl(...argv: string[]): Promise<string> {
  return said('hdss7-12', [
    'env',
    'ETCDCTL_API=2',
    'etcdctl',
    '--no-sync',
    '--endpoints',
    'http://127.0.0.1:2379',
    ...argv,
  ]);
}

async function hostState(host: string): Promise<HostState> {
  const state = (await labStatus(lab)).hosts[host];
  if (!state?.on) throw new Error(`${host} is off`);
  return state;
}

async function peerRoute(host: string): Promise<string | undefined> {
  const { routes } = await hostState(host);
  return routes.find((route) => route.startsWith('unicast 172.7.'))?.replace(' table main proto boot scope global', '');
}

/** Stops flanneld on every node, writes the config, starts it again; resolves when the routes are of the wanted shape. */
async function switchTo(backend: object, shape: RegExp): Promise<void> {
  const nodes = nodesOf(lab.plan).map((host) => host.name);
  for (const node of nodes) await said(node, ['supervisorctl', 'stop', 'flanneld']);
  await etcdctl('set', configKey, JSON.stringify({ Network: '172.7.0.0/16', Backend: backend }));
  for (const node of nodes) await said(node, ['supervisorctl', 'start', 'flanneld']);
  for (const node of nodes) {
    await until(`${node} routes by ${shape}`, async () =>
      shape.test((await peerRoute(node)) ?? '') ? true : undefined,
    );
  }
}

/** Does a change while both pods ping each other. The kernel drops one packet of a masqueraded flow that leaves by another link. */
async function countLoss(change: () => Promise<void>): Promise<void> {
  const pings = [await countPings(lab, 'hdss7-21', 'hdss7-22'), await countPings(lab, 'hdss7-22', 'hdss7-21')];
  await change();
  const counts = await Promise.all(pings.map((ping) => ping.stop()));
  for (const count of counts) {
    expect(count.lost).toBeLessThanOrEqual(1);
    expect(count.received).toBeGreaterThan(60);
  }
}

async function flannelLog(host: string): Promise<string> {
  return said(host, ['cat', '/data/logs/flanneld/flanneld.stdout.log']);
}

describe('a lab that is up', () => {
  test('its pods serve a page that tells the client, and a large body', async () => {
    expect(await said('hdss7-21', ['curl', '-s', 'http://172.7.22.2/'], { pod: true })).toMatch(
      /<title>Welcome to nginx!<\/title>[\s\S]*client=10\.77\.1\.21/,
    );
    const size = ['curl', '-s', '-o', '/dev/null', '-w', '%{size_download}', 'http://172.7.22.2/big'];
    expect(await said('hdss7-21', size, { pod: true })).toBe('1048576');
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
      expect(ran).toMatchObject({ exit: 0, stdout: `${host.name}\n${(await hostState(host.name)).bootId}\n` });
    }
  });

  test('no two of its hosts have the same boot id, and none has the machine’s', async () => {
    const ids = await Promise.all(lab.plan.hosts.map(async (host) => (await hostState(host.name)).bootId));
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
    expect(lines).toEqual(['lab labtest is up already']);
    await expect(labUp({ ...options, nodes: 3 })).rejects.toMatchObject({ code: 'refused' });
    expect(comparable(await labStatus(await openLab(options.name)), { pids: true })).toEqual(before);
  });
});

describe('the backends', () => {
  test('from host-gw to vxlan to direct routing and back, with the routes kept, at most one ping is lost', async () => {
    const before = await hostState('hdss7-21');
    await countLoss(() => switchTo({ Type: 'VxLAN' }, / via 172\.7\.2\d\.0 dev flannel\.1 onlink$/));
    const vxlan = await hostState('hdss7-21');
    await countLoss(() => switchTo({ Type: 'vxlan', Directrouting: true }, / via 10\.77\.1\.2\d dev eth0$/));
    await countLoss(() => switchTo({ Type: 'host-gw' }, / via 10\.77\.1\.2\d dev eth0$/));
    expect(vxlan.subnetEnv).toContain('FLANNEL_MTU=1450');
    expect(vxlan.links).toContainEqual(
      expect.stringMatching(/^link flannel\.1 up mtu 1450 .* vxlan id 1 local 10\.77\.1\.21 dev eth0/),
    );
    expect(vxlan.neighbours).toEqual([expect.stringMatching(/^172\.7\.22\.0 dev flannel\.1 lladdr \S+ .*PERMANENT/)]);
    expect(vxlan.forwarding).toEqual([expect.stringMatching(/ dev flannel\.1 dst 10\.77\.1\.22 self permanent$/)]);
    const after = await hostState('hdss7-21');
    expect(after.routes).toEqual(before.routes);
    expect(after.subnetEnv).toBe(before.subnetEnv);
    expect(await flannelLog('hdss7-21')).toMatch(/ignoring non-vxlan subnet\(172\.7\.22\.0\/24\): type=host-gw/);
    expect(await flannelLog('hdss7-21')).toMatch(/Ignoring non-host-gw subnet: type=vxlan/);
  });

  test('an unknown type ends flanneld, an unreadable config lets it run and wait', async () => {
    await said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
    await etcdctl('set', configKey, '{"Network":"172.7.0.0/16","Backend":{"Type":"Model"}}');
    expect((await labExec(lab, 'hdss7-21', ['supervisorctl', 'start', 'flanneld'])).exit).toBe(7);
    expect(await flannelLog('hdss7-21')).toContain('Error fetching backend: unknown backend type: model');
    await etcdctl('set', configKey, '{"Network":');
    await labExec(lab, 'hdss7-21', ['supervisorctl', 'start', 'flanneld']);
    await until('flanneld waits', async () =>
      (await flannelLog('hdss7-21')).includes("Couldn't fetch network config: unexpected end of JSON input")
        ? true
        : undefined,
    );
    await until('supervisord calls it running', async () =>
      (await hostState('hdss7-21')).programs[0]?.state === 'RUNNING' ? true : undefined,
    );
    expect(
      await said('hdss7-21', ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'localhost:2401/healthz']),
    ).toBe('200');
    await etcdctl('set', configKey, '{"Network":"172.7.0.0/16","Backend":{"Type":"host-gw"}}');
    await until('flanneld goes on', async () =>
      (await flannelLog('hdss7-21')).endsWith('skipping.') ? true : undefined,
    );
    expect((await hostState('hdss7-21')).programs).toMatchObject([{ state: 'RUNNING' }]);
  });

  test('another Network costs the node its lease, and subnet.env brings it back', async () => {
    await said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
    const kept = (await hostState('hdss7-21')).subnetEnv ?? '';
    await etcdctl('set', configKey, '{"Network":"172.9.0.0/16","Backend":{"Type":"host-gw"}}');
    await labExec(lab, 'hdss7-21', ['supervisorctl', 'start', 'flanneld']);
    await until('another subnet is leased', async () => {
      const { etcd } = await labStatus(lab);
      const mine = etcd?.leases.find((lease) => (lease.value as { PublicIP: string }).PublicIP === '10.77.1.21');
      return mine?.key.includes('/172.9.') ? true : undefined;
    });
    expect(await flannelLog('hdss7-21')).toMatch(/not compatible with current config, deleting[\s\S]*Key not found/);
    await said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
    await etcdctl('set', configKey, '{"Network":"172.7.0.0/16","Backend":{"Type":"host-gw"}}');
    const leases = (await labStatus(lab)).etcd?.leases ?? [];
    for (const lease of leases) if (lease.key.includes('/172.9.')) await etcdctl('rm', lease.key);
    await said('hdss7-21', ['sh', '-c', `cat >/opt/flannel/subnet.env <<'X'\n${kept}X`]);
    await said('hdss7-21', ['iptables', '-F', 'FORWARD']);
    await said('hdss7-21', ['supervisorctl', 'start', 'flanneld']);
    await until('the old subnet is leased again', async () => {
      const { etcd } = await labStatus(lab);
      return etcd?.leases.some((lease) => lease.key.endsWith('/172.7.21.0-24')) ? true : undefined;
    });
    await until('the route is there', async () => peerRoute('hdss7-21'));
    expect((await hostState('hdss7-21')).subnetEnv).toBe(kept);
  });

  test('host-gw brings a deleted route back, and a node whose lease is deleted leaves', async () => {
    await said('hdss7-21', ['ip', 'route', 'del', '172.7.22.0/24']);
    await until('the route is back', async () => peerRoute('hdss7-21'), { timeoutMs: 15_000 });
    expect(await flannelLog('hdss7-21')).toContain('Route recovered 172.7.22.0/24 : 10.77.1.22');
    const before = (await hostState('hdss7-22')).programs[0]?.pid;
    await etcdctl('rm', '/coreos.com/network/subnets/172.7.22.0-24');
    // supervisord starts it again, with a new pid and a new lease of the same subnet.
    await until('flanneld comes back', async () => {
      const [program] = (await hostState('hdss7-22')).programs;
      return program?.state === 'RUNNING' && program.pid !== before ? true : undefined;
    });
    expect(await flannelLog('hdss7-22')).toContain('Lease has been revoked. Shutting down daemon.');
    await until('the route to it is back', async () => peerRoute('hdss7-21'));
  });
});

describe('faults', () => {
  const reaches = async (): Promise<boolean> =>
    (await labExec(lab, 'hdss7-21', ['ping', '-c', '2', '-i', '0.1', '-W', '1', '172.7.22.2'], { pod: true })).exit ===
    0;

  test('UDP 8472 blocked on the wire cuts vxlan, and no host can see why', async () => {
    await switchTo({ Type: 'vxlan' }, / dev flannel\.1 onlink$/);
    expect(await reaches()).toBe(true);
    const before = comparable(await labStatus(lab));
    await blockUdp(lab, 'hdss7-21', 'hdss7-22');
    expect(await reaches()).toBe(false);
    expect((await labExec(lab, 'hdss7-21', ['ping', '-c', '1', '-W', '1', '10.77.1.22'])).exit).toBe(0);
    expect(comparable(await labStatus(lab))).toEqual(before);
    await unblockUdp(lab, 'hdss7-21', 'hdss7-22');
    expect(await reaches()).toBe(true);
    await switchTo({ Type: 'host-gw' }, / dev eth0$/);
  });

  test('sshd stops and starts while the host lives', async () => {
    const pids = (await hostState('hdss7-21')).programs;
    await stopSshd(lab, 'hdss7-21');
    const stopped = await hostState('hdss7-21');
    expect(stopped.sshd).toBe(false);
    expect(stopped.programs).toEqual(pids);
    await startSshd(lab, 'hdss7-21');
    expect((await hostState('hdss7-21')).sshd).toBe(true);
  });

  test('power lost: the memory is gone, the disk is not, and the host finds its way back', async () => {
    const before = await hostState('hdss7-21');
    await said('hdss7-21', ['sh', '-c', 'echo kept >/opt/kept; echo gone >/run/gone']);
    await powerOff(lab, 'hdss7-21');
    expect((await labStatus(lab)).hosts['hdss7-21']).toEqual({ on: false });
    await expect(labExec(lab, 'hdss7-21', ['true'])).rejects.toMatchObject({ code: 'unreachable' });
    await powerOn(lab, 'hdss7-21');
    await until('the pod answers again', async () => ((await reaches()) ? true : undefined));
    const after = await hostState('hdss7-21');
    expect(after.bootId).not.toBe(before.bootId);
    expect(after.routes).toEqual(before.routes);
    expect(after.nat).toEqual(before.nat);
    expect(await said('hdss7-21', ['sh', '-c', 'cat /opt/kept; ls /run/gone || true'])).toBe('kept');
  });

  test('a host that is off is powered on by raising the lab again', async () => {
    await powerOff(lab, 'hdss7-22');
    await labUp(options);
    expect(await reaches()).toBe(true);
  });
});

describe('raising and removing', () => {
  const second = {
    name: 'labtwo',
    network: '10.77.2.0/24',
    pods: '172.8.0.0/16',
    nodes: 1,
    backend: { Type: 'vxlan' },
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

test('ping’s answers are counted by sequence, but for the last', () => {
  const answer = (sequence: number): string => `64 bytes from 172.7.22.2: icmp_seq=${sequence} ttl=62 time=0.1 ms\n`;
  const text = `${answer(1)}${answer(2)}${answer(5)}\n--- ping statistics ---\n6 packets transmitted, 3 received\n`;
  expect(pingCount(text)).toEqual({ sent: 6, received: 3, lost: 2, longestLoss: 2 });
});
