import { setTimeout as delay } from 'node:timers/promises';
import { reason } from '../../src/core/failure.ts';
import { type Json, sameJson } from '../../src/core/json.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { comparable, type LabStatus, labStatus } from '../../src/lab/status.ts';

/**
 * The state of a lab, to be compared: see comparable(). A VXLAN device gets a new address whenever it is made, and a bridge one at every
 * boot, so an address is named by who has it: who knows whose is compared all the same.
 */
export async function stateOf(lab: Lab): Promise<Json> {
  const status = await labStatus(lab);
  let text = JSON.stringify(comparable(status));
  for (const [address, owner] of ownAddresses(status)) text = text.replaceAll(address, owner);
  return JSON.parse(text, (key, value) => (sets.has(key) ? [...value].sort() : value)) as Json;
}

/** Listed by address, whose names are in another order. */
const sets: ReadonlySet<string> = new Set(['forwarding', 'neighbours']);

function ownAddresses(status: LabStatus): Map<string, string> {
  const owners = new Map<string, string>();
  for (const [host, state] of Object.entries(status.hosts)) {
    if (!state.on) continue;
    for (const line of state.links) {
      const [, link, address] = /^link (\S+) .*\baddress ([0-9a-f:]{17})/.exec(line) ?? [];
      if (link !== undefined && address !== undefined) owners.set(address, `<${link} of ${host}>`);
    }
  }
  return owners;
}

/** Whether the state is, or within this time becomes, one of those; which one, and the last that was seen. */
export async function settled(
  lab: Lab,
  wanted: readonly Json[],
  withinMs: number,
): Promise<{ readonly found: Json; readonly which: number; readonly ms: number }> {
  const begin = performance.now();
  for (;;) {
    // etcd may just be coming up: its answer breaks off.
    const found = await stateOf(lab).catch((thrown: unknown): Json => `cannot be read: ${reason(thrown)}`);
    const which = wanted.findIndex((state) => sameJson(state, found));
    const ms = performance.now() - begin;
    if (which >= 0 || ms > withinMs) return { found, which, ms };
    await delay(250);
  }
}
