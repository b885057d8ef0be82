import { cp, mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Failure } from '../core/failure.ts';
import { labPlaces } from './places.ts';
import type { LabPlan } from './plan.ts';

/**
 * Copies the compiled programs that run inside the hosts into the lab's directory, so that a lab outlives a rebuild of the
 * project. Throws Failure `missing` when the project was not built.
 */
export async function installPrograms(plan: LabPlan): Promise<void> {
  const target = labPlaces(plan).programs;
  await mkdir(target, { recursive: true });
  for (const program of ['flanneld', 'pod']) {
    await cp(compiled(program), `${target}/${program}`, { recursive: true }).catch((error: unknown) => {
      throw new Failure('missing', `${compiled(program)} is not there: the lab's programs are not compiled`, {
        hint: '`npm run build` compiles them.',
        cause: error,
      });
    });
    await writeFile(`${target}/${program}/package.json`, '{ "type": "module" }\n');
  }
}

/** The hosts run plain JavaScript: in the build's output, where this file may be itself, or a part of the program. */
function compiled(program: string): string {
  const here = import.meta.url.endsWith('.ts') ? '../../dist/lab/' : '../lab/';
  return fileURLToPath(new URL(`${here}${program}`, import.meta.url));
}
