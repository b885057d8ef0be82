import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostFile } from './files.ts';

/**
 * Writes files into the upper layer of an overlay. A directory that the lower layer has too is made with the same owner and
 * mode: in the merged tree the upper one's count.
 */
export async function writeLayer(
  layer: string,
  files: readonly HostFile[],
  directories: readonly string[] = [],
): Promise<void> {
  for (const directory of directories) await makeLike(layer, directory);
  for (const file of files) {
    await makeLike(layer, dirname(file.path));
    await writeFile(join(layer, file.path), file.text, { mode: file.mode ?? 0o644 });
    // The mode above is subject to the umask.
    await chmod(join(layer, file.path), file.mode ?? 0o644);
  }
}

async function makeLike(layer: string, directory: string): Promise<void> {
  let path = '';
  for (const part of directory.split('/').filter(Boolean)) {
    path = `${path}/${part}`;
    const made = await mkdir(join(layer, path)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    if (!made) continue;
    const lower = await stat(path).catch(() => undefined);
    await chmod(join(layer, path), lower ? lower.mode & 0o7777 : 0o755);
    if (lower) await chown(join(layer, path), lower.uid, lower.gid);
  }
}
