import { expect, test } from 'vitest';
import { LeaveOut } from '../../src/ansible/findings.ts';
import { sequence } from '../../src/ansible/sequence.ts';

test.each([
  ['5', ['1', '2', '3', '4', '5']],
  ['count=3', ['1', '2', '3']],
  ['start=2 end=4', ['2', '3', '4']],
  ['start=2 end=9 stride=3', ['2', '5', '8']],
  ['start=4 count=3 stride=2', ['4', '6', '8']],
  ['start=3 end=1 stride=-1', ['3', '2', '1']],
  ['start=0x0f end=0x10', ['15', '16']],
  ['start=9 end=10 format=web%02d.example', ['web09.example', 'web10.example']],
  ['count=2 format="node %3d"', ['node   1', 'node   2']],
  ['4-8/2', ['4', '6', '8']],
  ['9-10:web%02d', ['web09', 'web10']],
])('with_sequence: %s', (line, items) => {
  expect(sequence(line, null)).toEqual(items);
});

test.each([
  'end={{ count }}',
  'count=0',
  'start=5 end=3',
  'start=1 end=2 stride=0',
  'start=1 end=1002',
  'start=1.5 end=3',
  'start=1',
  'count=2 format=%x',
  'count=2 format=%d-%d',
  'count=2 padding=2',
  'one two',
])('with_sequence: %s is left out', (line) => {
  expect(() => sequence(line, null)).toThrow(LeaveOut);
});
