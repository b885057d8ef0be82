import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { readExtraVars } from '../../src/cli/extra-vars.ts';
import { disk } from '../../src/cli/files.ts';
import { type Loaded, load } from '../../src/cli/load.ts';
import { findProject } from '../../src/cli/project.ts';
import { openerFor } from '../../src/cli/secret-keys.ts';
import { Failure } from '../../src/core/failure.ts';
import { temporaryFolder } from '../support/shells.ts';

export const inventory =
  'all:\n  hosts:\n    web1: { ansible_host: 192.0.2.1, x: 1 }\n    web2: { ansible_host: 192.0.2.2 }\n';
export const playbook =
  '- hosts: web1\n  tasks:\n    - copy: { src: a.txt, path: /tmp/a }\n  verify:\n    - verify_ping: { target: 192.0.2.1 }\n';

/** A folder for a user's files, and what comes of reading them. After each test nothing has been added to what all objects have. */
export function inputs() {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const put = (name: string, text: string | Buffer) => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const plain = builtIns();
  afterEach(() => expect(builtIns()).toBe(plain));

  async function loaded(
    files: { playbook?: string; inventory?: string; extra?: readonly string[] } = {},
  ): Promise<Loaded | Failure> {
    try {
      const sources = {
        playbook: files.playbook ?? put('play.yml', playbook),
        inventory: [files.inventory ?? put('hosts.yml', inventory)],
        extraVars: readExtraVars(files.extra ?? [], disk, folder.path).values,
      };
      const surroundings = { cwd: folder.path, home: '/nowhere', env: {} };
      return await load(sources, disk, surroundings, openerFor({}, findProject(folder.path), surroundings));
    } catch (thrown) {
      if (thrown instanceof Failure) return thrown;
      throw thrown;
    }
  }

  return { folder, at, put, loaded };
}

function builtIns(): string {
  const all = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
  return JSON.stringify(all.map((one) => Object.getOwnPropertyNames(one)));
}

/** Either plays, or errors that say where; never both, never something else. */
export function expectListed(result: Loaded | Failure): void {
  if (result instanceof Failure) {
    expect(['invalid', 'missing']).toContain(result.code);
    expect(result.message).not.toBe('');
  } else if (result.errors.length === 0) expect(result.plays.length).toBeGreaterThan(0);
  else {
    expect(result.plays).toEqual([]);
    for (const error of result.errors) expect(error).toMatch(/:\d+:\d+: error /);
  }
}
