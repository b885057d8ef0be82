import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockUdp, unblockUdp } from '../../../src/lab/faults.ts';
import { type Lab, labExec } from '../../../src/lab/lab.ts';
import { configKey } from '../../../src/lab/plan.ts';
import { until } from '../../../src/lab/shell.ts';
import { inSwitch } from '../../../src/lab/switch.ts';
import { shipped, type TestProject } from '../../support/cli.ts';
import { labInHostGw } from '../test-lab.ts';

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(async () => {
  await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit');
  await project.remove();
});

const check = `
- hosts: flannel
  vars:
    nodes: "{{ play_hosts.map(name, hostvars[name]).map(node, {'public_ip': node.ansible_host, 'pod_cidr': node.pod_cidr}) }}"
  verify:
    - verify_flannel:
        model: "{{ model }}"
        etcd: "http://{{ hostvars[etcd_host].ansible_host }}:2379"
        network: "{{ network }}"
        nodes: "{{ nodes }}"
        subnet_file: /opt/flannel/subnet.env
        log: /data/logs/flanneld/flanneld.stdout.log
        netns: pod
        count: 2
`;

/** Why the check holds or does not, by host. */
async function asked(model: string): Promise<Record<string, string>> {
  const path = await project.playbook('check.yml', check);
  const { stdout, stderr } = await project.call('audit', path, '-e', `model=${model}`, '-o', 'ndjson');
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string; host: string; status: string; because: string });
  const steps = events.filter(({ type }) => type === 'step_ended');
  expect(steps, stderr).toHaveLength(3);
  return Object.fromEntries(steps.map(({ host, status, because }) => [host, `${status}: ${because}`]));
}

async function on(host: string, text: string): Promise<string> {
  const ran = await labExec(lab, host, ['sh', '-ec', text], { timeoutMs: 20_000 });
  expect(ran, `${host}: ${text}`).toMatchObject({ exit: 0 });
  return ran.stdout;
}

/** The lab's pod networks and nodes by the last number of their host. */
const subnet = (host: number): string => lab.plan.pods.replace(/\.0\.0\/16$/, `.${host}.0/24`);
const node = (host: number): string => lab.plan.network.replace(/\.0\/24$/, `.${host}`);

interface Fault {
  readonly name: string;
  /** What is done, and undone again: on hdss7-22, unless it is for more than one host. */
  readonly broken: string | (() => Promise<unknown>);
  readonly repaired: string | (() => Promise<unknown>);
  /** What the rows say, by host; hosts that are not named must be well. */
  readonly says: () => Readonly<Record<string, RegExp>>;
}

async function holdsEverywhere(model: string): Promise<void> {
  let last: Record<string, string> = {};
  await until(`${model} holds everywhere`, async () => {
    last = await asked(model);
    return Object.values(last).every((one) => one.startsWith('ok: ')) ? true : undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last)}`);
  });
}

function faults(model: string, table: readonly Fault[]): void {
  describe.each(table)('$name', ({ broken, repaired, says }) => {
    test('is told in its row, and what is well is not blamed', async () => {
      await (typeof broken === 'string' ? on('hdss7-22', broken) : broken());
      try {
        const told = await asked(model);
        const expected = says();
        for (const [host, words] of Object.entries(told)) expect(`${host} ${words}`).toMatch(expected[host] ?? / ok: /);
      } finally {
        await (typeof repaired === 'string' ? on('hdss7-22', repaired) : repaired());
      }
      await holdsEverywhere(model);
    });
  });
}

describe('host-gw', () => {
  test('holds, with a line for each row', async () => {
    const { 'hdss7-21': told } = await asked('host-gw');
    expect(told).toMatch(
      /^ok: host: .*; leases: 3 host-gw; process: \d+; log: found host-gw; .*; reverse path: rp_filter 0$/,
    );
  });

  test('is not taken for another model', async () => {
    for (const told of Object.values(await asked('vxlan')))
      expect(told).toMatch(/unmet: leases: .* not vxlan.*; routes: /);
  });

  faults('host-gw', [
    {
      name: 'a return route that is missing behind SNAT',
      // flanneld puts it back within ten seconds, so it is held meanwhile.
      broken: () => on('hdss7-22', `pkill -STOP -x flanneld && ip route del ${subnet(21)}`),
      repaired: () =>
        on('hdss7-22', `ip route replace ${subnet(21)} via ${node(21)} dev eth0; pkill -CONT -x flanneld`),
      // The other direction works: its packets bear the node's address.
      says: () => ({ 'hdss7-22': /routes: \S+ has no route, not via .*pods: \S+ 0 of 2 came back/ }),
    },
    {
      name: 'ip_forward off',
      broken: 'echo 0 >/proc/sys/net/ipv4/ip_forward',
      repaired: 'echo 1 >/proc/sys/net/ipv4/ip_forward',
      says: () => ({
        'hdss7-21': /unmet: pods: \S+ 0 of 2 came back, its node does$/,
        'hdss7-22': /lookup: .*forwarding: ip_forward is 0; pods: /,
        'hdss7-23': /unmet: pods: \S+ 0 of 2 came back, its node does$/,
      }),
    },
    {
      name: 'a firewall that drops before flannel accepts',
      broken: 'iptables -I FORWARD -j DROP',
      repaired: 'iptables -D FORWARD -j DROP',
      says: () => ({
        'hdss7-21': /unmet: pods: \S+ 0 of 2 came back/,
        'hdss7-22': /unmet: forwarding: the chain FORWARD drops first: -A FORWARD -j DROP; pods: /,
        'hdss7-23': /unmet: pods: \S+ 0 of 2 came back/,
      }),
    },
    {
      name: 'a route that no node needs',
      broken: () => on('hdss7-22', `ip route add ${subnet(99)} via ${node(21)} dev eth0`),
      repaired: () => on('hdss7-22', `ip route del ${subnet(99)}`),
      says: () => ({ 'hdss7-22': /unmet: leftovers: \S+\.99\.0\/24 via \S+ dev eth0$/ }),
    },
    {
      name: 'a process that survived',
      // One that finds no etcd lives on and does nothing, whichever flanneld it is.
      broken: `setsid $(sed -n 's/^exec \\(.*\\) --public-ip.*/\\1/p' /opt/flannel/flanneld.sh) --iface=eth0 \\
        --etcd-endpoints=http://127.0.0.1:1 --subnet-file=/run/second.env </dev/null >/dev/null 2>&1 & echo $! >/run/second`,
      repaired: 'kill "$(cat /run/second)"',
      says: () => ({ 'hdss7-22': /unmet: process: 2 run: \d+,\d+$/ }),
    },
  ]);

  test('flanneld loops on a config that it cannot read while supervisor says RUNNING', async () => {
    const set = (value: string) =>
      on('hdss7-12', `ETCDCTL_API=2 etcdctl --no-sync --endpoints http://127.0.0.1:2379 set ${configKey} '${value}'`);
    await set('{"Network":');
    let told: Record<string, string>;
    try {
      await on('hdss7-22', 'supervisorctl restart flanneld');
      const log = '/data/logs/flanneld/flanneld.stdout.log';
      await on('hdss7-22', `until tail -n 3 ${log} | grep -q "Couldn't fetch network config"; do sleep 0.1; done`);
      expect(await on('hdss7-22', 'supervisorctl status flanneld')).toContain('RUNNING');
      told = await asked('host-gw');
    } finally {
      await set(JSON.stringify({ Network: lab.plan.pods, Backend: { Type: 'host-gw' } }));
    }
    expect(told['hdss7-22']).toMatch(/unmet: log: Couldn't fetch network config: /);
    expect(told['hdss7-21']).toMatch(/^ok: /);
    await holdsEverywhere('host-gw');
  });
});

describe('VXLAN', () => {
  beforeAll(async () => {
    const { exit, stdout } = await project.call('play', shipped('switch-to-vxlan.yml'), '--no-commit');
    expect(exit, stdout).toBe(0);
  });

  test('holds, and says that packets went by its device', async () => {
    const { 'hdss7-21': told } = await asked('vxlan');
    expect(told).toMatch(
      /^ok: .*device: flannel.1 up, MAC as leased; neighbours: 2 on flannel.1; .*path: \d+ packets by flannel.1/,
    );
    expect(told).toContain('docker0 has 1500: pods rest on path MTU discovery');
  });

  faults('vxlan', [
    {
      name: 'a MAC that is not the one that was published',
      broken: 'ip link set flannel.1 address 02:00:00:00:00:99',
      repaired: 'supervisorctl restart flanneld',
      says: () => ({
        'hdss7-21': /unmet: pods: \S+ 0 of 2 came back, its node does \(is UDP 8472 open both ways\?\)/,
        'hdss7-22':
          /unmet: device: flannel.1 has MAC 02:00:00:00:00:99, the lease says \S+: restart flanneld; .*pods: /,
        'hdss7-23': /unmet: pods: /,
      }),
    },
    {
      name: 'UDP 8472 dropped on the wire',
      broken: () => blockUdp(lab, 'hdss7-21', 'hdss7-22'),
      repaired: () => unblockUdp(lab, 'hdss7-21', 'hdss7-22'),
      says: () => ({
        'hdss7-21': /unmet: pods: \S+\.22\.2 0 of 2 came back, its node does \(is UDP 8472 open both ways\?\)$/,
        'hdss7-22': /unmet: pods: \S+\.21\.2 0 of 2 came back, its node does \(is UDP 8472 open both ways\?\)$/,
      }),
    },
    {
      name: 'an underlay that is narrower than the interfaces say',
      broken: () => narrow(1450),
      repaired: () => narrow(1500),
      says: () => {
        const row =
          /unmet: nodes: \S+ answers, but not to 1500 bytes unfragmented: .*; pods: \S+ answers, but not to 1450 bytes unfragmented/;
        return { 'hdss7-21': row, 'hdss7-22': row, 'hdss7-23': row };
      },
    },
    {
      name: 'a stale forwarding entry',
      broken: () =>
        on(
          'hdss7-22',
          'bridge fdb show dev flannel.1 >/run/fdb; while read -r mac rest; do bridge fdb del $mac dev flannel.1; done </run/fdb',
        ),
      repaired: 'supervisorctl restart flanneld',
      says: () => ({
        'hdss7-21': /unmet: pods: \S+\.22\.2 0 of 2/,
        'hdss7-22': /unmet: neighbours: \S+ is forwarded to nobody, not \S+,/,
        'hdss7-23': /unmet: pods: \S+\.22\.2 0 of 2/,
      }),
    },
    {
      name: 'a leftover route beside the right one, while ping answers',
      broken: () => on('hdss7-22', `ip route add ${subnet(21)} via ${node(21)} dev eth0 metric 50`),
      repaired: () => on('hdss7-22', `ip route del ${subnet(21)} metric 50`),
      says: () => ({ 'hdss7-22': /unmet: leftovers: \S+\.21\.0\/24 via \S+ dev eth0 metric 50$/ }),
    },
    {
      name: 'a policy rule that hides the main table, while ping answers',
      broken: () =>
        on(
          'hdss7-22',
          `ip route add ${subnet(21)} via ${node(21)} dev eth0 table 100; ip rule add to ${subnet(21)} lookup 100`,
        ),
      repaired: () => on('hdss7-22', `ip rule del to ${subnet(21)} lookup 100; ip route flush table 100`),
      says: () => ({
        'hdss7-22': /unmet: leftovers: .* table 100; lookup: a pod's packet to \S+\.21\.2: .* dev eth0 /,
      }),
    },
    {
      name: 'packets that the reverse path filter drops',
      broken: () =>
        on(
          'hdss7-22',
          `echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter; ip route replace ${subnet(21)} via ${node(21)} dev eth0`,
        ),
      repaired: () =>
        on(
          'hdss7-22',
          `echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter; ip route replace ${subnet(21)} via ${subnet(21).replace('/24', '')} dev flannel.1 onlink`,
        ),
      says: () => ({
        'hdss7-21': /unmet: pods: \S+\.22\.2 0 of 2/,
        'hdss7-22':
          /unmet: routes: .*; leftovers: .*; lookup: .*; reverse path: rp_filter \(1\) drops what comes from \S+\.21\.2 in by flannel\.1/,
      }),
    },
    {
      name: 'a subnet file that names another subnet than the bridge has',
      broken: () =>
        on(
          'hdss7-22',
          `cp /opt/flannel/subnet.env /run/kept; sed -i 's|^FLANNEL_SUBNET=.*|FLANNEL_SUBNET=${subnet(3).replace('.0/24', '.1/24')}|' /opt/flannel/subnet.env`,
        ),
      repaired: 'cp /run/kept /opt/flannel/subnet.env',
      says: () => ({ 'hdss7-22': /unmet: subnet file: it says \S+\.3\.1\/24, docker0 has \S+\.22\.1\/24, it says / }),
    },
  ]);
});

/** What the wire carries: frames that are larger are dropped, and nobody is told. */
async function narrow(mtu: number): Promise<void> {
  const links = await inSwitch(lab.plan, ['ip', '-o', 'link', 'show', 'type', 'veth']);
  const ports = [...links.matchAll(/^\d+: (\S+?)@/gm)].map((match) => match[1] ?? '');
  expect(ports.length).toBeGreaterThan(3);
  for (const port of ports) await inSwitch(lab.plan, ['ip', 'link', 'set', port, 'mtu', String(mtu)]);
}
