import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { sysctl as module } from '../../src/modules/sysctl.ts';
import { asResource, laws } from '../support/laws.ts';
import { applyOn, makeNamespace, moveOn, type Namespace, readOn } from '../support/run-command.ts';

const sysctl = asResource(module);
const name = 'net.ipv4.conf.lo.rp_filter';
const path = '/proc/sys/net/ipv4/conf/lo/rp_filter';
const conf = '/etc/sysctl.d/90.conf';
const forwarding = (all: string, eth1: string) =>
  Object.fromEntries(
    ['all', 'default', 'eth0.7', 'eth1', 'lo'].map((device) => [
      `/proc/sys/net/ipv4/conf/${device}/forwarding`,
      device === 'eth1' ? eth1 : all,
    ]),
  );
const write = (...args: readonly string[]) => ({ script: /printf '%s\\n' "\$2" >"\$1"/, args });
const edit = (args: readonly string[], ...lines: readonly string[]) => ({
  script: /mv -f "\$new" "\$file"/,
  args,
  stdin: lines.map((line) => `${line}\n`).join(''),
});

laws(
  module,
  [
    {
      name: 'forwarding goes on for all devices, and back to what each had',
      args: { name: 'net.ipv4.ip_forward', value: 1 },
      host: 'off',
      before: { value: '0', others: forwarding('0', '1') },
      after: { value: '1' },
      apply: [write('/proc/sys/net/ipv4/ip_forward', '1')],
      applied: 'on',
      undo: [write('/proc/sys/net/ipv4/ip_forward', '0', '/proc/sys/net/ipv4/conf/eth1/forwarding', '1')],
    },
    {
      name: 'bytes that put a share out of force, which comes back in their place',
      args: { name: 'vm.dirty_bytes', value: 419_430_400 },
      host: 'share-of-memory',
      before: { value: '0', others: { '/proc/sys/vm/dirty_ratio': '20' } },
      after: { value: '419430400' },
      apply: [write('/proc/sys/vm/dirty_bytes', '419430400')],
      applied: 'bytes-of-memory',
      undo: [write('/proc/sys/vm/dirty_ratio', '20')],
    },
    {
      name: 'a share that puts bytes out of force, which come back in its place',
      args: { name: 'vm.dirty_ratio', value: 15 },
      host: 'share-not-in-force',
      before: { value: '0', others: { '/proc/sys/vm/dirty_bytes': '419430400' } },
      after: { value: '15' },
      apply: [write('/proc/sys/vm/dirty_ratio', '15')],
      applied: 'share-in-force',
      undo: [write('/proc/sys/vm/dirty_bytes', '419430400')],
    },
    {
      name: 'a value and a file that is not there',
      args: { name, value: 2, file: conf },
      host: 'no-file',
      before: { value: '0', file: null },
      after: { value: '2', file: [`${name} = 2`] },
      apply: [write(path, '2'), edit([conf, name, ''], `${name} = 2`)],
      undo: [write(path, '0'), edit([conf, name, 'gone'])],
    },
    {
      name: 'a file that does not set it yet',
      args: { name: 'net/ipv4/conf/lo/rp_filter', value: 0, file: conf },
      host: 'not-in-file',
      before: { value: '0', file: [] },
      after: { value: '0', file: ['net/ipv4/conf/lo/rp_filter = 0'] },
      apply: [edit([conf, name, ''], 'net/ipv4/conf/lo/rp_filter = 0')],
      undo: [edit([conf, name, ''])],
    },
    {
      name: 'of several lines the last one counts',
      args: { name, value: '2', file: conf, runtime: false },
      host: { stdout: '=== lines\n -net/ipv4/conf/lo/rp_filter=1 \nnet.ipv4.conf.lo.rp_filter = 0\n=== end\n' },
      before: { file: [' -net/ipv4/conf/lo/rp_filter=1 ', `${name} = 0`] },
      after: { file: [' -net/ipv4/conf/lo/rp_filter=1 ', `${name} = 2`] },
      apply: [edit([conf, name, ''], ' -net/ipv4/conf/lo/rp_filter=1 ', `${name} = 2`)],
      undo: [edit([conf, name, ''], ' -net/ipv4/conf/lo/rp_filter=1 ', `${name} = 0`)],
    },
    {
      name: 'no longer set at boot; what is in force is not asked',
      args: { name, state: 'absent', file: conf },
      host: { stdout: '=== lines\nnet.ipv4.conf.lo.rp_filter=0\n=== end\n' },
      before: { file: [`${name}=0`] },
      after: { file: [] },
      apply: [edit([conf, name, ''])],
      undo: [edit([conf, name, ''], `${name}=0`)],
    },
    {
      name: 'a file that is not there does not set it',
      args: { name, state: 'absent', file: conf },
      host: { stdout: '=== nofile\n=== end\n' },
      before: { file: null },
    },
    {
      name: 'words compare, whatever stands between them',
      args: { name: 'net.ipv4.ping_group_range', value: '1   0' },
      host: 'words',
      before: { value: '1 0' },
    },
    {
      name: 'a device with a dot in its name',
      args: { name: 'net.ipv4.conf.eth0/7.rp_filter', value: 0 },
      host: 'dots',
      before: { value: '0' },
    },
    {
      name: 'a protected value comes back',
      args: { name: 'net.ipv4.ip_forward' },
      protect: true,
      host: 'off',
      before: { value: '0', others: forwarding('0', '1') },
      now: { value: '0', others: forwarding('0', '0') },
      undo: [write('/proc/sys/net/ipv4/conf/eth1/forwarding', '1')],
    },
  ],
  [
    {
      name: 'an unknown one',
      args: { name: 'net.ipv4.nosuch' },
      host: 'unknown',
      code: 'unreadable',
      says: /No such file/,
    },
    {
      name: 'a folder of them',
      args: { name: 'net.ipv4.conf' },
      host: 'folder',
      code: 'unreadable',
      says: /Is a directory/,
    },
    {
      name: 'a symbolic link',
      args: { name, file: conf },
      host: 'link',
      code: 'unreadable',
      says: /not a regular file/,
    },
  ],
);

test('a name does not lead out of /proc/sys', () => {
  expect(sysctl.faults?.({ name: 'net/../../passwd' })).toMatchObject([{ path: ['name'] }]);
  expect(sysctl.probe({ name: 'net.ipv4.conf.eth0/7.rp_filter' })?.argv).toContain(
    '/proc/sys/net/ipv4/conf/eth0.7/rp_filter',
  );
});

test('what deletes addresses says that it cannot be undone', () => {
  expect(sysctl.reversible({ name: 'net.ipv6.conf.all.disable_ipv6', value: 1 })).toMatchObject({ never: /addresses/ });
  expect(sysctl.reversible({ name: 'net.ipv6.conf.eth1.disable_ipv6', value: 0 })).toBe(true);
  expect(sysctl.reversible({ name: 'net.ipv6.conf.all.disable_ipv6' })).toBe(true);
});

test('what is set for all devices and would delete addresses when set back is left to nobody', () => {
  const args = { name: 'net/ipv6/conf/all/disable_ipv6', value: 0 };
  expect(sysctl.reversible(args)).toMatchObject({ never: /every device/ });
  expect(sysctl.restore?.({ value: '1' }, { value: '0' }, args)).toBeNull();
});

test('of two parameters for one thing a rollback playbook does not set the one that was out of force', () => {
  const before = { value: '0', others: { '/proc/sys/vm/dirty_ratio': '20' } };
  expect(sysctl.restate?.(before, { name: 'vm.dirty_bytes', value: 1 })).toBeNull();
});

describe('on a real kernel', () => {
  let ns: Namespace;
  let folder: string;
  const values = () =>
    ns.sh('sysctl -a 2>/dev/null | grep -E "forward|rp_filter|ping_group|accept_redirects|_mode|linkdown" | sort');

  beforeEach(async () => {
    ns = await makeNamespace();
    folder = await mkdtemp(join(tmpdir(), 'runbook-sysctl-'));
    await ns.sh(`ip link add eth1 type bridge; ip link add eth0.7 type bridge
      echo 1 >/proc/sys/net/ipv4/conf/eth1/forwarding; echo 1 >/proc/sys/net/ipv6/conf/eth1/forwarding`);
  });
  afterEach(async () => {
    await ns.remove();
    await rm(folder, { recursive: true });
  });

  test.each<JsonObject>([
    { name: 'net.ipv4.ip_forward', value: 1 },
    { name: 'net.ipv4.conf.all.forwarding', value: 1 },
    { name: 'net.ipv6.conf.all.forwarding', value: 1 },
    { name: 'net.ipv6.conf.all.addr_gen_mode', value: 1 },
    { name: 'net.ipv6.conf.all.ignore_routes_with_linkdown', value: 1 },
    { name: 'net.ipv4.conf.eth0/7.rp_filter', value: 2 },
    { name: 'net.ipv4.ping_group_range', value: '0 1000' },
  ])('%j, and back to what each device had', async (args) => {
    await ns.sh(`echo 0 >/proc/sys/net/ipv4/conf/all/accept_redirects
      for one in addr_gen_mode ignore_routes_with_linkdown; do echo 1 >/proc/sys/net/ipv6/conf/eth1/$one; done`);
    const seen = await values();
    const { before, after } = await applyOn(ns.run, sysctl, args);
    expect(after).toMatchObject({ value: String(args.value) });
    expect(sysctl.same?.(after, sysctl.want(args, after), args)).toBe(true);
    expect(await moveOn(ns.run, sysctl, args, before)).toMatchObject([{ exit: 0, stderr: '' }]);
    expect(await values()).toBe(seen);
    expect(sysctl.restored?.(before, await readOn(ns.run, sysctl, args), args)).toBe(true);
  });

  test('a default route that was advertised is not given up for forwarding', async () => {
    const router = await makeNamespace();
    try {
      await ns.sh(`ip link add up0 type veth peer name down0 netns ${router.name}; ip link set up0 up`);
      await router.sh('ip link set down0 up');
      const advertised = async () => {
        // An advertisement of a router for half an hour, as long as its link is being looked at for twice the same address.
        await router.sh(`python3 -c "import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
s.sendto(bytes([134, 0, 0, 0, 64, 0, 7, 8]) + bytes(8), ('ff02::1', 0, 0, socket.if_nametoindex('down0')))" || true`);
        expect(await ns.sh('ip -6 route show default')).toMatch(/proto ra/);
      };
      await vi.waitFor(advertised, { timeout: 10_000, interval: 200 });
      for (const device of ['all', 'eth0/7']) {
        const args = { name: `net.ipv6.conf.${device}.forwarding`, value: 1 };
        await expect(applyOn(ns.run, sysctl, args)).rejects.toMatchObject({
          code: 'refused',
          message: expect.stringMatching(/would delete the IPv6 default route .* on up0/),
        });
      }
      expect(await ns.sh('ip -6 route show default')).toMatch(/proto ra/);
      await applyOn(ns.run, sysctl, { name: 'net.ipv6.conf.default.forwarding', value: 1 });
      await applyOn(ns.run, sysctl, { name: 'net.ipv6.conf.up0.accept_ra', value: 2 });
      await applyOn(ns.run, sysctl, { name: 'net.ipv6.conf.all.forwarding', value: 1 });
      expect(await ns.sh('ip -6 route show default')).toMatch(/proto ra/);
    } finally {
      await router.remove();
    }
  });

  test('it is that of the named namespace', async () => {
    const { runHere } = await import('../support/run-command.ts');
    const args = { name: 'net.ipv4.conf.lo.rp_filter', value: 2, netns: ns.name };
    const outside = await readFile('/proc/sys/net/ipv4/conf/lo/rp_filter', 'utf8');
    const { before } = await applyOn(runHere, sysctl, args);
    expect(await ns.sh('cat /proc/sys/net/ipv4/conf/lo/rp_filter')).toBe('2\n');
    expect(await readFile('/proc/sys/net/ipv4/conf/lo/rp_filter', 'utf8')).toBe(outside);
    await moveOn(runHere, sysctl, args, before);
    expect(await ns.sh('cat /proc/sys/net/ipv4/conf/lo/rp_filter')).toBe('0\n');
  });

  test('a value that the kernel does not take is named, and the file is left alone', async () => {
    const file = join(folder, '90.conf');
    const args = { name: 'net.ipv4.ip_forward', value: 'maybe', file };
    const before = await readOn(ns.run, sysctl, args);
    const [first] = sysctl.move(before, sysctl.want(args, before), args);
    if (first === undefined) throw new Error('no command');
    expect(await ns.run(first)).toMatchObject({ exit: 1, stderr: expect.stringContaining('does not take "maybe"') });
  });

  const text =
    '# ours\n -net/ipv4/conf/lo/rp_filter=1 \nvm.swappiness = 10\n#net.ipv4.conf.lo.rp_filter = 0\n\nnet.ipv4.conf.lo.rp_filter = 0\nlast = 1\n';
  test.each([
    [text, { value: 2 }, text.replace('rp_filter = 0\nlast', 'rp_filter = 2\nlast')],
    [text, { state: 'absent' }, '# ours\nvm.swappiness = 10\n#net.ipv4.conf.lo.rp_filter = 0\n\nlast = 1\n'],
    ['vm.swappiness = 10\n', { value: 2 }, 'vm.swappiness = 10\nnet.ipv4.conf.lo.rp_filter = 2\n'],
    ['', { value: 2 }, 'net.ipv4.conf.lo.rp_filter = 2\n'],
  ] as const)('a file %j told %j, mode and owner kept', async (old, told, fresh) => {
    const file = join(folder, '90.conf');
    await writeFile(file, old, { mode: 0o640 });
    const args = { name, file, ...told };
    const { before } = await applyOn(ns.run, sysctl, args);
    expect(await readFile(file, 'utf8')).toBe(fresh);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    await moveOn(ns.run, sysctl, args, before);
    const back = await readFile(file, 'utf8');
    const absent = 'state' in told;
    expect(absent ? back.split('\n').sort() : back).toEqual(absent ? old.split('\n').sort() : old);
  });

  test('two tasks make a file together, and their undo takes it away', async () => {
    const file = join(folder, '90.conf');
    const tasks = [
      { name, value: 1, file },
      { name: 'net.ipv4.ip_forward', value: 1, file },
    ];
    const first = await applyOn(ns.run, sysctl, tasks[0] as JsonObject);
    const second = await applyOn(ns.run, sysctl, tasks[1] as JsonObject);
    expect(await readFile(file, 'utf8')).toBe(`${name} = 1\nnet.ipv4.ip_forward = 1\n`);
    await moveOn(ns.run, sysctl, tasks[1] as JsonObject, second.before);
    await moveOn(ns.run, sysctl, tasks[0] as JsonObject, first.before);
    await expect(stat(file)).rejects.toThrow(/ENOENT/);
    expect(
      sysctl.restored?.(second.before, await readOn(ns.run, sysctl, tasks[1] as JsonObject), tasks[1] as JsonObject),
    ).toBe(true);
  });

  test('a symbolic link is left alone', async () => {
    await writeFile(join(folder, 'real'), 'a=1\n');
    await symlink('real', join(folder, 'link'));
    const args = { name, file: join(folder, 'link') };
    const [, command] = sysctl.move({ value: '1', file: [] }, { value: '0', file: [`${name} = 0`] }, args);
    if (command === undefined) throw new Error('no command');
    expect(await ns.run(command)).toMatchObject({ exit: 1, stderr: expect.stringContaining('not a regular file') });
    expect(await readFile(join(folder, 'real'), 'utf8')).toBe('a=1\n');
  });
});
