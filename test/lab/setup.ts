import { labDown, labUp } from '../../src/lab/lab.ts';
import { testLab } from './test-lab.ts';

/** One lab for all the tests of this folder, on a range of its own; removed whatever happens. */
export async function setup(): Promise<() => Promise<void>> {
  const { RUNBOOK_LAB_FLANNELD: flanneld } = process.env;
  await labDown(testLab.name);
  await labUp({ ...testLab, ...(flanneld === undefined ? {} : { flanneld }) });
  return () => labDown(testLab.name);
}
