import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { neighbour as module } from '../../../src/modules/neighbour.ts';
import { asResource } from '../../support/laws.ts';
import { holdRestored, restoreOf } from '../../support/restoring.ts';
import { applyOn, makeNamespace, type Namespace, readOn } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const neighbour = asResource(module);
const set = `for n in 22 23 24; do ip neigh add 172.7.$n.0 lladdr 02:00:00:00:00:$n dev eth7 nud permanent; done
  ip neigh add 10.9.7.9 lladdr 02:00:00:00:00:09 dev eth7 nud noarp; ip neigh add 10.9.7.8 lladdr 02:00:00:00:00:08 dev eth7 nud stale
  ip neigh add 2001:db8:7::1 lladdr 02:00:00:00:00:01 dev eth7 nud permanent router; ip neigh add proxy 10.9.7.99 dev eth7`;
const flush = 'ip neigh flush dev eth7 nud permanent; ip neigh flush dev eth7 nud noarp';
const whole = { dev: 'eth7' };
const one = { dev: 'eth7', address: '172.7.22.0' };
const proxy = { dev: 'eth7', address: '10.9.7.99', proxy: true };

const table: readonly (readonly [string, JsonObject, string, string])[] = [
  ['a device as it was', whole, set, ':'],
  ['a device without any', whole, set, flush],
  ['half of them', whole, set, 'ip neigh del 172.7.23.0 dev eth7'],
  [
    'with others, one of them changed',
    whole,
    set,
    'ip neigh add 172.7.30.0 lladdr 02:00:00:00:00:30 dev eth7 nud permanent; ip neigh replace 172.7.22.0 lladdr 02:00:00:00:00:99 dev eth7 nud permanent',
  ],
  ['a device that was without', whole, ':', set],
  ['a device that is not there', { dev: 'eth9' }, ':', ':'],
  ['one that was not there', one, ':', set],
  ['one that is gone', one, set, flush],
  ['one that was learned since', one, set, 'ip neigh replace 172.7.22.0 lladdr 02:00:00:00:00:99 dev eth7 nud stale'],
  ['one that is never asked', { dev: 'eth7', address: '10.9.7.9' }, set, flush],
  [
    'one that is a router',
    { dev: 'eth7', address: '2001:db8:7::1' },
    set,
    'ip neigh replace 2001:db8:7::1 lladdr 02:00:00:00:00:01 dev eth7 nud permanent',
  ],
  ['one that a router wrote', one, set.replace('dev eth7 nud permanent', 'protocol bgp dev eth7 nud permanent'), flush],
  ['the host answers for it', proxy, set, 'ip neigh del proxy 10.9.7.99 dev eth7'],
  ['the host did not answer for it', proxy, ':', 'ip neigh add proxy 10.9.7.99 dev eth7'],
];

const busybox = inBusybox({ ip: '/sbin/ip' });
let ns: Namespace;

test('who wrote an entry is kept, and an entry that is replaced keeps it too', async () => {
  await ns.sh('ip neigh add 172.7.22.0 lladdr 02:00:00:00:00:22 protocol bgp dev eth7 nud permanent');
  const written = (mac: string) => [`172.7.22.0 lladdr ${mac} nud permanent protocol bgp`];
  expect(await readOn(ns.run, neighbour, one)).toEqual(written('02:00:00:00:00:22'));
  const args = { ...one, lladdr: '02:00:00:00:00:99' };
  const { after } = await applyOn(ns.run, neighbour, args);
  expect(after).toEqual(written('02:00:00:00:00:99'));
  expect(neighbour.want(args, after)).toEqual(after);
});

beforeEach(async () => {
  ns = await makeNamespace();
  await ns.sh(
    'ip link set lo up; ip link add eth7 type bridge; ip addr add 10.9.7.21/24 dev eth7; ip link set eth7 addrgenmode none; ip link set eth7 up',
  );
});
afterEach(() => ns.remove());

test.each(table)('neighbours come back: %s', async (name, args, before, disturb) => {
  await holdRestored(ns, neighbour, { name, args, before, disturb });
  if (before === set) expect(await readOn(ns.run, neighbour, args)).not.toEqual([]);
});

test.each(table)('with the tools of BusyBox: %s', async (name, args, before, disturb) => {
  await holdRestored(ns, neighbour, { name, args, before, disturb }, (command) => ns.run(busybox(command)));
});

test('the others are not touched, and what is as it was neither', async () => {
  await ns.sh(set);
  const all = () => ns.sh('ip -s neigh show dev eth7 | sort');
  const seen = await all();
  expect(await ns.run(restoreOf(neighbour, await readOn(ns.run, neighbour, whole), whole))).toMatchObject({ exit: 0 });
  expect(await all()).toBe(seen);
  const before = await readOn(ns.run, neighbour, one);
  await ns.sh('ip neigh del 172.7.22.0 dev eth7');
  expect(await ns.run(restoreOf(neighbour, before, one))).toMatchObject({ exit: 0, stderr: '' });
  expect(await ns.sh('ip neigh show dev eth7')).toContain('10.9.7.8 lladdr 02:00:00:00:00:08 STALE');
});

test('where the device is gone it is said', async () => {
  const { exit, stderr } = await ns.run(
    restoreOf(neighbour, ['10.9.9.9 lladdr 02:00:00:00:00:01 nud permanent'], { dev: 'eth9' }),
  );
  expect([exit, stderr]).toEqual([1, expect.stringMatching(/Cannot find device "eth9"[\s\S]*is missing: 10\.9\.9\.9/)]);
});
