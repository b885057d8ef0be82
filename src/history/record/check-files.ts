import { reason } from '../../core/failure.ts';
import { sha256 } from '../chain.ts';
import type { Inspection } from '../inspect.ts';
import { buildRecord, type RecordFiles, type Seal, sealName } from './build.ts';
import { checkHead, isOf } from './check-journal.ts';
import { altered, type Finding, firstDifferentLine, good, unchecked } from './finding.ts';
import type { ResourceNamed } from './playbook-words.ts';

/** A record's files as they lie there. */
export type FoundFiles = ReadonlyMap<string, Uint8Array>;

export const journalName = 'history.jsonl';

/** Its files against its journal: what is derived is derived again. `tool`: this version, as runs name it. */
export function checkFiles(
  files: FoundFiles,
  journal: Inspection,
  { modules, tool }: { readonly modules: ResourceNamed; readonly tool: string },
): Finding[] {
  const seal = sealOf(files);
  const sealed = checkSeal(seal, files, journal);
  if (journal.faults.length > 0 || journal.lines === 0)
    return [...sealed, unchecked('the other files', 'are made from the journal, which is not as it was written')];
  const derived = derive(files, journal, modules);
  if (typeof derived === 'string') return [...sealed, altered(journalName, derived)];
  const sameTool = isOf(journal, tool);
  const names = Object.keys(derived).filter((name) => name !== journalName);
  return [...sealed, ...names.flatMap((name) => checkOne(name, files.get(name), derived[name] ?? '', seal, sameTool))];
}

function derive(files: FoundFiles, journal: Inspection, modules: ResourceNamed): RecordFiles | string {
  const text = textOf(files.get(journalName));
  const head = journal.chained ? journal.hashes.at(-1) : undefined;
  try {
    return buildRecord(journal.events, { modules, journal: { text, ...(head === undefined ? {} : { head }) } });
  } catch (thrown) {
    return reason(thrown);
  }
}

/** Of another version's files only their hashes can be asked for: it may well have written them in other words. */
function checkOne(
  name: string,
  found: Uint8Array | undefined,
  derived: string,
  seal: Seal | undefined,
  sameTool: boolean,
): Finding[] {
  if (found === undefined) return [altered(name, 'is missing')];
  const line = firstDifferentLine(textOf(found), derived);
  if (line === undefined) return [good(name, 'is what the journal gives')];
  if (sameTool) return [altered(name, 'is not what the journal gives', line)];
  if (name === sealName) return [];
  const hash = seal?.files[name];
  if (hash !== undefined && hash !== hashOf(found)) return []; // told by the seal
  return [unchecked(name, 'another version wrote it, and this one would write it otherwise')];
}

function checkSeal(seal: Seal | undefined, files: FoundFiles, journal: Inspection): Finding[] {
  if (!journal.chained && !files.has(sealName)) return [];
  if (!files.has(sealName)) return [altered(sealName, 'is missing')];
  if (seal === undefined) return [altered(sealName, 'is not what a run writes')];
  const wrong = Object.entries(seal.files)
    .filter(([name, hash]) => files.has(name) && hashOf(files.get(name)) !== hash)
    .map(([name]) => altered(name, `does not have the hash that ${sealName} says`));
  return [checkHead(journalName, journal, seal.journal.head.replace(/^sha256:/, ''), sealName), ...wrong];
}

function sealOf(files: FoundFiles): Seal | undefined {
  try {
    const seal = JSON.parse(textOf(files.get(sealName))) as Seal;
    const isWhole = typeof seal.journal.head === 'string' && typeof seal.files === 'object' && seal.files !== null;
    return isWhole ? seal : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : `sha256:${sha256(bytes)}`;
}

export function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString();
}
