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
  ['kept', 0, 'before', 'it says kept, and the state is not the one after'],
  ['kept', 0, 'between', 'it says kept, and the state is not the one after'],
  ['undone', 3, 'after', 'it says undone, and the state is not the one before'],
  ['undone', 3, 'between', 'it says undone, and the state is not the one before'],
  ['unchanged', 1, 'between', 'it says unchanged, and the state has changed'],
  ['undone', 0, 'before', 'it says undone with exit code 0'],
] as const)('%s with exit code %i in the state %s is not', (ending, exit, state, untruth) => {
  expect(untruths(play('fails'), evidence(ending, exit, state))).toEqual([untruth]);
});

test('doubt is allowed where somebody was away, and not where all could be read', () => {
  expect(untruths(play('power-off'), evidence('unsure', 4, 'between'))).toEqual([]);
  expect(untruths(play('cut-after'), evidence('unsure', 4, 'between'))).toEqual([
    'it is unsure, though everything was there to be read',
  ]);
});

test('a killed controller has no ending, and one that goes on was not killed', () => {
  const killed = { exit: null, signal: 'SIGKILL', endless: false, ended: undefined, isBefore: false, isAfter: false };
  expect(untruths(play('kill-after'), killed)).toEqual([]);
  expect(untruths(play('kill-after'), evidence('kept', 0, 'after'))).toEqual([
    'the controller was to be killed, and ended with 0',
  ]);
});

test('a run that comes to no end, or tells another exit code than it has, does not hold', () => {
  const kept = evidence('kept', 0, 'after');
  expect(untruths(play('hangs'), { ...kept, endless: true })).toEqual(['the run came to no end']);
  expect(untruths(play('hangs'), { ...kept, exit: 1 })).toEqual(['it ended with exit code 1 and told 0']);
});
