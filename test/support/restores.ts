import { expect } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { type Json, type JsonObject, sameJson } from '../../src/core/json.ts';
import type { Resource } from '../../src/core/module.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { moveOn, type Run, readOn } from './run-command.ts';

/** A thing on a host, as it stands when a run begins. */
export interface Thing {
  readonly run: Run;
  readonly resource: Resource;
  readonly args: JsonObject;
  /** What shows that something was touched, although it reads the same: inodes, times, pids. */
  readonly trace: () => Promise<Json> | Json;
}

/** What happens to it between the look at it and the guard's command. `apply` does all of what the run would do. */
export type Disturb = (apply: () => Promise<unknown>) => Promise<unknown> | unknown;

interface Restored {
  readonly command: Command;
  readonly outcome: Outcome;
  readonly before: Json;
}

/**
 * The law of `restore`: whatever has become of the thing, one command brings it back to what was read before, and a second time changes
 * nothing; one that is as before is not touched at all.
 */
export async function comesBack(thing: Thing, disturb: Disturb): Promise<Restored> {
  const { run, resource, args, trace } = thing;
  const { before, command } = await disturbed(thing, disturb);
  const found = { trace: await trace(), isBack: await isBack(thing, before) };
  const outcome = await run(command);
  expect(outcome).toMatchObject({ exit: 0, stderr: '' });
  expect(resource.read(await run(resource.probe(args) ?? { argv: [] }), args)).toSatisfy((now: Json) =>
    restored(thing, before, now),
  );
  const back = await trace();
  if (found.isBack) expect(back).toEqual(found.trace);
  expect(await run(command)).toMatchObject({ exit: 0, stderr: '' });
  expect(await trace()).toEqual(back);
  return { command, outcome, before };
}

/** It is left as it is by then, with one line that says why. */
export async function isLeftAlone(thing: Thing, disturb: Disturb, why: RegExp): Promise<void> {
  const { command } = await disturbed(thing, disturb);
  const found = await thing.trace();
  const outcome = await thing.run(command);
  expect(outcome.exit).toBe(1);
  expect(outcome.stderr).toMatch(why);
  expect(outcome.stderr).toMatch(/^[^\n]+\n$/);
  expect(await thing.trace()).toEqual(found);
}

async function disturbed(thing: Thing, disturb: Disturb): Promise<{ before: Json; command: Command }> {
  const { run, resource, args } = thing;
  const before = await readOn(run, resource, args);
  const after = resource.want(args, before);
  await disturb(() => moveOn(run, resource, args, after));
  const command = resource.restore?.(before, after, args) ?? null;
  if (command === null) throw new Error(`${resource.name} has no way back from ${JSON.stringify(after)}`);
  return { before, command };
}

async function isBack(thing: Thing, before: Json): Promise<boolean> {
  try {
    return restored(thing, before, await readOn(thing.run, thing.resource, thing.args));
  } catch {
    return false;
  }
}

function restored({ resource, args }: Thing, before: Json, now: Json): boolean {
  const same = (): boolean => resource.same?.(before, now, args) ?? sameJson(before, now);
  return resource.restored?.(before, now, args) ?? same();
}
