import { expect, test } from 'vitest';
import { verifyRoute } from '../../src/modules/verify_route.ts';
import { answers, asCheck } from '../support/laws.ts';

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
