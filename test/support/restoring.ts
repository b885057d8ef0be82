import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { sameJson } from '../../src/core/json.ts';
import type { Resource } from '../../src/core/module.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { type Namespace, type Run, readOn } from './run-command.ts';

/** One way in which a thing may have become something else than it was. */
export interface Disturbance {
  readonly name: string;
  readonly args: JsonObject;
  /** Shell: what the thing is before. */
  readonly before: string;
  /** Shell: what has become of it. */
  readonly disturb: string;
}

/** The command that the guard of a host runs. */
export function restoreOf(resource: Resource, before: Json, args: JsonObject): Command {
  const command = resource.restore?.(before, null, args);
  if (command === undefined || command === null) throw new Error(`${resource.name} has nothing that restores it`);
  return command;
}

/** Is `now` as good as `before`? */
export function isRestored(resource: Resource, before: Json, now: Json, args: JsonObject): boolean {
  return resource.restored?.(before, now, args) ?? resource.same?.(before, now, args) ?? sameJson(before, now);
}

/**
 * Holds a resource to the law of its `restore`: whatever has become of the thing, one command made from `before` alone brings it back,
 * and a second one changes nothing. Resolves to what the kernel told of the first.
 */
export async function holdRestored(
  ns: Namespace,
  resource: Resource,
  { args, before: setUp, disturb }: Disturbance,
  run: Run = ns.run,
): Promise<readonly string[]> {
  await ns.sh(setUp);
  const before = await readOn(ns.run, resource, args);
  const command = restoreOf(resource, before, args);
  await ns.sh(disturb);
  let outcome: Outcome | undefined;
  const told = await during(ns, async () => {
    outcome = await run(command);
  });
  const now = await readOn(ns.run, resource, args);
  expect({ exit: outcome?.exit, stderr: outcome?.stderr, now }).toEqual({ exit: 0, stderr: '', now });
  if (!isRestored(resource, before, now, args)) expect(now).toEqual(before);
  const again = await during(ns, async () => {
    expect(await run(command)).toMatchObject({ exit: 0, stderr: '' });
  });
  expect(again).toEqual([]);
  return told;
}

/** The kernel's own account of routes, rules, addresses and links while something is done. */
export async function during(ns: Namespace, act: () => Promise<void>): Promise<readonly string[]> {
  const monitor = spawn('ip', ['netns', 'exec', ns.name, 'ip', '-o', 'monitor', 'route', 'rule', 'address', 'link']);
  let text = '';
  monitor.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = once(monitor, 'close');
  const seen = async (marker: string) => {
    while (!text.includes(marker)) await ns.sh(`ip route replace blackhole ${marker}; ip route del ${marker}`);
  };
  try {
    await seen('198.51.100.1');
    await act();
    await seen('198.51.100.2');
  } finally {
    monitor.kill();
    await ended;
  }
  const lines = text.split('\n').map((line) => line.trim());
  // A device's own IPv6 address is ready some seconds after it is up.
  return lines.filter((line) => line !== '' && !line.includes('198.51.100.') && !line.includes('fe80::'));
}
