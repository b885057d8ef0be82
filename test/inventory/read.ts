import { Failure } from '../../src/core/failure.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type Inventory, loadInventory } from '../../src/inventory/inventory.ts';

/** An inventory of files in memory; the first one is the inventory itself. Paths are under /net. */
export function fleetOf(files: Readonly<Record<string, string>>, extraVars: JsonObject = {}): Inventory {
  const paths = Object.keys(files).map((name) => `/net/${name}`);
  return loadInventory({
    sources: [paths[0] ?? ''],
    home: '/home/op',
    extraVars,
    read: (path) => files[path.replace('/net/', '')],
    list: (folder) => {
      const names = paths
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split('/')[0] ?? '');
      return names.length === 0 ? undefined : [...new Set(names)];
    },
  });
}

/** The failure that reading ends in. */
export function failureOf(files: Readonly<Record<string, string>>): Failure {
  try {
    fleetOf(files);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('the inventory was read');
}
