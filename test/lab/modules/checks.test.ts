import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labExec } from '../../../src/lab/lab.ts';
import { shipped, type TestProject } from '../../support/cli.ts';
import { labInHostGw, nodes, stateOf } from '../test-lab.ts';

// What a check that looks at less would not see: each fault is real, on the lab, and so is what stays well beside it.

let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(async () => {
  await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit');
  await project.remove();
});

const subnet = (host: number): string => lab.plan.pods.replace(/\.0\.0\/16$/, `.${host}.0/24`);
const pod = (host: number): string => lab.plan.pods.replace(/\.0\.0\/16$/, `.${host}.2`);
const node = (host: number): string => lab.plan.network.replace(/\.0\/24$/, `.${host}`);

async function on(host: string, text: string): Promise<string> {
  const ran = await labExec(lab, host, ['sh', '-ec', text], { timeoutMs: 20_000 });
  expect(ran, `${host}: ${text}`).toMatchObject({ exit: 0 });
  return ran.stdout;
}

/** Asks one check on all nodes; tells for each whether it held, and why. */
async function ask(check: string): Promise<Record<string, string>> {
  const path = await project.playbook('ask.yml', `- hosts: flannel\n  verify:\n    - ${check}\n`);
  const { stdout, stderr } = await project.call('audit', path, '-o', 'ndjson');
  const steps = stdout
    .split('\n')
    .filter((line) => line.includes('"type":"step_ended"'))
    .map((line) => JSON.parse(line) as { host: string; status: string; because: string });
  expect(steps.length, stderr).toBeGreaterThan(2);
  return Object.fromEntries(steps.map(({ host, status, because }) => [host, `${status}: ${because}`]));
}

/** Does something while something else is broken, and mends that whatever comes. */
async function while_(broken: () => Promise<unknown>, mended: () => Promise<unknown>, act: () => Promise<void>) {
  await broken();
  try {
    await act();
  } finally {
    await mended();
  }
}

const matrix =
  'verify_ping: { targets: "{{ peers.map(peer, peer.pod_ip) }}", mesh: true, netns: pod, count: 2, interval: 50ms }';

describe('verify_ping', () => {
  test('asks every ordered pair: a missing return route behind SNAT shows in one direction only', async () => {
    await while_(
      // flanneld puts it back within ten seconds, so it is held meanwhile.
      () => on('hdss7-22', `pkill -STOP -x flanneld && ip route del ${subnet(21)}`),
      () => on('hdss7-22', `ip route replace ${subnet(21)} via ${node(21)} dev eth0; pkill -CONT -x flanneld`),
      async () => {
        const told = await ask(matrix);
        expect(told['hdss7-21']).toBe(`ok: all 2 answer: ${pod(22)}, ${pod(23)}`);
        expect(told['hdss7-22']).toMatch(/^unmet: 1 of 2 do not answer well: \S+\.21\.2 0 of 2 .*; \S+\.23\.2 ok$/);
        expect(told['hdss7-23']).toMatch(/^ok: /);
      },
    );
  });

  test("the address of a peer's bridge answers while its pod is cut off", async () => {
    await while_(
      () => on('hdss7-22', 'echo 0 >/proc/sys/net/ipv4/ip_forward'),
      () => on('hdss7-22', 'echo 1 >/proc/sys/net/ipv4/ip_forward'),
      async () => {
        const bridge = `verify_ping: { target: ${subnet(22).replace('.0/24', '.1')}, netns: pod, count: 1 }`;
        expect((await ask(bridge))['hdss7-21']).toMatch(/^ok: /);
        expect((await ask(bridge.replace('.22.1', '.22.2')))['hdss7-21']).toMatch(/^unmet: 0 of 1/);
      },
    );
  });

  test('a pod is also entered by a process of it', async () => {
    const pid = (
      await on(
        'hdss7-21',
        'for p in /proc/[0-9]*; do if [ "$(readlink $p/ns/net)" != "$(readlink /proc/self/ns/net)" ]; then echo ${p#/proc/}; break; fi; done',
      )
    ).trim();
    const told = await ask(
      `{ verify_http: { url: "http://${pod(22)}/", pid: ${pid}, client: ${node(21)} }, when: inventory_hostname == "hdss7-21" }`,
    );
    expect(told['hdss7-21']).toMatch(/^ok: /);
  });
});

describe('verify_http', () => {
  test('tells the address that a new connection has at the peer, also when a rule of the other backend translates it', async () => {
    const client = 'verify_http: { url: "{{ peers[0].pod_page }}", netns: pod, client: "{{ pod_ip }}" }';
    expect((await ask(client))['hdss7-22']).toMatch(/; expected \S+\.22\.2 to be the client, the server saw \S+\.22$/);
    const before = await stateOf(lab);
    const { exit, stdout } = await project.call('play', shipped('fix-snat.yml'), '--no-commit');
    expect(exit, stdout).toBe(0);
    const run = /runbook rollback (\w+)/.exec(stdout)?.[1] ?? '';
    try {
      for (const told of Object.values(await ask(client))) expect(told).toMatch(/^ok: .*, client /);
      const old = `-s ${subnet(22)} ! -o docker0 -j MASQUERADE`;
      await while_(
        () => on('hdss7-22', `iptables-legacy -t nat -A POSTROUTING ${old}`),
        () => on('hdss7-22', `iptables-legacy -t nat -D POSTROUTING ${old}`),
        async () => expect((await ask(client))['hdss7-22']).toMatch(/the server saw \S+\.22$/),
      );
    } finally {
      expect(await project.call('rollback', run, '--no-commit')).toMatchObject({ exit: 0 });
      expect(await stateOf(lab)).toEqual(before);
    }
  });
});

describe('in VXLAN', () => {
  beforeAll(async () => {
    expect(await project.call('play', shipped('switch-to-vxlan.yml'), '--no-commit')).toMatchObject({ exit: 0 });
  });

  const small = 'verify_http: { url: "{{ peers[0].pod_page }}", netns: pod, timeout: 2s }';
  const large = 'verify_http: { url: "{{ peers[0].pod_big_page }}", netns: pod, bytes: 65536, timeout: 2s }';
  const full = matrix.replace('netns: pod', 'netns: pod, size: 1422, df: true');

  test('a narrow underlay swallows full packets and large pages, and small ones pass', async () => {
    await while_(hole('-I'), hole('-D'), async () => {
      expect((await ask(matrix))['hdss7-21']).toMatch(/^ok: /);
      expect((await ask(small))['hdss7-21']).toMatch(/^ok: /);
      expect((await ask(full))['hdss7-21']).toMatch(/^unmet: 2 of 2 do not answer well/);
      expect((await ask(large))['hdss7-21']).toMatch(
        /^unmet: (status 200, but the answer broke off|no answer): curl exit 28/,
      );
    });
    expect((await ask(full))['hdss7-21']).toMatch(/^ok: /);
    expect((await ask(large))['hdss7-21']).toMatch(/^ok: /);
  });

  test('a packet that is too large says so, unless the message is dropped', async () => {
    const tooLarge = full.replace('1422', '1423');
    expect((await ask(tooLarge))['hdss7-21']).toMatch(/mtu ?= ?1450/i);
    const rule = 'OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP';
    // What pods have learned of the path is forgotten, so that it is asked anew.
    const each = (command: string) =>
      Promise.all(nodes.map((host) => on(host, `ip netns exec pod ip route flush cache; ${command}`)));
    await while_(
      () => each(`iptables -I ${rule}`),
      () => each(`iptables -D ${rule}`),
      async () => {
        expect((await ask(tooLarge))['hdss7-21']).toMatch(/^unmet: 2 of 2 do not answer well(?!.*mtu)/i);
        expect((await ask(small))['hdss7-21']).toMatch(/^ok: /);
        expect((await ask(large))['hdss7-21']).toMatch(/^unmet: .*curl exit 28/);
      },
    );
  });

  test('a narrower path that pods remember does not stand in the way of host-gw', async () => {
    // A packet of 1500 bytes that VXLAN cannot carry: the pod remembers 1450 for ten minutes.
    await on('hdss7-21', `ip netns exec pod ping -c 1 -W 1 -M do -s 1472 ${pod(22)} || true`);
    const ran = await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit');
    expect(ran.exit, ran.stdout).toBe(0);
    const told = await project.call('audit', shipped('audit-flannel.yml'), '-e', 'model=host-gw', '-o', 'ndjson');
    expect(told.stdout).toContain(`${pod(22)} as far as 1450, which a pod remembers`);
    expect(await project.call('play', shipped('switch-to-vxlan.yml'), '--no-commit')).toMatchObject({ exit: 0 });
  });

  test('verify_route tells the route from the way that a packet takes', async () => {
    const route = `verify_route: { to: ${subnet(23)}, dev: flannel.1, onlink: true }`;
    const way = `verify_route: { get: ${pod(23)}, from: ${pod(22)}, iif: docker0, dev: flannel.1 }`;
    expect((await ask(route))['hdss7-22']).toMatch(/^ok: /);
    await while_(
      () =>
        on(
          'hdss7-22',
          `ip route add ${subnet(23)} via ${node(23)} dev eth0 table 100; ip rule add to ${subnet(23)} lookup 100`,
        ),
      () => on('hdss7-22', `ip rule del to ${subnet(23)} lookup 100; ip route flush table 100`),
      async () => {
        expect((await ask(matrix))['hdss7-22']).toMatch(/^ok: /);
        expect((await ask(route))['hdss7-22']).toMatch(/^unmet: 2 routes/);
        expect((await ask(way))['hdss7-22']).toMatch(/^unmet: .* dev eth0 table 100 .*; expected dev flannel.1$/);
      },
    );
  });

  test("verify_log looks at this start's lines only, and wait_for waits for one", async () => {
    const log = '/data/logs/flanneld/flanneld.stdout.log';
    const type = `verify_log: { path: ${log}, process: flanneld, required: ["Backend type: VxLAN"], forbidden: ["Backend type: host-gw"] }`;
    expect(await on('hdss7-21', `grep -c 'Backend type: host-gw' ${log}`)).not.toBe('0\n');
    for (const told of Object.values(await ask(type))) expect(told).toMatch(/^ok: \d+ lines of process \d+$/);
    for (const check of [
      `wait_for: { path: ${log}, contains: "Found network config - Backend type: VxLAN", deadline: 5s }`,
      'wait_for: { port: 2401, deadline: 5s }',
      'wait_for: { port: 2402, state: absent, steady: 200ms, deadline: 5s }',
      'verify_tcp: { target: "{{ hostvars[etcd_host].ansible_host }}", port: 2379, netns: pod }',
      'verify_dns: { name: hdss7-12, answers: ["{{ hostvars[etcd_host].ansible_host }}"] }',
    ]) {
      for (const told of Object.values(await ask(check))) expect(told).toMatch(/^ok: /);
    }
  });
});

describe('the switches', () => {
  beforeAll(async () => {
    expect(await project.call('play', shipped('switch-to-host-gw.yml'), '--no-commit')).toMatchObject({ exit: 0 });
  });

  test('remove an orphan once the change is proven, and bring it back with an undo', async () => {
    const orphan = `${subnet(99)} via ${node(22)} dev eth0`;
    await while_(
      () => on('hdss7-21', `ip route add ${orphan}`),
      () => on('hdss7-21', `ip route del ${subnet(99)} || true`),
      async () => {
        expect(await project.call('play', shipped('switch-to-vxlan.yml'), '--no-commit')).toMatchObject({ exit: 0 });
        expect(await on('hdss7-21', `ip route show ${subnet(99)}`)).toBe('');
        expect(await project.call('rollback', 'last', '--no-commit')).toMatchObject({ exit: 0 });
        expect((await on('hdss7-21', `ip route show ${subnet(99)}`)).trim()).toBe(orphan);
      },
    );
  });

  test('are undone where a node that is left out keeps the old model: no route to it is lost', async () => {
    const before = await stateOf(lab);
    const text = await readFile(shipped('switch-to-vxlan.yml'), 'utf8');
    const path = await project.playbook(
      'two.yml',
      text.replace('hosts: flannel', 'hosts: flannel:!hdss7-23').replaceAll('retries: 10', 'retries: 2'),
    );
    const { exit, stdout } = await project.call('play', path, '--no-commit');
    expect(exit, stdout).toBe(3);
    expect(stdout).toMatch(/leases: \S+\.23, which is no node of these, has published host-gw/);
    expect(await stateOf(lab)).toEqual(before);
    for (const told of Object.values(await ask(matrix))) expect(told).toMatch(/^ok: /);
  });

  test('refuse to begin where a node is not whole', async () => {
    await while_(
      () => on('hdss7-22', 'iptables -I FORWARD -j DROP'),
      () => on('hdss7-22', 'iptables -D FORWARD -j DROP'),
      async () => {
        const before = await stateOf(lab);
        const { exit, stdout } = await project.call('play', shipped('switch-to-vxlan.yml'), '--no-commit');
        expect(exit).toBe(2);
        expect(stdout).toContain('the chain FORWARD drops first');
        expect(await stateOf(lab)).toEqual(before);
      },
    );
  });
});

/** Larger packets between the nodes vanish, and nobody is told; the controller's connections are spared. */
function hole(command: '-I' | '-D'): () => Promise<unknown> {
  const rule = 'PREROUTING -i eth0 ! -p tcp -m length --length 1451:65535 -j DROP';
  return () => Promise.all(nodes.map((host) => on(host, `iptables -t raw ${command} ${rule}`)));
}
