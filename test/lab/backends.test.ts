import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countPings } from '../../src/lab/faults.ts';
import { type Lab, labDown, labExec, labUp } from '../../src/lab/lab.ts';
import { configKey, ownFlanneld } from '../../src/lab/plan.ts';
import { until } from '../../src/lab/shell.ts';
import { labStatus } from '../../src/lab/status.ts';
import { bed } from './bed.ts';
import { ownLab } from './labs.ts';

const options = { name: ownLab('bak'), network: '10.77.3.0/24', nodes: 2, ...ownFlanneld(process.env) };
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

describe('the backends', () => {
  test('from host-gw to vxlan to direct routing and back, with the routes kept, at most one ping is lost', async () => {
    const before = await on.hostState('hdss7-21');
    await countLoss(() => on.switchTo({ Type: 'VxLAN' }, / via 172\.7\.2\d\.0 dev flannel\.1 onlink$/));
    const vxlan = await on.hostState('hdss7-21');
    const big = ['curl', '-s', '-m', '5', '-o', '/dev/null', '-w', '%{size_download}', 'http://172.7.22.2/big'];
    expect(await on.said('hdss7-21', big, { pod: true })).toBe('1048576');
    await countLoss(() => on.switchTo({ Type: 'vxlan', Directrouting: true }, / via 10\.77\.3\.2\d dev eth0$/));
    await countLoss(() => on.switchTo({ Type: 'host-gw' }, / via 10\.77\.3\.2\d dev eth0$/));
    expect(vxlan.subnetEnv).toContain('FLANNEL_MTU=1450');
    expect(vxlan.links).toContainEqual(
      expect.stringMatching(/^link flannel\.1 up mtu 1450 .* vxlan id 1 local 10\.77\.3\.21 dev eth0/),
    );
    expect(vxlan.neighbours).toEqual([expect.stringMatching(/^172\.7\.22\.0 dev flannel\.1 lladdr \S+ .*PERMANENT/)]);
    expect(vxlan.forwarding).toEqual([expect.stringMatching(/ dev flannel\.1 dst 10\.77\.3\.22 self permanent$/)]);
    const after = await on.hostState('hdss7-21');
    expect(after.routes).toEqual(before.routes);
    expect(after.subnetEnv).toBe(before.subnetEnv);
    expect(await on.flannelLog('hdss7-21')).toMatch(/ignoring non-vxlan subnet\(172\.7\.22\.0\/24\): type=host-gw/);
    expect(await on.flannelLog('hdss7-21')).toMatch(/Ignoring non-host-gw subnet: type=vxlan/);
  });

  test('an unknown type ends flanneld, an unreadable config lets it run and wait', async () => {
    await on.said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
    await on.etcdctl('set', configKey, '{"Network":"172.7.0.0/16","Backend":{"Type":"Model"}}');
    expect((await labExec(lab, 'hdss7-21', ['supervisorctl', 'start', 'flanneld'])).exit).toBe(7);
    expect(await on.flannelLog('hdss7-21')).toContain('Error fetching backend: unknown backend type: model');
    await on.etcdctl('set', configKey, '{"Network":');
    await labExec(lab, 'hdss7-21', ['supervisorctl', 'start', 'flanneld']);
    await until('flanneld waits', async () =>
      (await on.flannelLog('hdss7-21')).includes("Couldn't fetch network config: unexpected end of JSON input")
        ? true
        : undefined,
    );
    await until('supervisord calls it running', async () =>
      (await on.hostState('hdss7-21')).programs[0]?.state === 'RUNNING' ? true : undefined,
    );
    expect(
      await on.said('hdss7-21', ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'localhost:2401/healthz']),
    ).toBe('200');
    await on.etcdctl('set', configKey, '{"Network":"172.7.0.0/16","Backend":{"Type":"host-gw"}}');
    await until('flanneld goes on', async () =>
      (await on.flannelLog('hdss7-21')).endsWith('skipping.') ? true : undefined,
    );
    expect((await on.hostState('hdss7-21')).programs).toMatchObject([{ state: 'RUNNING' }]);
  });

  test('a flag that it does not know is no failure to it, an interface that is not there is one', async () => {
    const script = `$(sed -n 's/^exec \\(.*\\) --public-ip.*/\\1/p' /opt/flannel/flanneld.sh) "$@"`;
    const ran = (...flags: string[]) => labExec(lab, 'hdss7-21', ['sh', '-c', script, 'sh', ...flags]);
    expect(await ran('--bogus')).toMatchObject({ exit: 0, stderr: expect.stringMatching(/-bogus\nUsage: /) });
    expect(await ran('--ip-masq=maybe')).toMatchObject({ exit: 0, stderr: expect.stringContaining('parse error') });
    expect(await ran('--iface=nosuch')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/matching nosuch: [\s\S]* Failed to find interface to use/),
    });
  });

  test('with --ip-masq it appends its rules in their order, and keeps them', async () => {
    const flag = (words: string) => on.said('hdss7-21', ['sed', '-i', `s/${words}/`, '/opt/flannel/flanneld.sh']);
    const rules = () => on.said('hdss7-21', ['iptables', '-t', 'nat', '-S', 'POSTROUTING']);
    const before = await rules();
    const appended = [
      '-A POSTROUTING -s 172.7.0.0/16 -d 172.7.0.0/16 -j RETURN',
      '-A POSTROUTING -s 172.7.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE --random-fully',
      '-A POSTROUTING ! -s 172.7.0.0/16 -d 172.7.21.0/24 -j RETURN',
      '-A POSTROUTING ! -s 172.7.0.0/16 -d 172.7.0.0/16 -j MASQUERADE --random-fully',
    ];
    const all = async () => ((await rules()) === [before, ...appended].join('\n') ? true : undefined);
    await flag('--healthz/--ip-masq --healthz');
    await on.said('hdss7-21', ['supervisorctl', 'restart', 'flanneld']);
    await until('the rules are there', all);
    await on.said('hdss7-21', ['iptables', '-t', 'nat', '-D', ...(appended[0] ?? '').split(' ').slice(1)]);
    await until('they are there again, in their order', all, { timeoutMs: 15_000 });
    await on.said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
    expect(await rules()).toBe([before, ...appended].join('\n'));
    for (const rule of appended) {
      await on.said('hdss7-21', ['iptables', '-t', 'nat', '-D', ...rule.split(' ').slice(1)]);
    }
    await flag('--ip-masq --healthz/--healthz');
    await on.said('hdss7-21', ['supervisorctl', 'start', 'flanneld']);
  });

  test('another Network costs the node its lease, and subnet.env brings it back', async () => {
    await on.said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
    const kept = (await on.hostState('hdss7-21')).subnetEnv ?? '';
    await on.etcdctl('set', configKey, '{"Network":"172.9.0.0/16","Backend":{"Type":"host-gw"}}');
    await labExec(lab, 'hdss7-21', ['supervisorctl', 'start', 'flanneld']);
    await until('another subnet is leased', async () => {
      const { etcd } = await labStatus(lab);
      const mine = etcd?.leases.find((lease) => (lease.value as { PublicIP: string }).PublicIP === '10.77.3.21');
      return mine?.key.includes('/172.9.') ? true : undefined;
    });
    expect(await on.flannelLog('hdss7-21')).toMatch(/not compatible with current config, deleting[\s\S]*Key not found/);
    await on.said('hdss7-21', ['supervisorctl', 'stop', 'flanneld']);
    await on.etcdctl('set', configKey, '{"Network":"172.7.0.0/16","Backend":{"Type":"host-gw"}}');
    const leases = (await labStatus(lab)).etcd?.leases ?? [];
    for (const lease of leases) if (lease.key.includes('/172.9.')) await on.etcdctl('rm', lease.key);
    await on.said('hdss7-21', ['sh', '-c', `cat >/opt/flannel/subnet.env <<'X'\n${kept}X`]);
    await on.said('hdss7-21', ['iptables', '-F', 'FORWARD']);
    await on.said('hdss7-21', ['supervisorctl', 'start', 'flanneld']);
    await until('the old subnet is leased again', async () => {
      const { etcd } = await labStatus(lab);
      return etcd?.leases.some((lease) => lease.key.endsWith('/172.7.21.0-24')) ? true : undefined;
    });
    await until('the route is there', async () => on.peerRoute('hdss7-21'));
    expect((await on.hostState('hdss7-21')).subnetEnv).toBe(kept);
  });

  test('host-gw brings a deleted route back, and a node whose lease is deleted leaves', async () => {
    await on.said('hdss7-21', ['ip', 'route', 'del', '172.7.22.0/24']);
    await until('the route is back', async () => on.peerRoute('hdss7-21'), { timeoutMs: 15_000 });
    expect(await on.flannelLog('hdss7-21')).toContain('Route recovered 172.7.22.0/24 : 10.77.3.22');
    const before = (await on.hostState('hdss7-22')).programs[0]?.pid;
    await on.etcdctl('rm', '/coreos.com/network/subnets/172.7.22.0-24');
    // supervisord starts it again, with a new pid and a new lease of the same subnet.
    await until('flanneld comes back', async () => {
      const [program] = (await on.hostState('hdss7-22')).programs;
      return program?.state === 'RUNNING' && program.pid !== before ? true : undefined;
    });
    expect(await on.flannelLog('hdss7-22')).toContain('Lease has been revoked. Shutting down daemon.');
    await until('the route to it is back', async () => on.peerRoute('hdss7-21'));
  });
});
