import { labDown } from '../../src/lab/lab.ts';
import { testLabs } from './labs.ts';

/** The labs that the tests of this folder raise are removed whatever happens, before that too. */
export async function setup(): Promise<() => Promise<void>> {
  await remove();
  return remove;
}

async function remove(): Promise<void> {
  for (const { name } of testLabs) await labDown(name);
}
