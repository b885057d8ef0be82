/** The flags of flanneld v0.11 that the stand-in acts on; the others of v0.11 are accepted and left alone. */
export interface Flags {
  publicIp: string;
  etcdEndpoints: string[];
  etcdPrefix: string;
  iface: string[];
  ifaceRegex: string[];
  subnetFile: string;
  healthzIp: string;
  healthzPort: number;
  iptablesResync: number;
  iptablesForwardRules: boolean;
  ipMasq: boolean;
  renewMarginMinutes: number;
  version: boolean;
}

const defaults: Record<string, string> = {
  'public-ip': '',
  'etcd-endpoints': 'http://127.0.0.1:4001,http://127.0.0.1:2379',
  'etcd-prefix': '/coreos.com/network',
  'etcd-keyfile': '',
  'etcd-certfile': '',
  'etcd-cafile': '',
  'etcd-username': '',
  'etcd-password': '',
  iface: '',
  'iface-regex': '',
  'subnet-file': '/run/flannel/subnet.env',
  'subnet-lease-renew-margin': '60',
  'ip-masq': 'false',
  'kube-subnet-mgr': 'false',
  'kube-api-url': '',
  'kubeconfig-file': '',
  'kube-annotation-prefix': 'flannel.alpha.coreos.com',
  'net-config-path': '/etc/kube-flannel/net-conf.json',
  version: 'false',
  'healthz-ip': '0.0.0.0',
  'healthz-port': '0',
  'iptables-resync': '5',
  'iptables-forward-rules': 'true',
  'charon-executable-path': '',
  'charon-vici-uri': '',
  alsologtostderr: 'false',
  logtostderr: 'true',
  log_dir: '',
  stderrthreshold: '0',
  v: '0',
  vmodule: '',
};
const booleans = new Set([
  'ip-masq',
  'kube-subnet-mgr',
  'version',
  'iptables-forward-rules',
  'alsologtostderr',
  'logtostderr',
]);

/** What Go reads as a boolean. */
const booleanWords = /^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/;

/** Reads a command line as Go's flag package does: `-x=y`, `--x=y`, `-x y`, and a boolean alone. A string is what is wrong with it. */
export function parseFlags(argv: readonly string[]): Flags | string {
  const values = { ...defaults };
  const lists: Record<string, string[]> = { iface: [], 'iface-regex': [] };
  for (let index = 0; index < argv.length; index++) {
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argv[index] ?? '');
    if (!match) break;
    const [, name = '', given] = match;
    if (!(name in defaults)) return `flag provided but not defined: -${name}`;
    if (given !== undefined) values[name] = given;
    else if (booleans.has(name)) values[name] = 'true';
    else {
      const next = argv[++index];
      if (next === undefined) return `flag needs an argument: -${name}`;
      values[name] = next;
    }
    lists[name]?.push(values[name] ?? '');
    if (booleans.has(name) && !booleanWords.test(values[name] ?? ''))
      return `invalid boolean value "${values[name]}" for -${name}: parse error`;
  }
  const text = (name: string): string => values[name] ?? '';
  return {
    publicIp: text('public-ip'),
    etcdEndpoints: text('etcd-endpoints').split(','),
    etcdPrefix: text('etcd-prefix'),
    iface: lists.iface ?? [],
    ifaceRegex: lists['iface-regex'] ?? [],
    subnetFile: text('subnet-file'),
    healthzIp: text('healthz-ip'),
    healthzPort: Number(text('healthz-port')),
    iptablesResync: Number(text('iptables-resync')),
    iptablesForwardRules: isTrue(text('iptables-forward-rules')),
    ipMasq: isTrue(text('ip-masq')),
    renewMarginMinutes: Number(text('subnet-lease-renew-margin')),
    version: isTrue(text('version')),
  };
}

function isTrue(word: string): boolean {
  return /^(1|t|true)$/i.test(word);
}
