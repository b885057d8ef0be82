import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assumedForm } from '../../../src/modules/iptables/iptables-form.ts';
import { ruleWords } from '../../../src/modules/iptables/iptables-words.ts';
import { iptablesRule as module } from '../../../src/modules/iptables_rule.ts';
import { asResource } from '../../support/laws.ts';
import { makeNamespace, type Namespace, readOn } from '../../support/run-command.ts';

const iptablesRule = asResource(module);

interface Case {
  readonly written: string;
  /** What iptables makes of it. Default: the same. */
  readonly saved?: string;
  readonly table?: string;
  readonly chain?: string;
  readonly family?: 4 | 6;
  /** More than the assumed form knows: such a rule needs a host that can try it. */
  readonly onlyTried?: true;
}

const tcp = '-p tcp -m tcp';
const nat = { table: 'nat', chain: 'POSTROUTING' };
const dnat = { table: 'nat', chain: 'PREROUTING' };
const mangle = { table: 'mangle' };
const v6 = { family: 6 } as const;

const cases: readonly Case[] = [
  // The head: addresses, interfaces, protocols.
  { written: '-s 172.7.21.9/24 -j ACCEPT', saved: '-s 172.7.21.0/24 -j ACCEPT' },
  { written: '--source 172.7.21.0/255.255.255.0 -j ACCEPT', saved: '-s 172.7.21.0/24 -j ACCEPT' },
  { written: '-s 10.20.30.40 -j DROP', saved: '-s 10.20.30.40/32 -j DROP' },
  { written: '-s 192.168.77.3/255.255.255.255 -j DROP', saved: '-s 192.168.77.3/32 -j DROP' },
  { written: '-s 172.20.9.1/255.0.255.0', saved: '-s 172.0.9.0/255.0.255.0', onlyTried: true },
  { written: '-s 0/0 -d 0.0.0.0/0 -p all -j ACCEPT', saved: '-j ACCEPT' },
  { written: '! -d 0.0.0.0 -j RETURN', saved: '! -d 0.0.0.0/32 -j RETURN' },
  { written: '-d 10.0.0.0/8 -s 172.16.0.0/12 -j ACCEPT', saved: '-s 172.16.0.0/12 -d 10.0.0.0/8 -j ACCEPT' },
  { written: '-p udp -o eth1 -i eth+ -j ACCEPT', saved: '-i eth+ -o eth1 -p udp -j ACCEPT' },
  { written: '-i + -j DROP', saved: '-j DROP' },
  { written: '! -i lo ! -p icmp -j DROP' },
  { written: '-j DROP -s 10.3.0.0/16', saved: '-s 10.3.0.0/16 -j DROP' },
  { written: '--out-interface=flannel.1 -p UDP --jump=ACCEPT', saved: '-o flannel.1 -p udp -j ACCEPT' },
  { written: '-s10.4.7.21 -p udp -jACCEPT', saved: '-s 10.4.7.21/32 -p udp -j ACCEPT' },
  { written: '-ieth0 -pTCP -jACCEPT', saved: '-i eth0 -p tcp -j ACCEPT' },
  { written: '-m comment --comment -iffy -j ACCEPT' },
  { written: '-m comment --comment --source=x -j ACCEPT', saved: '-m comment --comment "--source=x" -j ACCEPT' },
  { written: '-m comment --comment cali:a.b -j ACCEPT', saved: '-m comment --comment "cali:a.b" -j ACCEPT' },
  { written: '-p 47 -j ACCEPT', saved: '-p gre -j ACCEPT' },
  { written: '-p esp -j ACCEPT' },
  { written: '-f -j DROP' },
  { written: '-m comment --comment lonely' },
  // Ports, and the match that a protocol brings along.
  { written: '-p 6 --dport http -j ACCEPT', saved: `${tcp} --dport 80 -j ACCEPT` },
  { written: `${tcp} --sport :1023 -j DROP`, saved: `${tcp} --sport 0:1023 -j DROP` },
  { written: `${tcp} --dport 30000: -j ACCEPT`, saved: `${tcp} --dport 30000:65535 -j ACCEPT` },
  { written: `${tcp} --dport 22:22 -j ACCEPT`, saved: `${tcp} --dport 22 -j ACCEPT` },
  { written: '-p udp --destination-port 8472 -j ACCEPT', saved: '-p udp -m udp --dport 8472 -j ACCEPT' },
  {
    written: '-p tcp ! --dport 443 -j REJECT --reject-with tcp-reset',
    saved: `${tcp} ! --dport 443 -j REJECT --reject-with tcp-reset`,
  },
  { written: '-p tcp --syn -j DROP', saved: `${tcp} --tcp-flags FIN,SYN,RST,ACK SYN -j DROP` },
  { written: `${tcp} --tcp-flags SYN,RST SYN -j DROP` },
  {
    written: '-p tcp -m multiport --destination-ports ssh,http,8080:8090 -j ACCEPT',
    saved: '-p tcp -m multiport --dports 22,80,8080:8090 -j ACCEPT',
  },
  {
    written: '-p icmp --icmp-type echo-request -j ACCEPT',
    saved: '-p icmp -m icmp --icmp-type 8 -j ACCEPT',
    onlyTried: true,
  },
  { written: '-p sctp -m sctp --dport 5000 -j ACCEPT' },
  // Matches, in their order.
  { written: '-m mark --mark 16384/16384 -j ACCEPT', saved: '-m mark --mark 0x4000/0x4000 -j ACCEPT' },
  { written: '-m mark --mark 255 -j ACCEPT', saved: '-m mark --mark 0xff -j ACCEPT' },
  { written: '-m mark ! --mark 0x1/0xffffffff -j ACCEPT', saved: '-m mark ! --mark 0x1 -j ACCEPT' },
  {
    written: '-m conntrack --ctstate ESTABLISHED,NEW,RELATED -j ACCEPT',
    saved: '-m conntrack --ctstate NEW,RELATED,ESTABLISHED -j ACCEPT',
  },
  { written: '-m conntrack ! --ctstate invalid -j ACCEPT', saved: '-m conntrack ! --ctstate INVALID -j ACCEPT' },
  { written: '-m conntrack --ctproto udp -j ACCEPT', saved: '-m conntrack --ctproto 17 -j ACCEPT', onlyTried: true },
  {
    written: '-m state --state ESTABLISHED,RELATED -j ACCEPT',
    saved: '-m state --state RELATED,ESTABLISHED -j ACCEPT',
  },
  { written: '-m limit --limit 60/min -j ACCEPT', saved: '-m limit --limit 1/sec -j ACCEPT' },
  { written: '-m limit --limit 7/hour --limit-burst 3 -j ACCEPT' },
  { written: '-m limit --limit 90/minute -j LOG', saved: '-m limit --limit 90/min -j LOG' },
  {
    written: '-m limit --limit 5/s --limit-burst 20 -j ACCEPT',
    saved: '-m limit --limit 5/sec --limit-burst 20 -j ACCEPT',
  },
  { written: '-m comment --comment kubernetes -m mark --mark 0x1 -j DROP' },
  { written: '-m mark --mark 0x1 -m comment --comment kubernetes -j DROP' },
  { written: '-m comment --comment "two words" -j ACCEPT' },
  { written: '-m comment --comment "" -j ACCEPT' },
  {
    written: `-m comment --comment "hello 'w' \\"q\\"" -j ACCEPT`,
    saved: `-m comment --comment "hello \\'w\\' \\"q\\"" -j ACCEPT`,
  },
  { written: '-m addrtype --dst-type LOCAL -j ACCEPT' },
  { written: '-m iprange --src-range 10.0.0.3-10.0.0.9 -j DROP' },
  { written: '-m set --help-me -j DROP', saved: 'FAIL' },
  { written: '-m length --length 100: -j DROP', saved: '-m length --length 100:65535 -j DROP', onlyTried: true },
  {
    written: '-m recent --set -j ACCEPT',
    saved: '-m recent --set --name DEFAULT --mask 255.255.255.255 --rsource -j ACCEPT',
    onlyTried: true,
  },
  {
    written: '-m connlimit --connlimit-above 9 -j DROP',
    saved: '-m connlimit --connlimit-above 9 --connlimit-mask 32 --connlimit-saddr -j DROP',
    onlyTried: true,
  },
  {
    written: '-m statistic --mode random --probability 0.5 -j DROP',
    saved: '-m statistic --mode random --probability 0.50000000000 -j DROP',
    onlyTried: true,
  },
  {
    written: '-m owner --uid-owner root -j ACCEPT',
    saved: '-m owner --uid-owner 0 -j ACCEPT',
    chain: 'OUTPUT',
    onlyTried: true,
  },
  { written: '-m tos --tos 0x10 -j ACCEPT', saved: '-m tos --tos 0x10/0xff -j ACCEPT', ...mangle, onlyTried: true },
  // Targets.
  { written: '-j REJECT', saved: '-j REJECT --reject-with icmp-port-unreachable' },
  { written: '-s 10.1.0.0/16 -j SNAT --to 192.0.2.4', saved: '-s 10.1.0.0/16 -j SNAT --to-source 192.0.2.4', ...nat },
  {
    written: '-p tcp --dport 80 -j DNAT --to 10.7.0.2:8080',
    saved: `${tcp} --dport 80 -j DNAT --to-destination 10.7.0.2:8080`,
    ...dnat,
  },
  { written: '-p tcp -j REDIRECT --to-ports 15001', ...dnat },
  { written: '-p udp -j MASQUERADE --to-ports 1024-65535', ...nat },
  { written: '-j MASQUERADE --random-fully', ...nat },
  { written: '-j LOG --log-prefix "drop: " --log-level 7' },
  { written: '-j LOG --log-level debug', saved: '-j LOG --log-level 7', onlyTried: true },
  { written: '-j MARK --set-mark 0x2', saved: '-j MARK --set-xmark 0x2/0xffffffff', ...mangle, onlyTried: true },
  {
    written: '-j CONNMARK --save-mark',
    saved: '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    ...mangle,
    onlyTried: true,
  },
  {
    written: '-o flannel.1 -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    saved: `-o flannel.1 ${tcp} --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu`,
    ...mangle,
  },
  { written: '-s 10.2.0.0/16 -g KUBE-SERVICES' },
  { written: '-j KUBE-POSTROUTING', ...nat },
  {
    written: '-d 10.96.0.10 -p udp --dport 53 -j NOTRACK',
    saved: '-d 10.96.0.10/32 -p udp -m udp --dport 53 -j NOTRACK',
    table: 'raw',
    chain: 'PREROUTING',
  },
  // IPv6.
  { written: '-s 2001:DB8:0::1/64 -j ACCEPT', saved: '-s 2001:db8::/64 -j ACCEPT', ...v6 },
  { written: '-s fd00::9 -j REJECT', saved: '-s fd00::9/128 -j REJECT --reject-with icmp6-port-unreachable', ...v6 },
  { written: '-s ::/0 -p tcp --dport 22 -j ACCEPT', saved: `${tcp} --dport 22 -j ACCEPT`, ...v6 },
  {
    written: '-p icmpv6 -m icmp6 --icmpv6-type 135 -j ACCEPT',
    saved: '-p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT',
    ...v6,
  },
  // What iptables takes for a mistake.
  { written: '-m conntrack', saved: 'FAIL' },
  { written: '-p tcp --dport 9:4', saved: 'FAIL' },
  { written: '-s 10.1.1.1/33', saved: 'FAIL' },
  { written: '-i an-interface-that-is-too-long -j DROP', saved: 'FAIL' },
  { written: '-j SNAT', saved: 'FAIL', ...nat },
  { written: '-m mark --mark 4294967296', saved: 'FAIL' },
  { written: '-j ACCEPT -A OUTPUT', saved: 'FAIL' },
];

const argsOf = ({ written, table = 'filter', chain = 'FORWARD', family = 4 }: Case, backend: string) => ({
  table,
  chain,
  ip_version: family,
  rule: written,
  backend,
  create_chain: true,
});

describe.each(['nft', 'legacy'])('the %s backend', (backend) => {
  let ns: Namespace;
  beforeAll(async () => {
    ns = await makeNamespace();
  });
  afterAll(() => ns.remove());

  async function formOf(given: Case): Promise<string> {
    const state = (await readOn(ns.run, iptablesRule, argsOf(given, backend))) as {
      sides: { backend: string; rule: string }[];
    };
    return state.sides.find((side) => side.backend === backend)?.rule ?? '';
  }

  test.each(cases.map((given) => [given.written, given.saved ?? given.written, given] as const))(
    '%s becomes %s',
    async (_, saved, given) => {
      if (saved === 'FAIL') {
        await expect(formOf(given)).rejects.toMatchObject({ code: 'invalid' });
        return;
      }
      expect(await formOf(given)).toBe(saved);
      expect(await formOf({ ...given, written: saved })).toBe(saved);
      // The transaction takes this text, and the listing gives it back.
      const jump = /-[jg] (KUBE-\S+)/.exec(saved)?.[1];
      const { table = 'filter', chain = 'FORWARD', family = 4 } = given;
      const program = `${family === 6 ? 'ip6tables' : 'iptables'}-${backend}`;
      const lines = [
        `*${table}`,
        ...(jump === undefined ? [] : [`:${jump} - [0:0]`]),
        `-A ${chain} ${saved}`,
        'COMMIT',
      ];
      const run = await ns.run({ argv: [`${program}-restore`], stdin: `${lines.join('\n')}\n` });
      expect(run).toMatchObject({ exit: 0 });
      expect(await ns.sh(`${program} -t ${table} -S ${chain} | grep -e ^-A`)).toBe(`-A ${chain} ${saved}\n`);
    },
  );
});

describe('the assumed form', () => {
  const known = cases.filter(({ saved, onlyTried }) => saved !== 'FAIL' && onlyTried !== true);
  test.each(known.map((given) => [given.written, given.saved ?? given.written, given.family ?? 4] as const))(
    'of %s is %s',
    (written, saved, family) => {
      expect(assumedForm(ruleWords(written), family)).toBe(saved);
      expect(assumedForm(ruleWords(saved), family)).toBe(saved);
    },
  );

  test('is not right about everything, which is why the host is asked to confirm it', () => {
    const other = cases.filter(({ onlyTried }) => onlyTried === true);
    for (const { written, saved, family = 4 } of other) expect(assumedForm(ruleWords(written), family)).not.toBe(saved);
  });
});

describe('on a host that lets nobody make a network namespace', () => {
  let ns: Namespace;
  beforeAll(async () => {
    ns = await makeNamespace();
  });
  afterAll(() => ns.remove());

  test('a rule that is there is found by its assumed form; one whose form is not known is not taken for absent', async () => {
    await ns.sh(
      'iptables -A FORWARD -s 10.0.0.0/8 -p tcp --dport 80 -j ACCEPT; iptables -A FORWARD -j LOG --log-level 7',
    );
    // Without CAP_SYS_ADMIN, as in a container with CAP_NET_ADMIN only.
    const bare = ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'];
    const run = (command: Parameters<Namespace['run']>[0]) => ns.run({ ...command, argv: [...bare, ...command.argv] });
    const read = (rule: string) => readOn(run, iptablesRule, { chain: 'FORWARD', rule });
    expect(await run({ argv: ['unshare', '-n', 'true'] })).toMatchObject({ exit: 1 });
    const form = '-s 10.0.0.0/8 -p tcp -m tcp --dport 80 -j ACCEPT';
    expect(await read('-p 6 -s 10.9.9.9/8 --dport http -j ACCEPT')).toMatchObject({
      sides: [{ rule: form, chain: [form, expect.any(String)] }],
    });
    expect(await read('-j DROP')).toMatchObject({ sides: [{ rule: '-j DROP' }] });
    await expect(read('-j LOG --log-level debug')).rejects.toMatchObject({ code: 'unreadable' });
    await expect(read('-j LOG --log-level nonsense')).rejects.toMatchObject({ code: 'invalid' });
    expect(await read('-j NOT-THERE')).toMatchObject({ sides: [{ rule: '-j NOT-THERE' }] });
  });
});
