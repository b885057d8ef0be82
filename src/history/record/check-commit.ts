import { sha256 } from '../chain.ts';
import type { Inspection } from '../inspect.ts';
import { type FoundFiles, journalName, textOf } from './check-files.ts';
import { checkHead } from './check-journal.ts';
import { altered, type Finding, firstDifferentLine, good, unchecked } from './finding.ts';
import type { GitEnv } from './git.ts';
import { committedText, idsNow, type Vouch } from './vouch.ts';

/** What the commit vouches for: the journal's end, each file, and by its signature itself. `folder`: the record's. */
export async function checkCommit(
  vouch: Vouch,
  folder: string,
  files: FoundFiles,
  journal: Inspection,
  env: GitEnv,
): Promise<Finding[]> {
  const now = await idsNow(folder, [...files.keys()], env);
  const changed: Finding[] = [];
  for (const [name, id] of vouch.files) {
    const found = now.get(name);
    if (found === id) continue;
    if (found === undefined) changed.push(altered(name, `is missing; commit ${short(vouch)} has it`));
    else {
      const was = await committedText(folder, id, env);
      const line = firstDifferentLine(was, textOf(files.get(name)).trim());
      changed.push(altered(name, `is not what commit ${short(vouch)} has`, line));
    }
  }
  const others = [...files.keys()].filter((name) => !vouch.files.has(name));
  return [
    ...checkTrailers(vouch, files, journal),
    ...changed,
    ...(vouch.files.size === 0 ? [unchecked('git', `commit ${short(vouch)} has no folder of that name`)] : []),
    ...(changed.length > 0 || vouch.files.size === 0
      ? []
      : [good('git', `all ${vouch.files.size} files are as in commit ${short(vouch)}`)]),
    ...others.map((name) => unchecked(name, 'is not of the record')),
    checkSignature(vouch),
  ];
}

/** The commit's own words about the journal. */
export function checkTrailers(vouch: Vouch, files: FoundFiles, journal: Inspection): Finding[] {
  if (vouch.head !== undefined) return [checkHead(journalName, journal, vouch.head, `commit ${short(vouch)}`)];
  if (vouch.journalSha256 === undefined) return [unchecked('git', `commit ${short(vouch)} names no journal`)];
  const bytes = files.get(journalName);
  if (bytes === undefined) return [];
  return [
    sha256(bytes) === vouch.journalSha256
      ? good(journalName, `has the hash that commit ${short(vouch)} names`)
      : altered(journalName, `does not have the hash that commit ${short(vouch)} names`),
  ];
}

/** As git sees it; without the signer's key at hand it cannot tell. */
export function checkSignature(vouch: Vouch): Finding {
  const { signature } = vouch;
  if (signature === undefined) return unchecked('git', `commit ${short(vouch)} is not signed`);
  const signer = signature.signer === '' ? '' : ` by ${signature.signer}`;
  switch (signature.letter) {
    case 'G':
      return good('git', `commit ${short(vouch)} is signed${signer}`);
    case 'U':
      return good('git', `commit ${short(vouch)} is signed${signer}, whose key git does not know to be theirs`);
    case 'B':
      return altered('git', `the signature of commit ${short(vouch)} is bad`);
    case 'X':
    case 'Y':
      return unchecked('git', `commit ${short(vouch)} is signed${signer}; the signature or its key has expired`);
    case 'R':
      return unchecked('git', `commit ${short(vouch)} is signed${signer}, with a key that was revoked`);
    default:
      return unchecked('git', `commit ${short(vouch)} is signed, and git has no key to check it with`);
  }
}

function short({ commit }: Vouch): string {
  return commit.slice(0, 12);
}
