import { expect, test } from 'vitest';
import { type Evidence, untruths } from './judge.ts';
import type { KindName } from './kinds.ts';
import type { Trial } from './trial.ts';

const play = (...kinds: KindName[]): Trial => ({ command: 'play', faults: kinds.map((kind) => ({ kind, at: '' })) });
const doubt = { host: 'hdss7-21', what: 'route', expected: 'a', found: 'b' };

function evidence(ending: 'kept' | 'undone' | 'unsure' | 'unchanged', exit: number, state: string): Evidence {
  const doubts = ending === 'unsure' ? [doubt] : [];
  return {
    exit,
    signal: null,
    endless: false,
    ended: { ending, exit, doubts },
    isBefore: state === 'before',
    isAfter: state === 'after',
  };
}

test.each([
  ['kept', 0, 'after'],
  ['undone', 3, 'before'],
  ['unchanged', 1, 'before'],
  ['unchanged', 2, 'before'],
] as const)('%s with exit code %i in the state %s is true', (ending, exit, state) => {
  expect(untruths(play('fails'), evidence(ending, exit, state))).toEqual([]);
});

test.each([
  ['kept', 0, 'before'],
  ['kept', 0, 'between'],
  ['undone', 3, 'after'],
  ['undone', 3, 'between'],
  ['unchanged', 1, 'between'],
  ['undone', 0, 'before'],
] as const)('%s with exit code %i in the state %s is not', (ending, exit, state) => {
  expect(untruths(play('fails'), evidence(ending, exit, state))).not.toEqual([]);
});

test('doubt is allowed where somebody was away, and not where all could be read', () => {
  expect(untruths(play('power-off'), evidence('unsure', 4, 'between'))).toEqual([]);
  expect(untruths(play('cut-after'), evidence('unsure', 4, 'between'))).not.toEqual([]);
});

test('a killed controller has no ending, and one that goes on was not killed', () => {
  const killed = { exit: null, signal: 'SIGKILL', endless: false, ended: undefined, isBefore: false, isAfter: false };
  expect(untruths(play('kill-after'), killed)).toEqual([]);
  expect(untruths(play('kill-after'), evidence('kept', 0, 'after'))).not.toEqual([]);
});

test('a run that comes to no end, or tells another exit code than it has, does not hold', () => {
  const kept = evidence('kept', 0, 'after');
  expect(untruths(play('hangs'), { ...kept, endless: true })).not.toEqual([]);
  expect(untruths(play('hangs'), { ...kept, exit: 1 })).not.toEqual([]);
});
