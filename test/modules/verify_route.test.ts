import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { verifyRoute } from '../../src/modules/verify_route.ts';
import { answers, asCheck } from '../support/laws.ts';
import { makeNamespace, type Namespace } from '../support/run-command.ts';

const table = { to: '172.7.22.0/24', netns: 'rbrec' };
const flannel = { ...table, via: '172.7.22.0', dev: 'flannel.1', onlink: true };
const way = { get: '172.7.22.2', from: '172.7.21.2', iif: 'docker0', netns: 'rbrec' };

answers(verifyRoute, [
  {
    name: 'the one route',
    args: flannel,
    host: 'vxlan',
    ok: true,
    because: /^unicast 172.7.22.0\/24 via 172.7.22.0 dev flannel.1 /,
  },
  {
    name: 'of another shape',
    args: { ...table, via: '198.18.7.2', dev: 'eth0', metric: 5, proto: 'static', onlink: false },
    host: 'vxlan',
    ok: false,
    because: /; expected via 198.18.7.2, dev eth0, proto static, metric 5, not onlink$/,
  },
  {
    name: 'in another table',
    args: { ...flannel, table: '100' },
    host: 'vxlan',
    ok: false,
    because: /; expected table 100$/,
  },
  {
    name: 'of another kind',
    args: { ...table, type: 'blackhole' },
    host: 'vxlan',
    ok: false,
    because: /; expected blackhole$/,
  },
  {
    name: 'one with another metric beside it',
    args: flannel,
    host: 'leftover',
    ok: false,
    because: /^2 routes, expected that one alone: .* onlink and .* dev eth0 table main .* metric 50$/,
  },
  {
    name: 'one in another table beside it',
    args: flannel,
    host: 'hidden',
    ok: false,
    because: /^2 routes, expected that one alone: .* dev eth0 table 100 /,
  },
  { name: 'none', args: flannel, host: 'none', ok: false, because: 'no route' },
  { name: 'none, as is wanted', args: { ...table, state: 'absent' }, host: 'none', ok: true, because: 'no route' },
  {
    name: 'one where none is wanted',
    args: { ...table, state: 'absent' },
    host: 'vxlan',
    ok: false,
    because: /^unicast/,
  },
  { name: 'none, IPv6', args: { to: '2001:db8::/32', state: 'absent' }, host: 'ipv6', ok: true, because: 'no route' },
  {
    name: 'no iproute2',
    args: { ...table, state: 'absent' },
    host: { exit: 1, stderr: 'ip: unrecognized option: d' },
    ok: false,
    because: /^the routes could not be read: exit 1/,
  },

  {
    name: "a pod's packet by the right device",
    args: { ...way, dev: 'flannel.1', via: '172.7.22.0' },
    host: 'by-flannel',
    ok: true,
    because: '172.7.22.2 from 172.7.21.2 via 172.7.22.0 dev flannel.1 cache iif docker0',
  },
  {
    name: 'a policy rule hides the main table',
    args: { ...way, dev: 'flannel.1' },
    host: 'by-rule',
    ok: false,
    because: /dev eth0 table 100 .*; expected dev flannel.1$/,
  },
  {
    name: 'a gateway where none is used',
    args: { ...way, via: '10.0.0.1' },
    host: { stdout: '172.7.22.2 dev eth0 src 172.7.21.2 uid 0 \\    cache \n' },
    ok: false,
    because: /; expected via 10.0.0.1$/,
  },
  {
    name: 'no way',
    args: { ...way, dev: 'flannel.1' },
    host: 'no-way',
    ok: false,
    because: 'no way: Network is unreachable',
  },
  { name: 'no way, as is wanted', args: { ...way, state: 'absent' }, host: 'no-way', ok: true, because: /^no way/ },
  {
    name: 'a way where none is wanted',
    args: { ...way, state: 'absent' },
    host: 'by-rule',
    ok: false,
    because: /expected no way/,
  },
  {
    name: 'what only says that the question was wrong is not taken for no way',
    args: { ...way, state: 'absent' },
    host: { exit: 2, stderr: 'RTNETLINK answers: No such device\n' },
    ok: false,
    because: /^the host could not be asked: .*No such device/,
  },
  {
    name: 'an IPv6 gateway, however it is written',
    args: { get: '2001:db8:9::1', via: '2001:DB8:0::1', src: '2001:db8::0:2' },
    host: {
      stdout: '2001:db8:9::1 from :: via 2001:db8::1 dev eth0 proto static src 2001:db8::2 metric 1024 pref medium\n',
    },
    ok: true,
    because: /via 2001:db8::1/,
  },
  {
    name: 'and of a route',
    args: { to: '2001:db8:9::/64', via: '2001:DB8:0::1' },
    host: {
      stdout: 'unicast 2001:db8:9::/64 via 2001:db8::1 dev eth0 table main proto static metric 1024 pref medium\n',
    },
    ok: true,
    because: /via 2001:db8::1/,
  },
  {
    name: 'a device that is not there is not taken for no way',
    args: { ...way, state: 'absent' },
    host: 'no-device',
    ok: false,
    because: /^the host could not be asked: .*Cannot find device "nosuch"/,
  },
]);

test('a prefix with host bits is refused, naming the right one', () => {
  expect(() => asCheck(verifyRoute).probe({ to: '172.7.22.1/24' })).toThrow(/host bits/);
});

test('what a packet bears reaches ip', () => {
  const { argv } = asCheck(verifyRoute).probe({ get: '172.7.22.2', from: '172.7.21.2', iif: 'docker0', mark: 7 });
  expect(argv.join(' ')).toBe('ip -o route get 172.7.22.2 from 172.7.21.2 iif docker0 mark 7');
});

describe('on a real kernel', () => {
  let ns: Namespace;
  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link set lo up; ip link add eth7 type bridge; ip addr add 10.9.7.21/24 dev eth7; ip link set eth7 up
      ip route add blackhole 10.1.0.0/16; ip route add prohibit 10.2.0.0/16; ip route add unreachable 10.3.0.0/16
      ip -6 addr add 2001:db8:7::21/64 dev eth7 nodad`);
  });
  afterEach(() => ns.remove());

  const absent = 'absent';
  test.each<readonly [JsonObject, boolean, RegExp]>([
    [{ get: '10.9.7.9', from: '10.9.7.21' }, true, / dev eth7 /],
    [{ get: '10.9.7.9', from: '10.9.7.77', state: absent }, false, /10\.9\.7\.77 is no address of this host.* iif/],
    [{ get: '10.9.7.9', from: '10.9.7.77' }, false, /10\.9\.7\.77 is no address of this host/],
    [{ get: '10.8.0.1', from: '127.0.0.9', state: absent }, true, /no way/],
    [{ get: '10.8.0.1', from: '10.9.7.21', state: absent }, true, /no way/],
    [{ get: '2001:db8:8::1', from: '2001:db8:7::77', state: absent }, true, /no way/],
    [{ get: '2001:db8:7::1', from: '2001:db8:7::77', state: absent }, false, /expected no way/],
    [{ get: '10.1.0.1', state: absent }, true, /no way: Invalid argument/],
    [{ get: '10.2.0.1', state: absent }, true, /no way: Permission denied/],
    [{ get: '10.3.0.1', state: absent }, true, /no way: No route to host/],
  ])('%j', async (args, ok, because) => {
    const check = asCheck(verifyRoute);
    expect(check.judge(await ns.run(check.probe(args)), args)).toEqual({ ok, because: expect.stringMatching(because) });
  });
});
