import type { XStatic } from 'typebox/schema';
import { script } from '../core/command.ts';
import { durationPattern, milliseconds } from '../core/duration.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { inside, insideFault, insideProperties } from './checks/inside.ts';
import { flannelFacts } from './flannel/flannel-facts.ts';
import { vxlanOverhead } from './flannel/flannel-options.ts';
import { flannelRows } from './flannel/flannel-rows.ts';
import { flannelScript } from './flannel/flannel-script.ts';
import { inboundOf } from './flannel/flannel-view.ts';
import { found, unlike, wrong } from './shared/faults.ts';
import { device } from './shared/formats.ts';
import { isInside, prefixOf } from './shared/prefix.ts';

const ipv4 = { type: 'string', format: 'ipv4', pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$' } as const;
const cidr = {
  type: 'string',
  format: 'ipv4-network',
  pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$',
} as const;
const file = '^/[^\\n]+$';

const schema = {
  type: 'object',
  description: 'How flannel is to work on this host.',
  properties: {
    model: {
      enum: ['vxlan', 'directrouting', 'host-gw', 'any'],
      description:
        'How peers are to be reached. `directrouting`: VXLAN with DirectRouting, all nodes on one network. `any`: as it is, for a preflight; what belongs to one model is not asked.',
    },
    etcd: {
      type: 'string',
      pattern: '^https?://[^\\s,]+(,https?://[^\\s,]+)*$',
      description: "Where this host asks for the nodes' leases: `http://10.4.7.12:2379`, several with commas.",
    },
    api: { enum: [2, 3], default: 2, description: "etcd's API: 2 for flannel up to 0.17, 3 from 0.18 on." },
    prefix: { type: 'string', pattern: file, default: '/coreos.com/network', description: "flannel's folder in etcd." },
    ca: { type: 'string', pattern: file, description: "File on the host with the authority of etcd's certificate." },
    cert: { type: 'string', pattern: file, description: 'File on the host with the certificate to show to etcd.' },
    key: { type: 'string', pattern: file, description: 'File on the host with the key of `cert`.' },
    network: { ...cidr, description: 'The pod network, as in the config.' },
    nodes: {
      type: 'array',
      minItems: 1,
      description: 'All nodes, this host among them: it is the one whose `public_ip` is an address of `iface`.',
      items: {
        type: 'object',
        properties: {
          public_ip: { ...ipv4, description: 'The address that its flanneld publishes.' },
          pod_cidr: { ...cidr, description: 'The subnet that it has leased.' },
          pod_ip: {
            ...ipv4,
            description: 'A pod of it. Default: the second address of `pod_cidr`.',
          },
        },
        required: ['public_ip', 'pod_cidr'],
        additionalProperties: false,
      },
    },
    iface: { ...device, default: 'eth0', description: 'The interface to the other nodes.' },
    bridge: { ...device, default: 'docker0', description: 'The bridge of the pods.' },
    vni: {
      type: 'integer',
      minimum: 1,
      maximum: 16_777_215,
      default: 1,
      description: 'Of the VXLAN device: `flannel.1`.',
    },
    subnet_file: { type: 'string', pattern: file, default: '/run/flannel/subnet.env', description: "flanneld's file." },
    program: { type: 'string', pattern: '^[^/\\n]+$', default: 'flanneld', description: 'File name of the program.' },
    alive: { type: 'string', pattern: durationPattern, default: '1s', description: 'How long it must have lived.' },
    log: { type: 'string', pattern: file, description: "Look also for trouble in this log of flanneld's own start." },
    leftovers: {
      enum: ['refuse', 'allow'],
      default: 'refuse',
      description: 'Routes in the pod network that nothing needs: `allow` them while a cleanup is still to come.',
    },
    count: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      default: 2,
      description: 'Pings a peer; 0: no traffic at all.',
    },
    ...insideProperties,
  },
  required: ['model', 'etcd', 'network', 'nodes'],
  dependentRequired: { cert: ['key'], key: ['cert'] },
  additionalProperties: false,
} as const;

export type FlannelArgs = XStatic<typeof schema>;

/**
 * Is flannel in force on a host, in every place where it could not be?
 *
 *     - verify_flannel: { model: vxlan, etcd: "http://10.4.7.12:2379", network: 172.7.0.0/16, nodes: [...], netns: pod }
 */
export const verifyFlannel = defineCheck({
  name: 'verify_flannel',
  summary: 'Flannel works as its model says: leases, routes, devices, files, process, packets',
  about: `One command on the host that asks for everything at once, because each thing alone can look well while pods
are cut off. Each row of the answer says what it found:

| row | what it catches |
| --- | --- |
| \`connection\` | a controller that comes through the pod network it is about to change |
| \`leases\` | a node that was not restarted, or whose lease is lost |
| \`config\` | a config that is not there, or of another VNI |
| \`routes\` | a route of the other model, also in another table |
| \`leftovers\` | routes that no node needs: with them ping works over the old model |
| \`lookup\` | a policy rule that sends a pod's packets elsewhere |
| \`device\` | another MAC than the lease publishes, wrong VXLAN settings |
| \`neighbours\` | a peer's MAC or forwarding entry that is stale |
| \`subnet file\` | a lease that was lost and taken anew; a MTU that does not fit |
| \`process\` | a survivor, a second one, one that restarts |
| \`forwarding\` | \`ip_forward\` off, a firewall that drops |
| \`nodes\` | an underlay that is cut, or narrower than its interfaces say |
| \`pods\` | lost packets, small ones or full ones that may not be fragmented |
| \`reverse path\` | packets that \`rp_filter\` would drop, or dropped meanwhile |
| \`path\` | packets that went another way than through the model's device |
| \`log\` | a start that found no config, or could not do its work |

What etcd's config says of VXLAN is asked for: \`MTU\`, of which pods have 50 bytes less (flannel heeds it from 0.21.3 on, so with etcd's API 3),
\`Port\`, \`GBP\`, \`VNI\`; with \`Learning\` the device may learn.

What it rests on is one host's view: ask on every host. Needs iproute2, and curl or etcdctl.`,
  schema,
  exits: {
    any: 'the facts are read one by one; without all of them it does not hold',
  },
  examples: [
    {
      title: 'VXLAN between two nodes, asked from inside a pod',
      args: {
        model: 'vxlan',
        etcd: 'http://10.4.7.12:2379',
        network: '172.7.0.0/16',
        nodes: [
          { public_ip: '10.4.7.21', pod_cidr: '172.7.21.0/24' },
          { public_ip: '10.4.7.22', pod_cidr: '172.7.22.0/24' },
        ],
        netns: 'pod',
      },
    },
  ],

  faults: (args) => {
    const { network, nodes, etcd } = args;
    const isIn = (text: string, outer: string) => isInside(text, prefixOf(outer));
    return found(
      ...etcd.split(',').map((one) => unlike('http-url', 'etcd', one)),
      ...nodes.flatMap(({ pod_cidr, pod_ip, public_ip }, i) => [
        !isIn(pod_cidr, network) &&
          wrong(['nodes', i, 'pod_cidr'], `is not in the network ${network}: "${pod_cidr}"`, 'Correct one of them.'),
        pod_ip !== undefined &&
          !isIn(pod_ip, pod_cidr) &&
          wrong(['nodes', i, 'pod_ip'], `is not in ${pod_cidr}: "${pod_ip}"`, 'Correct one of them.'),
        ...Object.entries({ pod_cidr, public_ip }).map(
          ([key, value]) =>
            nodes.findIndex((one) => one[key as 'pod_cidr'] === value) < i &&
            wrong(['nodes', i, key], `is that of another node: "${value}"`, 'Every node has its own.'),
        ),
      ]),
      insideFault(args),
    );
  },

  probe(args) {
    const {
      etcd,
      api = 2,
      prefix = '/coreos.com/network',
      iface = 'eth0',
      bridge = 'docker0',
      vni = 1,
      log = '',
    } = args;
    const { subnet_file = '/run/flannel/subnet.env', program = 'flanneld', count = 2, nodes, ca, cert, key } = args;
    const leases = `${prefix}/subnets`;
    const overhead = { vxlan: vxlanOverhead, directrouting: vxlanOverhead, 'host-gw': 0, any: '' }[args.model];
    const range = JSON.stringify({ key: base64(`${leases}/`), range_end: base64(`${leases}0`) });
    // Only VXLAN has options, and the config of another backend may hold a secret.
    const config = overhead === vxlanOverhead ? `${prefix}/config` : '';
    const device = `flannel.${vni}`;
    const words = [etcd, String(api), leases, range, args.network, iface, bridge, device, String(overhead)];
    const more = [
      config,
      JSON.stringify({ key: base64(config) }),
      subnet_file,
      program,
      log,
      String(count),
      inboundOf({ model: args.model, iface, device }) ?? '',
      ...inside({ argv: [] }, args).argv,
    ];
    return script(flannelScript, [...words, ...more], {
      stdin: nodes.map((node) => `${node.public_ip} ${podOf(node)}\n`).join(''),
      env: { ...(ca === undefined ? {} : { CA: ca }), ...(cert ? { CERT: cert } : {}), ...(key ? { KEY: key } : {}) },
    });
  },

  judge(outcome, args) {
    if (outcome.cut !== undefined || !outcome.stdout.includes('== processes_after\n')) {
      return { ok: false, because: `the host gave no whole answer: ${explain(outcome)}` };
    }
    if (outcome.truncated === true) return { ok: false, because: 'the host said more than can be read' };
    const { alive = '1s', vni = 1, iface = 'eth0', bridge = 'docker0', api = 2 } = args;
    const nodes = args.nodes.map((node) => ({ ...node, pod_ip: podOf(node) }));
    const settings = {
      ...args,
      nodes,
      api,
      iface,
      bridge,
      device: `flannel.${vni}`,
      vni,
      aliveMs: milliseconds(alive),
    };
    const rows = flannelRows(flannelFacts(outcome.stdout), settings);
    const bad = rows.filter(({ wrong }) => wrong.length > 0);
    if (bad.length === 0) return { ok: true, because: rows.map(({ name, seen }) => `${name}: ${seen}`).join('; ') };
    return { ok: false, because: bad.map(({ name, wrong }) => `${name}: ${wrong.join(', ')}`).join('; ') };
  },
});

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function podOf({ pod_ip, pod_cidr }: FlannelArgs['nodes'][number]): string {
  return pod_ip ?? pod_cidr.replace(/\.\d+\/\d+$/, '.2');
}
