import { labDown, labUp } from '../../src/lab/lab.ts';
import { testLabOf } from './test-lab.ts';
import { labWorkers } from './workers.ts';

/** A lab for each worker, on a range of its own; removed whatever happens. */
export async function setup(): Promise<() => Promise<void>> {
  const { RUNBOOK_LAB_FLANNELD: flanneld } = process.env;
  const labs = Array.from({ length: labWorkers }, (_, i) => testLabOf(i + 1));
  for (const lab of labs) {
    await labDown(lab.name);
    await labUp({ ...lab, ...(flanneld === undefined ? {} : { flanneld }) });
  }
  return async () => {
    for (const { name } of labs) await labDown(name);
  };
}
