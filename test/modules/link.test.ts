import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { link as module } from '../../src/modules/link.ts';
import { asResource, laws, outcomeOf } from '../support/laws.ts';
import { restoreOf } from '../support/restoring.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const link = asResource(module);
const name = 'flannel.1';
const described = {
  kind: 'vxlan',
  mac: '2e:bf:3c:46:c0:e1',
  mtu: 1450,
  up: true,
  options: 'id 1 local 10.4.7.21 dev eth0 dstport 8472 nolearning',
  unkept: [],
  addresses: ['172.7.21.0/32 scope global'],
  neighbours: ['172.7.22.0 lladdr aa:bb:cc:dd:ee:01'],
  fdb: ['aa:bb:cc:dd:ee:01 dst 10.4.7.22'],
  ports: [],
  routes: ['unicast 172.7.22.0/24 via 172.7.22.0 dev flannel.1 table main proto boot scope global onlink'],
};
const vxlan = { ...described, queue: 1000 };
/** A device that is down has lost its neighbours and routes. */
const vxlanDown = { ...vxlan, up: false, neighbours: [], routes: [] };
const bridge = {
  ...vxlan,
  kind: 'bridge',
  mac: '02:00:00:00:07:01',
  mtu: 1500,
  up: false,
  options: 'stp_state 1',
  addresses: ['172.7.21.1/24 scope global'],
  neighbours: [],
  fdb: [],
  ports: ['p0'],
  routes: [],
};
const lines = (...stdin: readonly string[]) => [
  { script: /while read -r line/, args: [], stdin: stdin.map((line) => `${line}\n`).join('') },
];
const reach = [
  'ip neigh replace 172.7.22.0 lladdr aa:bb:cc:dd:ee:01 dev flannel.1 nud permanent',
  'bridge fdb append aa:bb:cc:dd:ee:01 dst 10.4.7.22 dev flannel.1 self permanent',
];
const routeBack = `ip -4 route append ${vxlan.routes[0]}`;

laws(
  module,
  [
    {
      name: 'a VXLAN device goes, and is made again with all that made it work, in the order that works',
      args: { name, state: 'absent' },
      host: 'vxlan',
      before: vxlan,
      after: null,
      apply: lines('ip link del dev flannel.1'),
      applied: 'absent',
      undo: lines(
        `ip link add name flannel.1 address 2e:bf:3c:46:c0:e1 mtu 1450 txqueuelen 1000 type vxlan ${vxlan.options}`,
        'ip address add 172.7.21.0/32 scope global dev flannel.1',
        'ip link set dev flannel.1 up',
        ...reach,
        routeBack,
      ),
    },
    {
      name: 'a device that is not there is absent',
      args: { name, state: 'absent' },
      host: 'absent',
      before: null,
    },
    {
      name: 'a device that appeared since it was protected goes',
      args: { name },
      protect: true,
      host: 'absent',
      before: null,
      now: vxlan,
      undo: lines('ip link del dev flannel.1'),
    },
    {
      name: 'a protected device gets back its MAC, its entries and its routes, in place',
      args: { name },
      protect: true,
      host: 'vxlan',
      before: vxlan,
      now: {
        ...vxlan,
        mac: '02:00:00:00:00:09',
        mtu: 1400,
        neighbours: ['172.7.23.0 lladdr aa:bb:cc:dd:ee:02'],
        fdb: [],
        routes: [],
      },
      undo: lines(
        'ip link set dev flannel.1 address 2e:bf:3c:46:c0:e1',
        'ip link set dev flannel.1 mtu 1450',
        'ip neigh del 172.7.23.0 dev flannel.1',
        ...reach,
        `ip -4 route replace ${vxlan.routes[0]}`,
      ),
    },
    {
      name: 'a device of the same name with other settings is made anew',
      args: { name },
      protect: true,
      host: 'vxlan-down',
      before: vxlanDown,
      now: { ...vxlanDown, options: vxlan.options.replace('8472', '4789') },
      undo: lines(
        'ip link del dev flannel.1',
        `ip link add name flannel.1 address 2e:bf:3c:46:c0:e1 mtu 1450 txqueuelen 1000 type vxlan ${vxlan.options}`,
        'ip address add 172.7.21.0/32 scope global dev flannel.1',
        'bridge fdb append aa:bb:cc:dd:ee:01 dst 10.4.7.22 dev flannel.1 self permanent',
      ),
    },
    {
      name: 'a device goes down, and comes up with the routes that it lost',
      args: { name, state: 'down' },
      host: 'vxlan',
      before: vxlan,
      after: { ...vxlan, up: false },
      apply: lines('ip link set dev flannel.1 down'),
      applied: 'vxlan-down',
      undo: lines('ip link set dev flannel.1 up', reach[0] ?? '', routeBack),
    },
    {
      name: 'a bridge is remembered with its ports',
      args: { name: 'docker0', state: 'up' },
      host: 'bridge',
      before: {
        ...vxlan,
        kind: 'bridge',
        mac: '02:00:00:00:07:01',
        mtu: 1500,
        options: '',
        addresses: ['172.7.21.1/24 scope global'],
        neighbours: [],
        fdb: [],
        ports: ['pod0'],
        routes: [],
      },
    },
    {
      name: 'a VXLAN device is made, as flannel makes it',
      args: {
        name,
        state: 'up',
        kind: 'vxlan',
        mac: '2E:BF:3C:46:C0:E1',
        mtu: 1450,
        vxlan: { id: 1, local: '10.4.7.21', dev: 'eth0', port: 8472, learning: false },
      },
      host: 'absent',
      before: null,
      after: { ...described, addresses: [], neighbours: [], fdb: [], routes: [] },
      apply: lines(
        `ip link add name flannel.1 address 2e:bf:3c:46:c0:e1 mtu 1450 type vxlan ${vxlan.options}`,
        'ip link set dev flannel.1 up',
      ),
      applied: 'vxlan',
      undo: lines('ip link del dev flannel.1'),
    },
    {
      name: 'a VXLAN device that is as described in all that is said of it stays',
      args: { name, state: 'present', kind: 'vxlan', vxlan: { id: 1, learning: false } },
      host: 'vxlan',
      before: vxlan,
    },
    {
      name: 'another port makes a VXLAN device anew, with all that it carries',
      args: { name, state: 'up', vxlan: { port: 4789 } },
      host: 'vxlan',
      before: vxlan,
      after: { ...vxlan, options: vxlan.options.replace('8472', '4789') },
      apply: lines(
        'ip link del dev flannel.1',
        `ip link add name flannel.1 address 2e:bf:3c:46:c0:e1 mtu 1450 txqueuelen 1000 type vxlan ${vxlan.options.replace('8472', '4789')}`,
        'ip address add 172.7.21.0/32 scope global dev flannel.1',
        'ip link set dev flannel.1 up',
        ...reach,
        routeBack,
      ),
      undo: lines(
        'ip link del dev flannel.1',
        `ip link add name flannel.1 address 2e:bf:3c:46:c0:e1 mtu 1450 txqueuelen 1000 type vxlan ${vxlan.options}`,
        'ip address add 172.7.21.0/32 scope global dev flannel.1',
        'ip link set dev flannel.1 up',
        ...reach,
        routeBack,
      ),
    },
    {
      name: 'a bridge takes other settings as it is',
      args: { name: 'br0', state: 'present', bridge: { stp_state: 0, priority: 4096 } },
      host: 'as-text-br0',
      before: bridge,
      after: { ...bridge, options: 'priority 4096' },
      apply: lines('ip link set dev br0 type bridge stp_state 0 priority 4096'),
      undo: lines('ip link set dev br0 type bridge priority 32768 stp_state 1'),
    },
  ],
  [
    {
      name: 'a device of another kind is not replaced',
      args: { name: 'docker0', state: 'up', kind: 'vxlan', vxlan: { id: 1 } },
      host: 'bridge',
      code: 'refused',
      says: /is a bridge device already/,
    },
    {
      name: 'a VXLAN device with settings that are not kept is not made anew',
      args: { name: 'odd', state: 'up', vxlan: { port: 4790 } },
      host: 'as-text-odd',
      code: 'refused',
      says: /not made anew: its settings l2miss, port_range/,
    },
    {
      name: 'a new VXLAN device needs a VNI',
      args: { name, state: 'up', kind: 'vxlan' },
      host: 'absent',
      code: 'invalid',
      says: /VNI is not said/,
    },
    {
      name: 'a veth pair cannot be put back, so it is not removed',
      args: { name: 'eth0', state: 'absent' },
      host: 'veth',
      code: 'refused',
      says: /eth0 is not removed: a veth device could not be put back/,
    },
    {
      name: 'a device of the machine is not removed',
      args: { name: 'lo', state: 'absent' },
      host: 'loopback',
      code: 'refused',
      says: /a physical device/,
    },
    {
      name: 'a VXLAN device with settings that are not kept is not removed',
      args: { name: 'odd', state: 'absent' },
      host: 'vxlan-odd',
      code: 'refused',
      says: /its settings l2miss, port_range/,
    },
    {
      name: 'what is not there cannot be brought up',
      args: { name, state: 'up' },
      host: 'absent',
      code: 'refused',
      says: /no device flannel\.1/,
    },
    {
      name: 'an ip that does not know JSON is not taken for absence',
      args: { name, state: 'absent' },
      host: { exit: 1, stderr: 'Option "-j" is unknown, try "ip -help".' },
      code: 'unreadable',
      says: /Option "-j" is unknown/,
    },
  ],
);

test.each(['flannel.1', 'br0', 'odd', 'p0', 'nosuch'])('an ip without JSON tells the same of %s', (of) => {
  const read = (host: string) => link.read(outcomeOf('link', host), { name: of });
  expect(read(`as-text-${of}`)).toEqual(read(`as-json-${of}`));
});

/** Recorded with iproute2 6.15. */
test.each([
  ['flannel.1', vxlan],
  ['odd', { kind: 'vxlan', unkept: ['l2miss', 'port_range'] }],
  ['vx', { options: 'id 10 dev eth0 dstport 4790 learning noudpcsum udp6zerocsumtx udp6zerocsumrx', unkept: [] }],
])('an ip that tells all that is on or off tells the same of %s', (of, told) => {
  const outcome = outcomeOf('link', `newer-${of}`);
  expect(link.read(outcome, { name: of })).toMatchObject(told);
  const first = { ...outcome, stdout: outcome.stdout.replace('"external":', '"metadata":') };
  expect(link.read(first, { name: of })).toMatchObject(told);
});

test.each(['localbypass', 'external', 'proxy', 'mcroute'])(
  'a VXLAN device with %s the other way is not removed',
  (setting) => {
    const outcome = outcomeOf('link', 'newer-flannel.1');
    const data = `"info_data":{${setting === 'mcroute' ? '"mcroute":true,' : ''}`;
    const stdout = outcome.stdout
      .replace(new RegExp(`"${setting}":(true|false)`), (_, value) => `"${setting}":${value !== 'true'}`)
      .replace('"info_data":{', data);
    const before = link.read({ ...outcome, stdout }, { name });
    expect(() => link.want({ name, state: 'absent' }, before)).toThrow(`its settings ${setting} could not`);
  },
);

test('a bridge that filters VLANs is not removed from under its ports', () => {
  const outcome = outcomeOf('link', 'as-json-br0');
  const stdout = `${outcome.stdout.replace('"vlan_filtering":0', '"vlan_filtering":1')}=== order\n`;
  const before = link.read({ ...outcome, stdout }, { name: 'br0' });
  expect(() => link.want({ name: 'br0', state: 'absent' }, before)).toThrow(
    /the VLANs of its ports.* could not be put back/,
  );
});

test('an ip that tells the device as JSON and its neighbours as text is understood', () => {
  const told = outcomeOf('link', 'vxlan');
  const neighbours = (text: string) => ({
    ...told,
    stdout: told.stdout.replace(/=== neighbours\n.*\n/, `=== neighbours\n${text}\n`),
  });
  expect(link.read(neighbours('172.7.22.0 lladdr aa:bb:cc:dd:ee:01 PERMANENT'), { name })).toEqual(vxlan);
  expect(() => link.read(neighbours('Option "-j" is unknown'), { name })).toThrow(/not a line of ip neigh show/);
});

test('a device of an older kernel, which counts no checksums, can go and be made again', () => {
  const outcome = outcomeOf('link', 'as-text-flannel.1');
  const older = { ...outcome, stdout: outcome.stdout.replace('ttl auto ageing 300 udpcsum', 'ageing 300 noudpcsum') };
  const before = link.read(older, { name });
  expect(before).toMatchObject({ options: `${described.options} noudpcsum`, unkept: [] });
  expect(link.want({ name, state: 'absent' }, before)).toBeNull();
  expect(link.want({ name, state: 'up', vxlan: { id: 1, learning: false } }, before)).toEqual(before);
  expect(link.want({ name, state: 'up', vxlan: { port: 4789, learning: true } }, before)).toMatchObject({
    options: 'id 1 local 10.4.7.21 dev eth0 dstport 4789 learning noudpcsum',
  });
  expect(link.restate(before, { name, state: 'up', vxlan: { id: 7, learning: true } })).toMatchObject({
    vxlan: { id: 1, port: 8472, learning: false },
  });
});

describe('on a real kernel', () => {
  let ns: Namespace;
  const all = () =>
    ns.sh(`ip -d -o link show dev ${name} | sed 's/^[0-9]*: //; s/ \\(qdisc\\|state\\) [a-zA-Z]*//g'
      ip -o -4 address show dev ${name} | sed 's/^[0-9]*: //'
      ip neigh show dev ${name} nud permanent | sort; bridge fdb show dev ${name} | sort; ip -d route show; ip route show table 9`);

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link set lo up
      ip link add eth0 type bridge; ip address add 10.4.7.21/24 dev eth0; ip link set eth0 up
      ip link add ${name} address 2e:bf:3c:46:c0:e1 mtu 1450 txqueuelen 0 type vxlan id 1 local 10.4.7.21 dev eth0 dstport 8472 nolearning
      ip address add 172.7.21.0/32 dev ${name}; ip link set ${name} up
      for n in 22 23; do
        ip neigh replace 172.7.$n.0 lladdr aa:bb:cc:dd:ee:$n dev ${name} nud permanent
        bridge fdb append aa:bb:cc:dd:ee:$n dev ${name} dst 10.4.7.$n self permanent
        ip route add 172.7.$n.0/24 via 172.7.$n.0 dev ${name} onlink
      done
      ip route add 172.9.0.0/16 dev ${name} table 9`);
  });
  afterEach(() => ns.remove());

  test.each(['absent', 'down'])('state %s, and undone, leaves the device as it was', async (state) => {
    const args = { name, state };
    const seen = await all();
    const { before, after } = await applyOn(ns.run, link, args);
    expect((after as JsonObject | null)?.up ?? false).toBe(false);
    expect(await ns.sh('ip route show')).not.toContain('flannel.1');
    expect(await applyOn(ns.run, link, args)).toEqual({ before: after, after });
    expect(await moveOn(ns.run, link, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);
    expect(link.restored?.(before, await readOn(ns.run, link, args), args)).toBe(true);
  });

  test('a bridge goes and comes back with its ports and settings', async () => {
    await ns.sh(`ip link add br0 type bridge stp_state 1 priority 4096; ip address add 172.7.21.1/24 dev br0
      ip link add p0 type veth peer name p1; ip link set p0 master br0 up; ip link set p1 up; ip link set br0 up
      ip route add 172.8.0.0/16 via 172.7.21.9`);
    const args = { name: 'br0', state: 'absent' };
    const { before, after } = await applyOn(ns.run, link, args);
    expect(after).toBeNull();
    expect(await moveOn(ns.run, link, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await readOn(ns.run, link, args)).toEqual(before);
    expect(await ns.sh('ip route show 172.8.0.0/16')).toContain('via 172.7.21.9 dev br0');
  });

  test('a VXLAN device takes another port, and its own again, with all that it carries', async () => {
    const args = { name, state: 'up', vxlan: { port: 4789 } };
    const seen = await all();
    const { before, after } = await applyOn(ns.run, link, args);
    expect(link.want(args, after)).toEqual(after);
    expect((await all()).replace('4789', '8472')).toBe(seen);
    expect(await moveOn(ns.run, link, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await all()).toBe(seen);
  });

  test('a VXLAN device goes and comes back with its checksums, by the guard too', async () => {
    await ns.sh(`ip link add odd type vxlan id 9 dev eth0 dstport 4789 noudpcsum udp6zerocsumtx udp6zerocsumrx`);
    const args = { name: 'odd', state: 'absent' };
    const { before } = await applyOn(ns.run, link, args);
    expect(before).toMatchObject({
      options: expect.stringMatching(/ learning noudpcsum udp6zerocsumtx udp6zerocsumrx$/),
    });
    expect(await moveOn(ns.run, link, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await readOn(ns.run, link, args)).toEqual(before);
    await ns.sh('ip link del odd; ip link add odd type vxlan id 9 dev eth0 dstport 4789');
    expect(await ns.run(restoreOf(link, before, args))).toMatchObject({ exit: 0, stderr: '' });
    expect(await readOn(ns.run, link, args)).toEqual(before);
  });

  test('the entry that the kernel makes for the one other end is not made twice', async () => {
    await ns.sh(
      'ip link add vxlan9 type vxlan id 9 local 10.4.7.21 remote 10.4.7.22 dev eth0 dstport 4789; ip link set vxlan9 up',
    );
    const entries = () => ns.sh('bridge fdb show dev vxlan9');
    const seen = await entries();
    const { before } = await applyOn(ns.run, link, { name: 'vxlan9', state: 'absent' });
    expect(before).toMatchObject({ fdb: [] });
    await moveOn(ns.run, link, { name: 'vxlan9' }, before);
    expect(await readOn(ns.run, link, { name: 'vxlan9' })).toEqual(before);
    expect(await entries()).toBe(seen);
  });

  test.each<JsonObject>([
    {
      name: 'vxlan42',
      state: 'up',
      kind: 'vxlan',
      mtu: 1400,
      vxlan: { id: 42, local: '10.4.7.21', dev: 'eth0', port: 4789, learning: false, ttl: 5, ageing: 60 },
    },
    { name: 'vxlan43', state: 'present', kind: 'vxlan', vxlan: { id: 43 }, mac: '02:00:00:00:00:43' },
    {
      name: 'br0',
      state: 'up',
      kind: 'bridge',
      mtu: 1450,
      bridge: { stp_state: 1, priority: 4096, forward_delay: 400 },
    },
  ])('%j is made once, set right, and gone after the undo', async (args) => {
    const { before, after } = await applyOn(ns.run, link, args);
    expect(before).toBeNull();
    expect(link.same?.(after, link.want(args, null), args)).toBe(true);
    expect(link.want(args, after)).toEqual(after);
    await ns.sh(`ip link set ${args.name} down mtu 1300 address 02:00:00:00:00:99`);
    const drifted = await applyOn(ns.run, link, { ...args, mtu: 1400, mac: '02:00:00:00:00:01' });
    expect(drifted.after).toMatchObject({ mtu: 1400, mac: '02:00:00:00:00:01' });
    expect(await moveOn(ns.run, link, args, null)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await readOn(ns.run, link, args)).toBeNull();
  });

  test('a bridge takes other settings without being missing, and becomes the port of another', async () => {
    await ns.sh('ip link add br0 type bridge stp_state 1; ip link set br0 up');
    const index = () => ns.sh('cat /sys/class/net/br0/ifindex');
    const was = await index();
    const { before } = await applyOn(ns.run, link, {
      name: 'br0',
      state: 'up',
      bridge: { stp_state: 0, max_age: 1000 },
    });
    await moveOn(ns.run, link, { name: 'br0' }, before);
    expect(await readOn(ns.run, link, { name: 'br0' })).toEqual(before);
    expect(await index()).toBe(was);
    const port = { name, state: 'up', master: 'br0' };
    const free = await applyOn(ns.run, link, port);
    expect(free.after).toMatchObject({ master: 'br0' });
    await moveOn(ns.run, link, port, free.before);
    expect(await readOn(ns.run, link, port)).toEqual(free.before);
  });

  test('a device that cannot be made again is named, and nothing hides it', async () => {
    const { before } = await applyOn(ns.run, link, { name, state: 'absent' });
    await ns.sh('ip link del eth0');
    const [outcome] = await moveOn(ns.run, link, { name }, before);
    expect(outcome).toMatchObject({ exit: 2, stderr: expect.stringContaining('ip link add name flannel.1') });
    expect(await readOn(ns.run, link, { name })).toBeNull();
  });
});
