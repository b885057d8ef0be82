import { mkdtemp, readdir, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Event } from '../../core/event.ts';
import { reason } from '../../core/failure.ts';
import { commitMessage } from './commit-message.ts';
import { type Git, type GitEnv, gitIn, workTreeOf } from './git.ts';

/** What became of a record's commit. `note`: something about it that the operator should know. */
export type Committed = { readonly commit: string; readonly note?: string } | { readonly because: string };

/** What a commit is made of, besides its text. */
interface Place {
  readonly git: Git;
  /** Paths of the record's files, from the top of the work tree. */
  readonly paths: readonly string[];
}

const attempts = 5;
const pauseMs = 100;

/**
 * Commits the folder of one record, and nothing else, on the current branch of the work tree that `folder` is in: by
 * plumbing, over an index of its own, so that what the user has staged or changed stays exactly as it is. Signs where
 * `commit.gpgsign` says so. Hooks are not run: they check the user's own work, and a run's record is not to be refused or
 * rewritten. `head`: the hash of the journal's last line, in hex. Never throws for what git says: the record on disk is
 * complete either way.
 */
export async function commitRecord(
  folder: string,
  events: readonly Event[],
  options: { readonly head: string; readonly env: GitEnv },
): Promise<Committed> {
  const message = commitMessage(events, options.head);
  try {
    const place = await placeOf(folder, await readdir(folder), options.env);
    if ('because' in place) return place;
    return await withScratch(async (scratch) => {
      for (let tries = 1; ; tries += 1) {
        const commit = await commitOnce(place, message, join(scratch, `index-${tries}`));
        if (commit !== undefined) return await tellIndex(place, commit);
        if (tries === attempts) return { because: 'the branch kept moving while the record was to be committed' };
      }
    });
  } catch (thrown) {
    return { because: firstLine(reason(thrown)) };
  }
}

/** Where the record is in git, or why it cannot be committed there. */
async function placeOf(folder: string, files: readonly string[], env: GitEnv): Promise<Place | { because: string }> {
  const git = gitIn(folder, env);
  const top = await workTreeOf(git);
  if (top === undefined) return { because: 'it is not inside a git work tree' };
  const inside = relative(await realpath(top), await realpath(folder));
  const paths = files.map((file) => join(inside, file)).sort((a, b) => (a < b ? -1 : 1));
  const atTop = gitIn(top, env);
  const ignored = await atTop(['check-ignore', '--', ...paths]);
  if (ignored !== '') return { because: `git ignores ${ignored.split('\n')[0]}` };
  const busy = await underWay(atTop, top);
  if (busy !== undefined) return { because: `a ${busy} is under way in this work tree` };
  return { git: atTop, paths };
}

/** A commit made in the middle of these would be dropped, or carried to where it does not belong. */
async function underWay(git: Git, top: string): Promise<string | undefined> {
  const marks = { 'rebase-merge': 'rebase', 'rebase-apply': 'rebase', BISECT_LOG: 'bisection' };
  for (const [file, what] of Object.entries(marks)) {
    const path = await git(['rev-parse', '--git-path', file]);
    const exists = await stat(join(path.startsWith('/') ? '' : top, path)).then(
      () => true,
      () => false,
    );
    if (exists) return what;
  }
  return undefined;
}

/** One attempt over a fresh index. undefined: the branch has moved meanwhile. */
async function commitOnce({ git, paths }: Place, message: string, index: string): Promise<string | undefined> {
  const own = { GIT_INDEX_FILE: index };
  // Empty on a branch that has no commit yet.
  const parent = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  await git(['read-tree', parent === '' ? '--empty' : parent], own);
  await git(['add', '--sparse', '--', ...paths], { ...own, GIT_LITERAL_PATHSPECS: '1' });
  const tree = await git(['write-tree'], own);
  const sign = (await git(['config', '--type=bool', 'commit.gpgsign'])) === 'true' ? ['-S'] : [];
  const parents = parent === '' ? [] : ['-p', parent];
  const commit = await git(['commit-tree', ...sign, ...parents, '-m', message, tree]);
  const nothing = '0'.repeat(tree.length);
  try {
    const [subject] = message.split('\n');
    await git(['update-ref', '-m', `commit: ${subject}`, 'HEAD', commit, parent === '' ? nothing : parent]);
    return commit;
  } catch (thrown) {
    const now = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    if (now === parent && !/cannot lock ref|\.lock/.test(reason(thrown))) throw thrown;
    await pause(pauseMs);
    return undefined;
  }
}

/** Lets the user's index know the new files, so that they do not look deleted; nothing else in it is touched. */
async function tellIndex({ git, paths }: Place, commit: string): Promise<Committed> {
  for (let tries = 1; ; tries += 1) {
    try {
      await git(['update-index', '--add', '--', ...paths]);
      return { commit };
    } catch (thrown) {
      // Somebody's own git command may hold the index for a moment.
      const isLocked = /index\.lock/.test(reason(thrown));
      if (!isLocked || tries === attempts) {
        const because = isLocked ? 'another git command held the index' : firstLine(reason(thrown));
        const add = `git add -- :/${folderOf(paths)}`;
        return { commit, note: `${because}; run "${add}" before you commit, or that commit removes the record` };
      }
      await pause(pauseMs);
    }
  }
}

function folderOf(paths: readonly string[]): string {
  return (paths[0] ?? '.').split('/').slice(0, -1).join('/');
}

async function withScratch<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-record-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? 'git did not say why';
}
