import { afterEach, expect, test } from 'vitest';
import { listenToSignals, type Signals } from '../../../src/cli/signals.ts';

let signals: Signals;
afterEach(() => signals.release());

test.each([
  [['SIGHUP', 'SIGHUP'], false],
  [['SIGINT', 'SIGHUP'], false],
  [['SIGHUP', 'SIGTERM'], true],
  [['SIGINT', 'SIGINT'], true],
  [['SIGTERM', 'SIGINT'], true],
] as const)('%s: everything is put back; whether without waiting for what is in flight: %s', (names, hurry) => {
  const told: string[] = [];
  signals = listenToSignals((message) => told.push(message));
  for (const name of names) process.emit(name, name);
  expect(signals.interrupt.reason).toBe(names[0]);
  expect(signals.hurry.aborted).toBe(hurry);
  expect(told).toHaveLength(1);
});
