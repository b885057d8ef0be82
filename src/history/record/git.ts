import { simpleGit } from 'simple-git';
import { reason } from '../../core/failure.ts';

/** The environment's variables that git is to see. */
export type GitEnv = Readonly<Record<string, string | undefined>>;

/** Runs git with these arguments; resolves with what it printed, trimmed. Rejects with git's own words. */
export type Git = (args: readonly string[], more?: Readonly<Record<string, string>>) => Promise<string>;

/**
 * What git needs to find its configuration, its identity and its signing key. Not GIT_DIR, GIT_WORK_TREE or
 * GIT_INDEX_FILE: a run started from a git hook must not write into that hook's index.
 */
const passed =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_CONFIG_HOME|GNUPGHOME|GPG_TTY|SSH_AUTH_SOCK|GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL|DATE))$/;

/** No folder of hooks: plumbing runs some too, `reference-transaction` and `post-index-change`. */
const noHooks = { config: ['core.hooksPath=/dev/null'], unsafe: { allowUnsafeHooksPath: true } };

/** git in a folder, without its hooks. */
export function gitIn(folder: string, env: GitEnv): Git {
  const known = Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => passed.test(pair[0]) && pair[1] !== undefined),
  );
  return async (args, more = {}) => {
    const variables = { ...known, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...more };
    const allowEnvironment = Object.keys(variables).filter((name) => name.startsWith('GIT_'));
    const git = simpleGit({ ...noHooks, baseDir: folder, trimmed: true, allowEnvironment }).env(variables);
    try {
      return await git.raw([...args]);
    } catch (thrown) {
      throw new Error(reason(thrown).trim(), { cause: thrown });
    }
  };
}

/** The top of the work tree; undefined: the folder is in none, or git is not installed. */
export async function workTreeOf(git: Git): Promise<string | undefined> {
  const top = await git(['rev-parse', '--show-toplevel']).catch((thrown: unknown) => {
    if (/ENOENT|not a git repository|must be run in a work tree/i.test(reason(thrown))) return '';
    throw thrown;
  });
  return top === '' ? undefined : top;
}
