import { ownFlanneld } from '../../src/lab/plan.ts';

/** Two runs of the tests at once take other names and numbers. */
const { RUNBOOK_TEST_LAB = 'test', RUNBOOK_TEST_NET = '77' } = process.env;
// A lab's name has at most eight characters, and a rehearsal adds two to it.
const name = RUNBOOK_TEST_LAB.slice(0, 5);
const net = Number(RUNBOOK_TEST_NET);

/** One for each worker, on ranges of their own. */
export const testLabs = [1, 2].map((number) => ({
  name: `${name}${number}`,
  nodes: 3,
  network: `10.4.${net + number - 1}.0/24`,
  pods: `172.${net + number - 1}.0.0/16`,
  ...ownFlanneld(process.env),
}));

/** What a lab is called that a file of tests raises for itself alone. `scripts/test.sh` knows these words. */
export const ownLab = (word: 'one' | 'two' | 'bak' | 'flt'): string => `${name}${word}`;
