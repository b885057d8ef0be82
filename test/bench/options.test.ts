import { expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';

it('without options: two nodes, five rounds, everything', () => {
  expect(parseOptions([])).toEqual({
    nodes: 2,
    rounds: 5,
    scenarios: ['start', 'validate', 'audit', 'switch'],
    json: false,
  });
});

it('understands what it is asked', () => {
  const args = ['--json', '--nodes', '8', '--rounds', '3', '--only', 'audit'];
  expect(parseOptions(args)).toEqual({ nodes: 8, rounds: 3, scenarios: ['audit'], json: true });
});

it.each([
  [['--nodes', '1'], '--nodes 1: a whole number from 2'],
  [['--nodes', 'two'], '--nodes two: a whole number from 2'],
  [['--rounds', '0'], '--rounds 0: a whole number from 1'],
  [['--only', 'audits'], '--only audits: there are '],
  [['--fast'], "Unknown option '--fast'"],
])('refuses %j', (args, says) => {
  expect(() => parseOptions(args)).toThrow(says);
});
