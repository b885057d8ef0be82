import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { route as module } from '../../../src/modules/route.ts';
import { asResource } from '../../support/laws.ts';
import { isRestored, restoreOf } from '../../support/restoring.ts';
import { makeNamespace, type Namespace, readOn } from '../../support/run-command.ts';

const route = asResource(module);
const within = { within: '172.7.0.0/16' };

let ns: Namespace;
beforeAll(async () => {
  ns = await makeNamespace();
  await ns.sh(`ip link set lo up
      for n in 7 8; do ip link add eth$n type bridge; ip addr add 10.9.$n.21/24 dev eth$n; ip link set eth$n up; done
      ip addr add 10.9.7.121/24 dev eth7`);
});
afterAll(() => ns.remove());

const line = fc
  .record({
    prefix: fc.constantFrom('172.7.22.0/24', '172.7.22.0/25', '172.7.23.0/24'),
    way: fc.constantFrom(
      'via 10.9.7.22',
      'via 10.9.7.23',
      'via 10.9.8.22',
      'dev eth8',
      'nexthop via 10.9.7.22 nexthop via 10.9.8.22',
      'nexthop via 10.9.7.23 nexthop via 10.9.7.22',
    ),
    more: fc.constantFrom('', '', 'mtu 1400', 'src 10.9.7.121', 'proto static', 'tos 0x10'),
    metric: fc.constantFrom('', '', 'metric 50'),
  })
  .map(({ prefix, way, more, metric }) => {
    const place = way.startsWith('nexthop') ? `${more} ${metric} ${way}` : `${way} ${more} ${metric}`;
    return `${prefix} ${place}`;
  });
const lines = fc.array(line, { maxLength: 8 });
const place = async (routes: readonly string[]): Promise<void> => {
  const lines = ['flush root 172.7.0.0/16', ...routes.map((words) => `append ${words}`)];
  const stdin = lines.map((words) => `route ${words}\n`).join('');
  await ns.run({ argv: ['ip', '-force', '-batch', '-'], stdin }); // two may be the same to the kernel
};

test.each([
  ['a set', 12, within],
  ['the routes over a device', 6, { ...within, dev: 'eth7' }],
  ['the routes of an origin', 6, { ...within, proto: 'boot' }],
])('it comes back, in order: %s', async (_, numRuns, args: JsonObject) => {
  await fc.assert(
    fc.asyncProperty(lines, lines, async (was, is) => {
      await place(was);
      const before = await readOn(ns.run, route, args);
      await place(is);
      const others = ((await readOn(ns.run, route, within)) as string[]).filter((each) => !selected(each, args));
      expect(await ns.run(restoreOf(route, before, args))).toMatchObject({ exit: 0, stderr: '' });
      expect(await readOn(ns.run, route, args)).toEqual(before);
      const left = (await readOn(ns.run, route, within)) as string[];
      expect(left.filter((each) => !selected(each, args))).toEqual(others);
    }),
    { numRuns },
  );
});
const selected = (words: string, { dev, proto }: JsonObject): boolean =>
  (dev === undefined || words.includes(` dev ${String(dev)} `)) &&
  (proto === undefined || words.includes(` proto ${String(proto)} `));

test('a restore is right from what another left half done', async () => {
  await fc.assert(
    fc.asyncProperty(lines, lines, fc.nat(), async (was, is, half) => {
      await place(was);
      const before = await readOn(ns.run, route, within);
      await place(is);
      const [move] = route.move(await readOn(ns.run, route, within), before, within);
      const operations = (move?.stdin ?? '').split('\n').slice(0, half % 6);
      if (move !== undefined) await ns.run({ ...move, stdin: `${operations.join('\n')}\n` });
      expect(await ns.run(restoreOf(route, before, within))).toMatchObject({ exit: 0, stderr: '' });
      const now = await readOn(ns.run, route, within);
      expect(isRestored(route, before, now, within)).toBe(true);
    }),
    { numRuns: 5 },
  );
});
