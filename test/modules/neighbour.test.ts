import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { neighbour as module } from '../../src/modules/neighbour.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const neighbour = asResource(module);
const dev = 'flannel.1';
const peer = { address: '172.7.22.0', dev };
const there = '172.7.22.0 lladdr aa:bb:cc:dd:ee:01 nud permanent';
const other = '172.7.22.0 lladdr aa:bb:cc:dd:ee:77 nud permanent';
const second = '172.7.23.0 lladdr aa:bb:cc:dd:ee:02 nud permanent';
const lines = (...stdin: readonly string[]) => [
  { script: /ip neigh "\$verb"/, args: [dev], stdin: stdin.map((line) => `${line}\n`).join('') },
];

laws(
  module,
  [
    {
      name: 'a peer is made known, and forgotten again',
      args: { ...peer, lladdr: 'AA:BB:CC:DD:EE:01' },
      host: 'none',
      before: [],
      after: [there],
      apply: lines(`replace ${there}`),
      applied: 'permanent',
      undo: lines('del 172.7.22.0'),
    },
    {
      name: 'what the kernel has learned is no configured entry',
      args: { ...peer, lladdr: 'aa:bb:cc:dd:ee:01' },
      host: 'learned',
      before: [],
      after: [there],
      apply: lines(`replace ${there}`),
      applied: 'permanent',
      undo: lines('del 172.7.22.0'),
    },
    {
      name: 'another MAC takes the place of the old one',
      args: { ...peer, lladdr: 'aa:bb:cc:dd:ee:77' },
      host: 'permanent',
      before: [there],
      after: [other],
      apply: lines(`replace ${other}`),
      applied: 'other-mac',
      undo: lines(`replace ${there}`),
    },
    { name: 'an entry that is there, without more said of it', args: peer, host: 'permanent', before: [there] },
    {
      name: 'an IPv6 router that another program learned goes and comes back',
      args: { address: '2001:db8:0::9', dev, state: 'absent' },
      host: 'six',
      before: ['2001:db8::9 lladdr aa:bb:cc:dd:ee:09 nud noarp router extern_learn'],
      after: [],
      apply: lines('del 2001:db8::9'),
      undo: lines('replace 2001:db8::9 lladdr aa:bb:cc:dd:ee:09 nud noarp router extern_learn'),
    },
    {
      name: 'a proxy entry',
      args: { address: '172.7.99.9', dev, proxy: true, state: 'absent' },
      host: 'proxy',
      before: ['proxy 172.7.99.9'],
      after: [],
      apply: lines('del proxy 172.7.99.9'),
      undo: lines('replace proxy 172.7.99.9'),
    },
    {
      name: 'a protected set comes back, and what appeared since goes',
      args: { dev },
      protect: true,
      host: 'set',
      before: [there, second],
      now: [other, '172.7.99.0 lladdr aa:bb:cc:dd:ee:99 nud permanent'],
      undo: lines('del 172.7.99.0', `replace ${there}`, `replace ${second}`),
    },
    {
      name: 'a device that is not there has none',
      args: { ...peer, dev: 'nosuch', state: 'absent' },
      host: 'no-device',
      before: [],
    },
    { name: 'BusyBox says more, and the same', args: peer, host: 'busybox', before: [there] },
    {
      name: 'nor has it one by BusyBox',
      args: { ...peer, dev: 'nosuch', state: 'absent' },
      host: 'busybox-no-device',
      before: [],
    },
  ],
  [
    {
      name: 'a new entry needs an address to send to',
      args: peer,
      host: 'none',
      code: 'invalid',
      says: /no lladdr is given/,
    },
    {
      name: 'what is not an entry is not skipped',
      args: peer,
      host: { stdout: '=== entries\nsomething else\n=== end\n' },
      code: 'unreadable',
      says: /not a line of ip neigh show/,
    },
    {
      name: 'an error is not taken for absence',
      args: peer,
      host: { exit: 1, stderr: 'Cannot send dump request: Operation not permitted' },
      code: 'unreadable',
      says: /Operation not permitted/,
    },
  ],
);

describe('on a real kernel', () => {
  let ns: Namespace;
  const all = () => ns.sh('ip neigh show nud permanent | grep -v 33:33 | sort; ip neigh show proxy');

  beforeEach(async () => {
    ns = await makeNamespace();
    await ns.sh(`ip link add ${dev} type bridge; ip link set ${dev} up; ip address add 172.7.21.0/32 dev ${dev}
      ip -6 address add 2001:db8::21/64 dev ${dev} nodad
      ip neigh add 172.7.22.0 lladdr aa:bb:cc:dd:ee:01 dev ${dev}; ip neigh add proxy 172.7.99.9 dev ${dev}
      ip neigh add 2001:db8::9 lladdr aa:bb:cc:dd:ee:09 dev ${dev} nud noarp router extern_learn`);
  });
  afterEach(() => ns.remove());

  test.each([
    { ...peer, lladdr: 'aa:bb:cc:dd:ee:77' },
    { ...peer, state: 'absent' },
    { address: '172.7.24.0', dev, lladdr: 'aa:bb:cc:dd:ee:04' },
    { address: '2001:db8::9', dev, state: 'absent' },
    { address: '172.7.99.9', dev, proxy: true, state: 'absent' },
    { address: '2001:db8::99', dev, proxy: true },
  ])('%j is done once, and undone to what was there', async (args) => {
    const seen = await all();
    const { before, after } = await applyOn(ns.run, neighbour, args);
    expect(await all()).not.toBe(seen);
    expect(neighbour.want(args, after)).toEqual(after);
    expect(await moveOn(ns.run, neighbour, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await readOn(ns.run, neighbour, args)).toEqual(before);
    expect(await all()).toBe(seen);
  });

  test('the set of a device that went down and up again comes back', async () => {
    const before = await readOn(ns.run, neighbour, { dev });
    expect(before).toEqual([there]);
    await ns.sh(`ip link set ${dev} down; ip link set ${dev} up`);
    expect(await readOn(ns.run, neighbour, { dev })).toEqual([]);
    expect(await moveOn(ns.run, neighbour, { dev }, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await readOn(ns.run, neighbour, { dev })).toEqual(before);
  });

  test('a move may be run twice, and what cannot be done is named', async () => {
    for (const command of [...neighbour.move([there], [], peer), ...neighbour.move([there], [], peer)]) {
      expect(await ns.run(command)).toMatchObject({ exit: 0, stderr: '' });
    }
    const [command] = neighbour.move([], [there, '172.7.23.0 lladdr zz nud permanent'], { dev });
    if (command === undefined) throw new Error('no command');
    expect(await ns.run(command)).toMatchObject({ exit: 2, stderr: expect.stringContaining('lladdr zz') });
    expect(await readOn(ns.run, neighbour, peer)).toEqual([there]);
  });
});
