import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { reason } from '../../core/failure.ts';
import { type Git, type GitEnv, gitIn, workTreeOf } from './git.ts';

/** The commit of a record: what git says that it was. */
export interface Vouch {
  readonly commit: string;
  /** The journal's last line, in hex; records of format 1 have none. */
  readonly head?: string;
  /** Of the journal's bytes, in hex: in records of format 1. */
  readonly journalSha256?: string;
  /** Of the record's folder: name -> git's id of what was committed. */
  readonly files: ReadonlyMap<string, string>;
  /** Undefined: the commit is not signed. */
  readonly signature?: Signature;
}

export interface Signature {
  /** As `git log --format=%G?` says it: `G` good, `B` bad, others in between. */
  readonly letter: string;
  readonly signer: string;
}

/**
 * The commit that recorded this run, the oldest that says so in the history of the work tree that `folder` is in; or why there is none
 * to ask. Throws nothing for what git says.
 */
export async function vouchFor(
  folder: string,
  run: string,
  env: GitEnv,
): Promise<Vouch | { readonly because: string }> {
  if (!/^[0-9A-Z]{26}$/.test(run)) return { because: 'the journal does not name its run' };
  try {
    const top = await workTreeOf(gitIn(folder, env));
    if (top === undefined) return { because: 'it is not inside a git work tree, or git is not installed' };
    const git = gitIn(top, env);
    if ((await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])) === '')
      return { because: 'the git work tree has no commit yet' };
    const said = await git(['log', `--grep=^Runbook-Run: ${run}$`, `--format=${trailers}`]);
    const oldest = said
      .split('\n')
      .filter((line) => line.split('\t')[1] === run)
      .at(-1);
    if (oldest === undefined) return { because: 'no commit of this branch records the run' };
    return await read(git, basename(await realpath(folder)), oldest.split('\t'));
  } catch (thrown) {
    return { because: reason(thrown).split('\n')[0] ?? 'git did not say why' };
  }
}

const trailers = ['Run', 'Journal', 'Journal-Sha256']
  .map((key) => `%(trailers:key=Runbook-${key},valueonly,separator=%x2C)`)
  .reduce((format, trailer) => `${format}%x09${trailer}`, '%H');

async function read(
  git: Git,
  record: string,
  [commit = '', , journal = '', journalSha256 = '']: readonly string[],
): Promise<Vouch> {
  const files = recordFiles(
    await git(['diff-tree', '--root', '--no-commit-id', '--no-renames', '-r', '-z', commit]),
    record,
  );
  const signature = await signatureOf(git, commit);
  return {
    commit,
    files,
    ...(journal.startsWith('sha256:') ? { head: journal.slice('sha256:'.length) } : {}),
    ...(journalSha256 === '' ? {} : { journalSha256 }),
    ...(signature === undefined ? {} : { signature }),
  };
}

/** What a commit has of one record; of a record whose folder goes by another name by now, where it has nothing else. */
function recordFiles(changed: string, record: string): ReadonlyMap<string, string> {
  const fields = changed.split('\0');
  const folders = new Map<string, Map<string, string>>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const id = fields[i]?.split(' ')[3] ?? '';
    const path = fields[i + 1] ?? '';
    const folder = dirname(path);
    folders.set(folder, (folders.get(folder) ?? new Map<string, string>()).set(basename(path), id));
  }
  const [only, ...more] = folders.values();
  const own = [...folders].find(([folder]) => basename(folder) === record)?.[1];
  return own ?? (more.length === 0 ? only : undefined) ?? new Map();
}

async function signatureOf(git: Git, commit: string): Promise<Signature | undefined> {
  const [head = ''] = (await git(['cat-file', 'commit', commit])).split('\n\n');
  if (!/^gpgsig/m.test(head)) return undefined;
  const [letter = '', signer = ''] = (await git(['log', '-1', '--format=%G?%x09%GS', commit])).split('\t');
  return { letter, signer };
}

/** Git's ids of these files as they are now: name -> id, or undefined where there is none. */
export async function idsNow(
  folder: string,
  names: readonly string[],
  env: GitEnv,
): Promise<ReadonlyMap<string, string>> {
  const git = gitIn(folder, env);
  if (names.length === 0) return new Map();
  const top = (await workTreeOf(git)) ?? folder;
  const inside = relative(await realpath(top), await realpath(folder));
  const ids = await gitIn(top, env)(['hash-object', '--', ...names.map((name) => join(inside, name))]);
  return new Map(ids.split('\n').map((id, i) => [names[i] ?? '', id]));
}

/** What was committed. */
export async function committedText(folder: string, id: string, env: GitEnv): Promise<string> {
  return gitIn(folder, env)(['cat-file', 'blob', id]);
}
