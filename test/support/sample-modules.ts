import type { Resource } from '../../src/core/module.ts';
import { etcdKey } from '../../src/modules/etcd_key.ts';
import { file } from '../../src/modules/file.ts';
import { process } from '../../src/modules/process.ts';
import { route } from '../../src/modules/route.ts';
import { supervisor } from '../../src/modules/supervisor.ts';

/** The resources of the sample runs. */
export function sampleResource(name: string): Resource | undefined {
  return [etcdKey, file, process, route, supervisor].find((resource) => resource.name === name);
}
