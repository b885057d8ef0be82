import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, labExec, labHost } from '../../../src/lab/lab.ts';
import { iptablesRule as module } from '../../../src/modules/iptables_rule.ts';
import type { TestProject } from '../../support/cli.ts';
import { asResource } from '../../support/laws.ts';
import { applyOn, moveOn, type Run } from '../../support/run-command.ts';
import { roundTrip } from '../round-trip.ts';
import { labInHostGw, stateOf } from '../test-lab.ts';

const iptablesRule = asResource(module);
let lab: Lab;
let project: TestProject;

beforeAll(async () => {
  ({ lab, project } = await labInHostGw());
});
afterAll(() => project.remove());

const node = 'hdss7-21';
const here: Run = async (command) => {
  const ran = await labExec(lab, node, command.argv, { stdin: command.stdin ?? '', timeoutMs: 20_000 });
  return { ...ran, startedAt: new Date().toISOString(), ms: 0 };
};
async function on(text: string, options: { pod?: boolean } = {}): Promise<string> {
  const ran = await labExec(lab, node, ['sh', '-c', text], { timeoutMs: 60_000, ...options });
  expect(ran, text).toMatchObject({ exit: 0 });
  return ran.stdout;
}
const pods = (): string => labHost(lab, node).pod?.address.replace(/\.2$/, '.0/24') ?? '';
const oldRule = (): string => `-s ${pods()} ! -o docker0 -j MASQUERADE`;
const newRule = (): string => `-s ${pods()} ! -d ${lab.plan.pods} ! -o docker0 -j MASQUERADE`;
const swapArgs = () => ({ table: 'nat', chain: 'POSTROUTING', rule: newRule(), replaces: oldRule() });

/** Whom the peer's pod sees on a new flow. */
async function clientSeen(): Promise<string> {
  const page = await on(`curl -s -m 5 http://${labHost(lab, 'hdss7-22').pod?.address}/`, { pod: true });
  return /client=([\d.]+)/.exec(page)?.[1] ?? page;
}

const play = (args: string): string => `
- hosts: ${node}
  skip_if_verified: true
  tasks:
    - iptables_rule: &rule ${args}
  verify:
    - iptables_rule: *rule
`;

test('the nat rule is swapped, new flows show it, and it comes back', async () => {
  expect(await clientSeen()).toBe(labHost(lab, node).address);
  await roundTrip(lab, project, play(JSON.stringify(swapArgs())), {
    meanwhile: async () => expect(await clientSeen()).toBe(labHost(lab, node).pod?.address),
  });
  expect(await clientSeen()).toBe(labHost(lab, node).address);
});

test('a rule in a chain of its own: the chain is made, and goes again', async () => {
  await roundTrip(
    lab,
    project,
    play('{ chain: PODS-IN, rule: "-p udp -m udp --dport 8472 -j ACCEPT", create_chain: true }'),
  );
});

test('an IPv6 rule is put first, and goes again', async () => {
  const look = () => on('ip6tables-save | grep -e ^- || :');
  await on('ip6tables -A FORWARD -j DROP');
  const rule = '{ chain: FORWARD, rule: "-s 2001:db8::1/64 -j ACCEPT", position: first, ip_version: 6 }';
  // `lab status` tells of IPv4 only, so that the difference is in `look`.
  await roundTrip(lab, project, play(rule), { look });
  await on('ip6tables -F FORWARD');
});

describe('with a leftover of the rule in the legacy backend', () => {
  afterEach(() => on('iptables-legacy -t nat -F POSTROUTING'));

  test('which still translates, it goes too, and comes back', async () => {
    await on(`iptables-legacy -t nat -A POSTROUTING ${oldRule()}`);
    const look = () => on('iptables-legacy -t nat -S POSTROUTING');
    await roundTrip(lab, project, play(JSON.stringify(swapArgs())), {
      look,
      meanwhile: async () => expect(await clientSeen()).toBe(labHost(lab, node).pod?.address),
    });
  });

  test('and one backend named, it is named and nothing is touched', async () => {
    await on(`iptables-legacy -t nat -A POSTROUTING ${oldRule()}`);
    const before = await stateOf(lab, { pids: true });
    const path = await project.playbook('named.yml', play(JSON.stringify({ ...swapArgs(), backend: 'nft' })));
    const { exit, stdout, stderr } = await project.call('play', path);
    expect(exit, stdout).toBe(2);
    expect(`${stdout}${stderr}`).toContain('legacy backend has');
    expect(await stateOf(lab, { pids: true })).toEqual(before);
  });
});

describe('while the rule is swapped to and fro', () => {
  const outside = (): string => lab.plan.controller.address;
  // Every flow has a source port of its own, so that each is new to conntrack.
  const sender = `import socket, sys, time
sent, end = 0, time.time() + float(sys.argv[2])
for port in range(20000, 60000):
    if time.time() > end: break
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('', port)); s.sendto(b'x', (sys.argv[1], 9)); s.close(); sent += 1
    time.sleep(0.0004)
print(sent)`;

  /** New UDP flows from the pod to an outside host during a change: how many, and how many kept the pod's address. */
  async function leaked(change: () => Promise<void>): Promise<{ flows: number; untranslated: number }> {
    await on('conntrack -F 2>/dev/null; sysctl -qw net.netfilter.nf_conntrack_max=262144 2>/dev/null || :');
    let changing = true;
    const sending = labExec(lab, node, ['python3', '-c', sender, outside(), '6'], { pod: true, timeoutMs: 60_000 });
    const changes = (async () => {
      await change();
      changing = false;
    })();
    const ran = await sending;
    await changes;
    expect(changing, ran.stderr).toBe(false);
    const pod = labHost(lab, node).pod?.address ?? '';
    const entries = await on(`conntrack -L -p udp -s ${pod} -d ${outside()} 2>/dev/null`);
    const flows = entries.split('\n').filter((line) => line.includes('dport=9 '));
    // The answer's destination is the address that the outside saw.
    const untranslated = flows.filter((line) => line.split('src=')[2]?.includes(`dst=${pod} `)).length;
    return { flows: flows.length, untranslated };
  }

  test('no new flow to the outside leaves with the address of its pod', async () => {
    let swaps = 0;
    const { flows, untranslated } = await leaked(async () => {
      for (let i = 0; i < 10; i++) {
        const { before, after } = await applyOn(here, iptablesRule, swapArgs());
        expect(after).not.toEqual(before);
        const outcomes = await moveOn(here, iptablesRule, swapArgs(), before);
        expect(outcomes).toMatchObject([{ exit: 0 }]);
        swaps += 2;
      }
    });
    expect(swaps).toBe(20);
    expect(flows).toBeGreaterThan(2_000);
    expect(untranslated).toBe(0);
  });

  test('which a deletion before the insertion does not achieve: the count can tell', async () => {
    const { untranslated } = await leaked(async () => {
      for (let i = 0; i < 10; i++) {
        await on(`iptables -t nat -D POSTROUTING ${oldRule()} && iptables -t nat -I POSTROUTING ${oldRule()}`);
      }
    });
    expect(untranslated).toBeGreaterThan(0);
    await on('conntrack -F 2>/dev/null');
  });
});
