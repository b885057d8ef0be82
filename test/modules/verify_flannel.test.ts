import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { verifyFlannel } from '../../src/modules/verify_flannel.ts';
import { type Answer, answers, asCheck, complaints } from '../support/laws.ts';

// The recordings are of hdss7-21 of a lab of two nodes with a real flanneld: RUNBOOK_LAB_FLANNELD, built from its source between
// v0.12.0 and v0.13.0, with etcd's v2 API. The config's section was put in later, as etcd
// answers.
const args = {
  etcd: 'http://10.4.199.12:2379',
  network: '172.7.0.0/16',
  nodes: [21, 22].map((n) => ({ public_ip: `10.4.199.${n}`, pod_cidr: `172.7.${n}.0/24` })),
  subnet_file: '/opt/flannel/subnet.env',
  log: '/data/logs/flanneld/flanneld.stdout.log',
  netns: 'pod',
};
const hostGw = { ...args, model: 'host-gw' };
const vxlan = { ...args, model: 'vxlan' };

function recorded(name: string): string {
  const file = new URL(`../recordings/verify_flannel/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { stdout: string }).stdout;
}

/** A recording in which something else was found; the text that is replaced must be there. */
function but(name: string, ...changes: readonly (readonly [string | RegExp, string])[]): Answer {
  let stdout = recorded(name);
  for (const [from, to] of changes) {
    const changed = stdout.replace(from, to);
    expect(changed, String(from)).not.toBe(stdout);
    stdout = changed;
  }
  return { stdout };
}

/** A recording of VXLAN, with these options in etcd's config. */
function withOptions(
  options: JsonObject | string,
  ...changes: readonly (readonly [string | RegExp, string])[]
): Answer {
  const name = typeof options === 'object' && options.DirectRouting === true ? 'directrouting' : 'vxlan';
  const value =
    typeof options === 'string'
      ? options
      : JSON.stringify({ Network: '172.7.0.0/16', Backend: { Type: 'vxlan', ...options } });
  const answer = JSON.stringify({ action: 'get', node: { key: '/coreos.com/network/config', value } });
  return but(name, [/== config\n.*/, `== config\n${answer}`], ...changes);
}

const mac = /"VtepMAC\\?":\\?"([0-9a-f:]+)/;
const own = new RegExp(`10\\.4\\.199\\.21.*?${mac.source}`).exec(recorded('vxlan'))?.[1] ?? '';
const theirs = new RegExp(`10\\.4\\.199\\.22.*?${mac.source}`).exec(recorded('vxlan'))?.[1] ?? '';

answers(verifyFlannel, [
  {
    name: 'host-gw',
    args: hostGw,
    host: 'host-gw',
    ok: true,
    because:
      /^host: 10\.4\.199\.21; connection: local; leases: 2 host-gw; process: \d+; log: found host-gw; subnet file: 172\.7\.21\.1\/24 MTU 1500; device: eth0 up; routes: 1 by host-gw; leftovers: none; lookup: 1 by host-gw; forwarding: on, policy ACCEPT; nodes: 1 answer; pods: 1 answer, also to 1500 bytes; path: by eth0; reverse path: rp_filter 0$/,
  },
  {
    name: 'by the bridge’s address',
    args: { ...hostGw, netns: '' },
    host: 'host-gw-from-bridge',
    ok: true,
    because: /pods: 1 answer/,
  },
  {
    name: 'without traffic',
    args: { ...hostGw, count: 0 },
    host: 'quiet',
    ok: true,
    because: /policy ACCEPT; reverse path: rp_filter 0$/,
  },
  { name: 'etcd by etcdctl', args: hostGw, host: 'etcdctl', ok: true, because: /leases: 2 host-gw/ },
  {
    name: 'VXLAN',
    args: vxlan,
    host: 'vxlan',
    ok: true,
    because:
      /leases: 2 vxlan; .* \(docker0 has 1500: .*\); device: flannel.1 up, MAC as leased; neighbours: 1 on flannel.1; .*path: \d+ packets by flannel.1;/,
  },
  {
    name: 'DirectRouting',
    args: { ...args, model: 'directrouting' },
    host: 'directrouting',
    ok: true,
    because: /routes: 1 by directrouting/,
  },
  {
    name: 'whatever it is',
    args: { ...args, model: 'any' },
    host: 'any',
    ok: true,
    because: /leases: 2 vxlan; .* also to 1450 bytes/,
  },
  {
    name: 'whatever it is, so nobody knows by which device packets come in',
    args: { ...args, model: 'any' },
    host: but(
      'any',
      ['conf/all/rp_filter:0', 'conf/all/rp_filter:1'],
      [/(?=\n== counters\n)/, '\n== arrivals\n-- 172.7.22.2 eth0\nRTNETLINK answers: Invalid argument\n'],
    ),
    ok: true,
    because: /reverse path: rp_filter 1$/,
  },

  {
    name: 'VXLAN where host-gw is wanted',
    args: hostGw,
    host: 'vxlan',
    ok: false,
    because:
      /^leases: 10\.4\.199\.21 has published vxlan, not host-gw, .*; routes: 172\.7\.22\.0\/24 has via 172\.7\.22\.0 dev flannel\.1, not via 10\.4\.199\.22 dev eth0; .*path: flannel\.1 sent \d+ packets while 4 went to pods/,
  },
  {
    name: 'VXLAN where DirectRouting is wanted',
    args: { ...args, model: 'directrouting' },
    host: 'vxlan',
    ok: false,
    because: /^routes: .*; leftovers: .*; lookup: .*; path: /,
  },
  {
    name: 'DirectRouting where VXLAN is wanted',
    args: vxlan,
    host: 'directrouting',
    ok: false,
    because: /^routes: 172\.7\.22\.0\/24 has via 10\.4\.199\.22 dev eth0, not via/,
  },
  {
    name: 'flanneld does not run',
    args: { ...args, model: 'directrouting' },
    host: 'stopped',
    ok: false,
    because: /^process: none runs$/,
  },
  {
    name: 'nothing is there',
    args: vxlan,
    host: 'gone',
    ok: false,
    because:
      /^process: none runs; subnet file: there is none; device: there is no flannel\.1; neighbours: .*; routes: 172\.7\.22\.0\/24 has no route, .*; lookup: .*; pods: 172\.7\.22\.2 0 of 2 came back.*; path: flannel\.1 sent 0 packets while 4 went to pods$/,
  },
  {
    name: 'etcd does not answer',
    args: hostGw,
    host: 'no-etcd',
    ok: false,
    because: /^leases: etcd gave none: curl: \(7\) Failed to connect/,
  },
  {
    name: 'not one of the nodes',
    args: { ...hostGw, iface: 'lo' },
    host: 'other-iface',
    ok: false,
    because: /^host: no node has an address of lo \(127\.0\.0\.1\/8\);/,
  },
  {
    name: 'no pod to ask from',
    args: hostGw,
    host: 'busybox-ping',
    ok: false,
    because: /^pods: 172\.7\.22\.2 gave no result \(no running container nosuchcontainer\), its node does$/,
  },
  {
    name: 'the v3 API by its gateway',
    args: { ...args, model: 'any', api: 3 },
    host: 'v3',
    ok: false,
    because: /^(?!.*leases).*process: none runs/,
  },
  {
    name: 'the v3 API by etcdctl',
    args: { ...args, model: 'any', api: 3 },
    host: 'v3-etcdctl',
    ok: false,
    because: /^(?!.*leases).*process: none runs/,
  },
  {
    name: 'a lost host',
    args: vxlan,
    host: { exit: null, cut: 'lost' },
    ok: false,
    because: /^the host gave no whole answer: connection lost/,
  },
  {
    name: 'half an answer',
    args: vxlan,
    host: { stdout: recorded('vxlan').slice(0, 1500), exit: 0 },
    ok: false,
    because: /no whole answer/,
  },
]);

describe('one thing is wrong, and its row says so', () => {
  const rows: readonly (readonly [string, JsonObject, Answer, RegExp])[] = [
    [
      'a lease of another node’s',
      vxlan,
      but('vxlan', [/PublicIP\\":\\"10\.4\.199\.22/, 'PublicIP\\":\\"10.4.199.29']),
      /^leases: 172\.7\.22\.0\/24 is leased by 10\.4\.199\.29, not 10\.4\.199\.22$/,
    ],
    [
      'a lease that is lost',
      vxlan,
      but('vxlan', ['subnets/172.7.21.0-24', 'subnets/172.7.3.0-24']),
      /^leases: 172\.7\.21\.0\/24 of 10\.4\.199\.21 is not leased, 10\.4\.199\.21 has leased 172\.7\.3\.0\/24 too$/,
    ],
    [
      'another node that was not switched',
      { ...vxlan, nodes: [args.nodes[0] ?? {}] },
      but('vxlan', [/vxlan(\\",\\"BackendData\\":\{\\"VtepMAC\\":\\"[^}]*\}\}",[^}]*\}\],)/, 'host-gw$1']),
      /^leases: 10\.4\.199\.2\d,? ?.*has published host-gw/,
    ],
    [
      'a controller inside the pod network',
      vxlan,
      but('vxlan', ['== connection\n', '== connection\n172.7.30.2 50000 10.4.199.21 22']),
      /^connection: the controller comes from 172\.7\.30\.2, inside 172\.7\.0\.0\/16$/,
    ],
    [
      'a process that has just been replaced',
      vxlan,
      but('vxlan', [/== processes\n(\d+) /, '== processes\n7 ']),
      /^process: \d+ has just been started in place of 7$/,
    ],
    ['two processes', vxlan, but('vxlan', [/(== processes_after\n)/, '$1999 1\n']), /^process: 2 run: 999,\d+$/],
    [
      'a process that is younger than asked for',
      { ...vxlan, alive: '10h' },
      but('vxlan', [/== uptime\n.*/, '== uptime\n10000.00 1']),
      /^process: \d+ was started -?[\d.]+ s ago$/,
    ],
    [
      'a subnet file of another bridge',
      vxlan,
      but('vxlan', ['FLANNEL_SUBNET=172.7.21.1/24', 'FLANNEL_SUBNET=172.7.3.1/24']),
      /^subnet file: it says 172\.7\.3\.1\/24, docker0 has 172\.7\.21\.1\/24, it says 172\.7\.3\.1\/24, the node has 172\.7\.21\.0\/24$/,
    ],
    [
      'a MTU of the other model',
      vxlan,
      but('vxlan', ['FLANNEL_MTU=1450', 'FLANNEL_MTU=1500']),
      /^subnet file: its MTU is 1500, vxlan leaves 1450; device: flannel\.1 has MTU 1450, the subnet file says 1500$/,
    ],
    [
      'a MAC that drifted',
      vxlan,
      but('vxlan', [`link/ether ${own}`, 'link/ether 02:00:00:00:00:99']),
      /^device: flannel\.1 has MAC 02:00:00:00:00:99, the lease says [0-9a-f:]+: restart flanneld$/,
    ],
    ['a device that learns', vxlan, but('vxlan', [' nolearning', '']), /^device: flannel\.1 learns addresses$/],
    [
      'a device that is down',
      vxlan,
      but('vxlan', ['flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP>', 'flannel.1: <BROADCAST,MULTICAST>']),
      /^device: flannel\.1 is down$/,
    ],
    [
      'a device that lost its address',
      vxlan,
      but('vxlan', ['172.7.21.0/32', '172.7.20.0/32']),
      /^device: flannel\.1 lacks 172\.7\.21\.0\/32$/,
    ],
    [
      'a neighbour’s MAC that is stale',
      vxlan,
      but('vxlan', [`lladdr ${theirs}`, 'lladdr 02:00:00:00:00:88']),
      /^neighbours: 172\.7\.22\.0 is 02:00:00:00:00:88, its lease says [0-9a-f:]+$/,
    ],
    [
      'a packet sent to another node',
      vxlan,
      but('vxlan', [`${theirs} dst 10.4.199.22`, `${theirs} dst 10.4.199.9`]),
      /^neighbours: [0-9a-f:]+ is forwarded to 10\.4\.199\.9, not 10\.4\.199\.22$/,
    ],
    [
      'a gateway that is not onlink',
      vxlan,
      but('vxlan', [' scope global onlink', ' scope global']),
      /^routes: 172\.7\.22\.0\/24 has via 172\.7\.22\.0 dev flannel\.1, not via 172\.7\.22\.0 dev flannel\.1; leftovers/,
    ],
    [
      'an orphan',
      hostGw,
      but('host-gw', [
        '== routes\n',
        '== routes\nunicast 172.7.99.0/24 via 10.4.199.22 dev eth0 table main proto boot scope global\n',
      ]),
      /^leftovers: 172\.7\.99\.0\/24 via 10\.4\.199\.22 dev eth0$/,
    ],
    [
      'another route beside the right one',
      vxlan,
      but('vxlan', [
        '== routes\n',
        '== routes\nunicast 172.7.22.0/24 via 10.4.199.22 dev eth0 table 100 proto boot scope global metric 9\n',
      ]),
      /^leftovers: 172\.7\.22\.0\/24 via 10\.4\.199\.22 dev eth0 metric 9 table 100$/,
    ],
    [
      'a packet by another device',
      vxlan,
      but('vxlan', [
        /(== lookups\n-- \S+\n.*)via 172\.7\.22\.0 dev flannel\.1/,
        '$1via 10.4.199.22 dev eth0 table 100',
      ]),
      /^lookup: a pod's packet to 172\.7\.22\.2: .*dev eth0 table 100/,
    ],
    ['no forwarding', vxlan, but('vxlan', ['ip_forward:1', 'ip_forward:0']), /^forwarding: ip_forward is 0$/],
    [
      'a rule that drops first',
      vxlan,
      but('vxlan', [
        '-P FORWARD ACCEPT\n',
        '-P FORWARD ACCEPT\n-A FORWARD -j REJECT --reject-with icmp-host-prohibited\n',
      ]),
      /^forwarding: the chain FORWARD drops first: -A FORWARD -j REJECT/,
    ],
    [
      'a policy that drops',
      vxlan,
      but('vxlan', [/-P FORWARD ACCEPT\n(-A FORWARD .*\n)*/, '-P FORWARD DROP\n']),
      /^forwarding: the policy of the chain FORWARD is DROP$/,
    ],
    [
      'packets that a reverse path filter dropped',
      vxlan,
      but(
        'vxlan',
        [/(== counters_after\n)reverse_path 0/, '$1reverse_path 3'],
        ['conf/all/rp_filter:0', 'conf/all/rp_filter:1'],
      ),
      /^reverse path: rp_filter \(1\) dropped 3 packets$/,
    ],
    [
      'a reverse path filter that would drop what a peer sends',
      vxlan,
      but(
        'vxlan',
        ['conf/all/rp_filter:0', 'conf/all/rp_filter:1'],
        [/(?=\n== counters\n)/, '\n== arrivals\n-- 172.7.22.2 flannel.1\nRTNETLINK answers: Invalid argument\n'],
      ),
      /^reverse path: rp_filter \(1\) drops what comes from 172\.7\.22\.2 in by flannel\.1$/,
    ],
    [
      'a hole for large packets',
      vxlan,
      but('vxlan', [/(-- full 172\.7\.22\.2\n[^-]*--- .* ---\n2 packets transmitted, )2/, '$10']),
      /^pods: 172\.7\.22\.2 answers, but not to 1450 bytes unfragmented: 0 of 2 came back$/,
    ],
    [
      'an underlay that is narrow',
      vxlan,
      but('vxlan', [/(-- outer 10\.4\.199\.22\n[^-]*--- .* ---\n2 packets transmitted, )2/, '$10']),
      /^nodes: 10\.4\.199\.22 answers, but not to 1500 bytes unfragmented: 0 of 2 came back$/,
    ],
    [
      'pods that do not answer while their node does',
      vxlan,
      but('vxlan', [/(-- small 172\.7\.22\.2\n[^-]*--- .* ---\n2 packets transmitted, )2/, '$11']),
      /^pods: 172\.7\.22\.2 1 of 2 came back, its node does \(is UDP 8472 open both ways\?\)$/,
    ],
    [
      'packets that went another way',
      vxlan,
      but('vxlan', [/(== counters_after\n[^=]*tx )\d+/, '$10']),
      /^path: flannel\.1 sent -?\d+ packets while 4 went to pods$/,
    ],
    [
      'a config that is gone',
      vxlan,
      but('vxlan', [
        /== config\n.*/,
        '== config\n{"errorCode":100,"message":"Key not found","cause":"/coreos.com/network/config","index":4}',
      ]),
      /^config: etcd gave none: \{"errorCode":100,"message":"Key not found"/,
    ],
    ['a config that is no JSON', vxlan, withOptions('{'), /^config: it is not JSON: \{$/],
    ['another VNI', vxlan, withOptions({ VNI: 7 }), /^config: its VNI is 7, `vni` is 1$/],
    [
      'another port, and no GBP',
      vxlan,
      withOptions({ Port: 4789, GBP: true }, [
        /(-- small 172\.7\.22\.2\n[^-]*--- .* ---\n2 packets transmitted, )2/,
        '$11',
      ]),
      /^device: flannel\.1 sends to port 8472, the config says 4789, flannel\.1 lacks GBP, the config says it; pods: .*is UDP 4789 open both ways/,
    ],
    [
      'GBP that the config does not say',
      vxlan,
      but('vxlan', ['dstport 8472', 'dstport 8472 gbp']),
      /^device: flannel\.1 has GBP, the config does not$/,
    ],
    [
      'a MTU that is not the config’s',
      { ...vxlan, api: 3 },
      withOptions({ MTU: 1400 }),
      /^subnet file: its MTU is 1450, the config's 1400 leaves 1350$/,
    ],
    [
      'a device that was kept with another MTU',
      { ...args, model: 'directrouting', api: 3 },
      withOptions({ MTU: 1400, DirectRouting: true }, ['FLANNEL_MTU=1450', 'FLANNEL_MTU=1350']),
      /^device: flannel\.1 has MTU 1450, the subnet file says 1350$/,
    ],
    [
      'a start that found another type',
      vxlan,
      but('vxlan', ['Backend type: VxLAN', 'Backend type: host-gw']),
      /^log: it found a config of type host-gw$/,
    ],
    [
      'a start that waits for its config',
      vxlan,
      but('vxlan', [
        /Found network config - Backend type: VxLAN/,
        "Couldn't fetch network config: unexpected end of JSON input",
      ]),
      /^log: Couldn't fetch network config: unexpected end of JSON input$/,
    ],
    [
      'a start that went wrong later',
      vxlan,
      but('vxlan', [/$/, '\nE1020 14:52:50.397551  1 x.go:1] Error adding route to 172.7.22.0/24\n']),
      /^log: Error adding route to 172\.7\.22\.0\/24$/,
    ],
  ];

  test.each(rows)('%s', (_, asked, host, because) => {
    expect(complaints(verifyFlannel.schema, asked)).toEqual([]);
    const { stdout = '' } = host as { stdout?: string };
    const verdict = asCheck(verifyFlannel).judge({ exit: 0, stdout, stderr: '', startedAt: '', ms: 1 }, asked);
    expect(verdict).toEqual({ ok: false, because: expect.stringMatching(because) });
  });
});

describe('what is no fault', () => {
  const fine: readonly (readonly [string, JsonObject, Answer])[] = [
    [
      'leftovers, while they are allowed',
      { ...hostGw, leftovers: 'allow' },
      but('host-gw', [
        '== routes\n',
        '== routes\nunicast 172.7.99.0/24 via 10.4.199.22 dev eth0 table main proto boot scope global\n',
      ]),
    ],
    ['a policy of DROP where flannel’s rules accept', vxlan, but('vxlan', ['-P FORWARD ACCEPT', '-P FORWARD DROP'])],
    [
      'a rule that drops something else first',
      vxlan,
      but('vxlan', [
        '-P FORWARD ACCEPT\n',
        '-P FORWARD ACCEPT\n-A FORWARD -s 10.0.0.0/8 -j DROP\n-A FORWARD -m conntrack --ctstate INVALID -j DROP\n',
      ]),
    ],
    [
      'a trouble before the config was found',
      vxlan,
      but('vxlan', ['== log\n', "== log\nE1020 14:52:50.397551  1 x.go:1] Couldn't fetch network config: refused\n"]),
    ],
    [
      'a ping that cannot forbid fragments',
      vxlan,
      but('vxlan', [
        /-- full 172\.7\.22\.2\n[\s\S]*?(?=\n\n== |-- )/,
        '-- full 172.7.22.2\nBusyBox v1.35.0 multi-call binary.\n',
      ]),
    ],
    ['a device that may learn', vxlan, withOptions({ Learning: true }, [' nolearning', ''])],
    ['a device that does not learn what it may', vxlan, withOptions({ Learning: true })],
    [
      'a port, GBP and a VNI of their own',
      { ...vxlan, vni: 7 },
      withOptions(
        { VNI: 7, Port: 4789, GBP: true },
        [/vxlan id 1 /, 'vxlan id 7 '],
        ['dstport 8472', 'dstport 4789 gbp'],
        [/flannel\.1/g, 'flannel.7'],
      ),
    ],
    [
      'a MTU of its own',
      { ...vxlan, api: 3 },
      withOptions(
        { mtu: 1400 },
        ['FLANNEL_MTU=1450', 'FLANNEL_MTU=1350'],
        [/(flannel\.1: <[^>]*> mtu )1450/, '$11350'],
      ),
    ],
    [
      'a MTU of its own beside direct routes',
      { ...args, model: 'directrouting', api: 3 },
      withOptions(
        { MTU: 1400, DirectRouting: true },
        ['FLANNEL_MTU=1450', 'FLANNEL_MTU=1350'],
        [/(flannel\.1: <[^>]*> mtu )1450/, '$11350'],
      ),
    ],
    ['a MTU that flannel does not know yet', vxlan, withOptions({ MTU: 1400 })],
    [
      'a config of another backend, which has no such options',
      vxlan,
      but('vxlan', [/\\"Type\\":\\"VxLAN\\"/, '\\"Type\\":\\"udp\\",\\"Port\\":8285']),
    ],
    [
      'a route of a node that is leased but not of the play',
      hostGw,
      but(
        'host-gw',
        [
          '== routes\n',
          '== routes\nunicast 172.7.30.0/24 via 10.4.199.30 dev eth0 table main proto boot scope global\n',
        ],
        [
          '"nodes":[',
          '"nodes":[{"key":"/coreos.com/network/subnets/172.7.30.0-24","value":"{\\"PublicIP\\":\\"10.4.199.30\\",\\"BackendType\\":\\"host-gw\\"}"},',
        ],
      ),
    ],
  ];

  test.each(fine)('%s', (_, asked, host) => {
    const { stdout = '' } = host as { stdout?: string };
    const verdict = asCheck(verifyFlannel).judge({ exit: 0, stdout, stderr: '', startedAt: '', ms: 1 }, asked);
    expect(verdict).toMatchObject({ ok: true });
  });
});

test('etcd is asked for the config only where VXLAN has options: that of another backend may hold a secret', () => {
  const asked = (model: string) => asCheck(verifyFlannel).probe({ ...args, model, prefix: '/net' })?.argv ?? [];
  expect(asked('vxlan')).toContain('/net/config');
  expect(asked('directrouting')).toContain('/net/config');
  expect([...asked('host-gw'), ...asked('any')]).not.toContain('/net/config');
});

test('certificates reach etcd’s client as files, and the pod’s network as words', () => {
  const { argv, env, stdin } = asCheck(verifyFlannel).probe({
    ...vxlan,
    ca: '/a',
    cert: '/b',
    key: '/c',
    pid: 7,
    netns: '',
  });
  expect(env).toEqual({ CA: '/a', CERT: '/b', KEY: '/c' });
  expect(argv.slice(-5)).toEqual(['nsenter', '-t', '7', '-n', '--']);
  expect(stdin).toBe('10.4.199.21 172.7.21.2\n10.4.199.22 172.7.22.2\n');
});
