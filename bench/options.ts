import { parseArgs } from 'node:util';
import { type ScenarioName, scenarioNames } from './scenarios.ts';

export interface Options {
  readonly nodes: number;
  readonly rounds: number;
  readonly scenarios: readonly ScenarioName[];
  readonly json: boolean;
}

/** Throws Error, with what is understood, for anything that is not. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { only } = values;
  const scenarios = scenarioNames.filter((name) => only === undefined || name === only);
  if (scenarios.length === 0) throw new Error(`--only ${only}: there are ${scenarioNames.join(', ')}`);
  return {
    nodes: wholeNumber('--nodes', values.nodes, 2),
    rounds: wholeNumber('--rounds', values.rounds, 1),
    scenarios,
    json: values.json,
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) throw new Error(`${option} ${text}: a whole number from ${least}`);
  return number;
}
