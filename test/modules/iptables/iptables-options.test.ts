import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleFaults } from '../../../src/modules/iptables/iptables-faults.ts';
import { ruleWords } from '../../../src/modules/iptables/iptables-words.ts';
import { makeNamespace, type Namespace } from '../../support/run-command.ts';

let host: Namespace;
beforeAll(async () => {
  host = await makeNamespace();
});
afterAll(() => host.remove());

/** Does the iptables of this machine take the rule? */
async function isTaken(rule: string, table: string, chain: string): Promise<boolean> {
  const { exit } = await host.run({ argv: ['iptables', '-t', table, '-A', chain, ...ruleWords(rule)] });
  return exit === 0;
}

const told = (rule: string, table = 'filter', chain = 'INPUT') =>
  ruleFaults({ table, chain, rule }).map(({ message, hint }) => `${message} ${hint}`);

describe('what iptables does not take is told', () => {
  test.each([
    ['-s 10.0.0.0/8 --sorce 10.0.0.0/8 -j ACCEPT', '"--sorce" Did you mean "--source"?'],
    ['-s 10.0.0.0/8 --foo bar -j ACCEPT', '"--foo"'],
    ['-s 10.0.0.0/8 foo -j ACCEPT', 'has "foo" where an option must stand'],
    ['10.0.0.0/8 -j ACCEPT', 'has "10.0.0.0/8" where an option must stand'],
    ['-s 10.0.0.0/8 ! foo -j ACCEPT', 'has "foo" where an option must stand'],
    ['-z 10.0.0.0/8 -j ACCEPT', '"-z"'],
    ['-p tcp -sport 80 -j ACCEPT', 'where an option must stand'],
    ['-p tcp --dprot 80 -j ACCEPT', '"--dprot" Did you mean "--dport"?'],
    ['-p tcp --dprot=80 -j ACCEPT', '"--dprot" Did you mean "--dport"?'],
    ['-p icmp --icmp-typ8 8 -j ACCEPT', '"--icmp-typ8" Did you mean "--icmp-type"?'],
    ['-p tcp -m tcp --dport 80 --foo -j ACCEPT', '"--foo"'],
    ['-p tcp --dports 80 -j ACCEPT', '"--dports" It needs -m multiport before it.'],
    ['-p tcp --dports 80 -m multiport -j ACCEPT', 'It needs -m multiport before it.'],
    ['--icmp-type 8 -p icmp -j ACCEPT', 'It needs -p icmp before it.'],
    ['-j ACCEPT --to-source 1.2.3.4', 'It is of the target SNAT'],
    ['--log-prefix x -j LOG', 'It is of the target LOG, and stands behind it.'],
    ['-m comentt --comment x -j ACCEPT', 'has no match "comentt" Did you mean "comment"?'],
    ['-m comment --coment x -j ACCEPT', '"--coment" Did you mean "--comment"?'],
    ['-p tcp -m conntrack --cstate NEW -j ACCEPT', '"--cstate" Did you mean "--ctstate"?'],
    ['-m comment --comment one two -j ACCEPT', 'has "two" where an option must stand'],
  ])('%s', async (rule, wanted) => {
    expect(told(rule)).toEqual([expect.stringContaining(wanted)]);
    expect(await isTaken(rule, 'filter', 'INPUT')).toBe(false);
  });
});

describe('what it takes is not', () => {
  test.each([
    ['-s 10.0.0.0/8 ! -d 10.1.0.0/16 -i eth0 -j ACCEPT'],
    ['--src 10.0.0.1 --destination 10.0.0.2 --in-interface eth0 --jump DROP'],
    ['-p tcp --dpor 80 --source-po 99 -j ACCEPT'],
    ['-p 6 --dport=80 ! --syn -j REJECT --reject-with tcp-reset'],
    ['-p tcp ! --tcp-flags SYN,ACK SYN --tcp-option 8 -j ACCEPT'],
    ['-p tcp -m multiport ! --dports 80,443 -m comment --comment --foo -j RETURN'],
    ['-p udp -m udp --sport 53 -m mark ! --mark 0x1/0xff -j ACCEPT'],
    ['-p icmp --icmp-type echo-request -m limit --limit 5/sec --limit-burst 10 -j ACCEPT'],
    ['-m conntrack --ctstate NEW,ESTABLISHED --ctdir ORIGINAL -j ACCEPT'],
    ['-m state --state NEW -m mac --mac-source 2e:bf:3c:46:c0:e2 -j ACCEPT'],
    ['-m addrtype --src-type LOCAL --limit-iface-in -m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT'],
    ['-m statistic --mode nth --every 3 --packet 0 -j LOG --log-prefix -x --log-level 4 --log-uid'],
    ['-f -c 1 2 -m physdev --physdev-is-bridged -j ACCEPT'],
    ['-m length --length 0:100 -m ttl --ttl-eq 64 -j ACCEPT'],
    ['-j NFQUEUE --queue-num 3'],
    ['-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff', 'mangle', 'FORWARD'],
    ['-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu', 'mangle', 'FORWARD'],
    ['-j MARK --set-xmark 0x1/0xff', 'mangle', 'FORWARD'],
    ['-o eth0 -j SNAT --to-source 10.0.0.1 --random', 'nat', 'POSTROUTING'],
    ['-o eth0 -j MASQUERADE --random-fully', 'nat', 'POSTROUTING'],
    ['-p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080 --persistent', 'nat', 'PREROUTING'],
    ['-p tcp --dport 80 -j REDIRECT --to-ports 8080', 'nat', 'PREROUTING'],
    ['-d 10.0.0.0/24 -j NETMAP --to 10.1.0.0/24', 'nat', 'PREROUTING'],
  ])('%s', async (rule, table = 'filter', chain = 'INPUT') => {
    expect(told(rule, table, chain)).toEqual([]);
    expect(await isTaken(rule, table, chain)).toBe(true);
  });

  test('nor what rests on a match or a target that is not known whole', () => {
    expect(told('-m nosuchmatch --nosuch x -j ACCEPT')).toEqual([]);
    expect(told('-p nosuch --nosuch x -j ACCEPT')).toEqual([]);
    expect(told('-s 10.0.0.1 -j OWN-CHAIN --nosuch x')).toEqual([]);
  });
});
