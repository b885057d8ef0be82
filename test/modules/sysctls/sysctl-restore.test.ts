import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { sysctl as module } from '../../../src/modules/sysctl.ts';
import { asResource } from '../../support/laws.ts';
import { holdRestored, restoreOf } from '../../support/restoring.ts';
import { makeNamespace, type Namespace, readOn, runHere } from '../../support/run-command.ts';
import { inBusybox } from '../../support/shells.ts';

const sysctl = asResource(module);
const rp = { name: 'net.ipv4.conf.lo.rp_filter', value: 2 };
const set = (value: unknown, name = 'ipv4/conf/lo/rp_filter') => `echo ${value} >/proc/sys/net/${name}`;
const forward = { name: 'net.ipv4.ip_forward', value: 1 };
const file = (text: string) => `mkdir -p "$FOLDER"; printf '${text}' >"$FOLDER/90.conf"; chmod 640 "$FOLDER/90.conf"`;
const text = '# ours\\n -net/ipv4/conf/lo/rp_filter=1 \\nlast = 1\\nnet.ipv4.conf.lo.rp_filter = 0\\n';

/** With `filed`, the settings file is one of the test's own folder. */
const table: readonly (readonly [string, JsonObject, string, string])[] = [
  ['a value, as it was', rp, set(1), ':'],
  ['a value, written', rp, set(1), set(2)],
  ['a value, something else', rp, set(1), set(0)],
  [
    'a value of several words',
    { name: 'net.ipv4.ping_group_range', value: '0 1000' },
    ':',
    set('"5 7"', 'ipv4/ping_group_range'),
  ],
  ['forwarding, with what each device had', forward, set(1, 'ipv4/conf/eth1/forwarding'), set(1, 'ipv4/ip_forward')],
  [
    'forwarding, where only a device has another',
    forward,
    set(1, 'ipv4/conf/eth1/forwarding'),
    set(0, 'ipv4/conf/eth1/forwarding'),
  ],
  [
    'forwarding, where redirects were off',
    forward,
    set(0, 'ipv4/conf/all/accept_redirects'),
    `${set(1, 'ipv4/ip_forward')}; ${set(0, 'ipv4/ip_forward')}`,
  ],
  [
    'forwarding, with a device gone',
    forward,
    set(1, 'ipv4/conf/eth1/forwarding'),
    `${set(1, 'ipv4/ip_forward')}; ip link del eth1`,
  ],
  ['a file, as it was', { ...rp, filed: true }, file(text), ':'],
  [
    'a file, written',
    { ...rp, filed: true },
    `${set(0)}; ${file(text)}`,
    `${set(2)}; sed -i '$s/0/2/' "$FOLDER/90.conf"`,
  ],
  ['half: the value without the file', { ...rp, filed: true }, `${set(0)}; ${file(text)}`, set(2)],
  [
    'half: the file without the value',
    { ...rp, filed: true },
    `${set(0)}; ${file(text)}`,
    `sed -i '$s/0/2/' "$FOLDER/90.conf"`,
  ],
  [
    'a file with other lines since',
    { ...rp, filed: true },
    file(text),
    file(`${text}new = 1\\nnet.ipv4.conf.lo.rp_filter=5\\n`),
  ],
  ['a file that is gone', { ...rp, filed: true }, file(text), 'rm "$FOLDER/90.conf"'],
  [
    'a file that was not there',
    { ...rp, filed: true },
    set(0),
    `${set(2)}; ${file('net.ipv4.conf.lo.rp_filter = 2\\n')}`,
  ],
  [
    'only a file',
    { ...rp, runtime: false, filed: true },
    `${set(1)}; ${file(text)}`,
    `${set(0)}; rm "$FOLDER/90.conf"`,
  ],
];

const busybox = inBusybox({ ip: '/sbin/ip' });
let ns: Namespace;
let folder: string;
beforeEach(async () => {
  ns = await makeNamespace();
  folder = await mkdtemp(join(tmpdir(), 'runbook-sysctl-'));
  await ns.sh('ip link set lo up; ip link add eth1 type bridge');
});
afterEach(async () => {
  await ns.remove();
  await rm(folder, { recursive: true });
});

function placed({ filed, ...args }: JsonObject): JsonObject {
  return filed === true ? { ...args, file: `${folder}/90.conf` } : args;
}
const here = (shell: string): string => `FOLDER=${folder}\n${shell}`;

test.each(table)('a parameter comes back: %s', async (name, args, before, disturb) => {
  await holdRestored(ns, sysctl, { name, args: placed(args), before: here(before), disturb: here(disturb) });
});

test.each(table)('with the tools of BusyBox: %s', async (name, args, before, disturb) => {
  const situation = { name, args: placed(args), before: here(before), disturb: here(disturb) };
  await holdRestored(ns, sysctl, situation, (command) => ns.run(busybox(command)));
});

test('other lines, mode and place of a file stay, one that the run made goes, and what is as it was is not written', async () => {
  const args = placed({ ...rp, filed: true });
  const path = join(folder, '90.conf');
  await ns.sh(here(file(text)));
  const before = await readOn(ns.run, sysctl, args);
  const seen = await readFile(path, 'utf8');
  const { ino } = await stat(path);
  expect(await ns.run(restoreOf(sysctl, before, args))).toMatchObject({ exit: 0, stderr: '' });
  expect((await stat(path)).ino).toBe(ino);
  await ns.sh(`sed -i '$s/0/2/' ${path}`);
  expect(await ns.run(restoreOf(sysctl, before, args))).toMatchObject({ exit: 0, stderr: '' });
  expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual([seen, 0o640]);
  await ns.sh(`printf 'net.ipv4.conf.lo.rp_filter = 2\\n' >${path}`);
  expect(await ns.run(restoreOf(sysctl, { value: '0', file: null }, args))).toMatchObject({ exit: 0, stderr: '' });
  await expect(stat(path)).rejects.toThrow(/ENOENT/);
});

test('it is that of the named namespace, and it is said when that is gone', async () => {
  const args = { ...rp, netns: ns.name };
  const before = await readOn(runHere, sysctl, args);
  await ns.sh(set(2));
  expect(await runHere(restoreOf(sysctl, before, args))).toMatchObject({ exit: 0, stderr: '' });
  expect(await ns.sh('cat /proc/sys/net/ipv4/conf/lo/rp_filter')).toBe('0\n');
  const { exit, stderr } = await runHere(restoreOf(sysctl, before, { ...args, netns: 'runbook-no-such' }));
  expect([exit === 0, stderr]).toEqual([false, expect.stringContaining('runbook-no-such')]);
});

test('what does not take its value is named', async () => {
  const { exit, stderr } = await ns.run(
    restoreOf(sysctl, { value: 'maybe' }, { name: 'net.ipv4.ip_forward', value: 1 }),
  );
  expect([exit, stderr]).toEqual([1, expect.stringContaining('/proc/sys/net/ipv4/ip_forward is "0" and was "maybe"')]);
});

test('without a file it is gone after a restart, with one it is not', () => {
  expect([sysctl.volatile?.(rp), sysctl.volatile?.({ ...rp, file: '/etc/sysctl.d/90.conf' })]).toEqual([true, false]);
});
