import { parseArgs } from 'node:util';

export interface Options {
  readonly seed: number;
  /** How many labs at once. */
  readonly labs: number;
  /** Numbers of trials, from 1; empty: all. */
  readonly only: readonly number[];
  /** From this number on. */
  readonly from: number;
  /** So many of the matrix, every kind of fault as often as any other. */
  readonly sample: number | undefined;
  /** Instead of the matrix, so many random faults and pairs of faults. */
  readonly random: number | undefined;
  readonly list: boolean;
}

export const usage = `npm run test:faults -- [options]
  --list         show the trials with their numbers, and run none
  --only 3,17    these trials
  --from N       go on from this trial
  --sample N     so many of them, chosen by the seed
  --random N     so many random faults and pairs of faults instead
  --seed N       another choice of hosts, samples and random faults (default 1)
  --labs N       labs at once (default 3)`;

/** Throws an Error with what is wrong with the words of the command line. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      labs: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      from: { type: 'string', default: '1' },
      sample: { type: 'string' },
      random: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  });
  return {
    seed: whole('--seed', values.seed),
    labs: whole('--labs', values.labs),
    only: values.only === '' ? [] : values.only.split(',').map((number) => whole('--only', number)),
    from: whole('--from', values.from),
    sample: values.sample === undefined ? undefined : whole('--sample', values.sample),
    random: values.random === undefined ? undefined : whole('--random', values.random),
    list: values.list,
  };
}

function whole(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${option} takes a whole number above 0, not "${text}"\n${usage}`);
}
