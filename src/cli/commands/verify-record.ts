import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Event } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import { type Inspection, inspectJournal } from '../../history/inspect.ts';
import { refuseNewer } from '../../history/journal.ts';
import { readOwn } from '../../history/own-files.ts';
import { recordName } from '../../history/record/build.ts';
import { checkCommit, checkSignature, checkTrailers } from '../../history/record/check-commit.ts';
import { checkFiles, type FoundFiles, journalName } from '../../history/record/check-files.ts';
import { checkBeside, checkChain } from '../../history/record/check-journal.ts';
import { altered, type Finding, firstDifferentLine, good, unchecked } from '../../history/record/finding.ts';
import { vouchFor } from '../../history/record/vouch.ts';
import { RunStore } from '../../history/run-store.ts';
import { renderVerification } from '../../ui/verification.ts';
import { findProject } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { lookOf } from '../views.ts';
import { resourceNamed } from './record.ts';

export interface VerifyRecordOptions {
  readonly records?: string;
}

/** What there is of a run: in the project's history, as a record, or both. */
interface Places {
  readonly store: RunStore;
  /** In the history. */
  readonly run: string | undefined;
  /** Absolute; undefined: it has left none, or it is gone. */
  readonly record: string | undefined;
}

/** Was anything of a run altered since it was written? 0: nothing that could be checked; 5: altered. Throws Failure `missing`. */
export async function verifyRecordCommand(
  word: string,
  options: VerifyRecordOptions,
  terminal: Terminal,
  version: string,
): Promise<number> {
  const tool = `runbook ${version}`;
  const places = await find(word, options, terminal);
  const { run, record, store } = places;
  const own = run === undefined ? undefined : await readOwn(store.journalPath(run));
  const files = record === undefined ? new Map<string, Uint8Array>() : await filesOf(record);
  const journal = inspectJournal(own ?? files.get(journalName) ?? new Uint8Array());
  const recorded = record === undefined ? undefined : inspectJournal(files.get(journalName) ?? new Uint8Array());
  const findings = [
    ...(run === undefined ? [] : await checkOwn(store, run, journal, tool)),
    ...(record === undefined || recorded === undefined
      ? await checkAlone(journal, findProject(terminal.cwd).root, terminal)
      : [
          ...(own === undefined ? checkChain(journalName, recorded) : compared(own, files.get(journalName))),
          ...checkFiles(files, recorded, { modules: resourceNamed, tool }),
          ...(await checkGit(record, files, recorded, terminal)),
        ]),
  ];
  terminal.out(renderVerification(titleOf(places, journal, terminal), findings, lookOf(terminal)));
  return findings.some(({ result }) => result === 'altered') ? 5 : 0;
}

/** By a record's folder, or by a run as everywhere else. */
async function find(word: string, options: VerifyRecordOptions, terminal: Terminal): Promise<Places> {
  const project = findProject(terminal.cwd);
  const store = new RunStore(project.home);
  const folder = resolve(terminal.cwd, word);
  if (await isFolder(folder)) {
    const journal = await readFile(join(folder, journalName)).catch(() => undefined);
    if (journal === undefined) {
      throw new Failure('missing', `${word} is no record: there is no ${journalName} in it`, {
        hint: 'Records are under `records/`, a folder each; `runbook verify-record RUN` takes a run instead.',
      });
    }
    const inspection = inspectJournal(journal);
    refuseNewer(inspection.events[0], join(word, journalName));
    const named = runOf(inspection);
    const known = named !== undefined && (await store.ids()).includes(named);
    return { store, run: known ? named : undefined, record: folder };
  }
  const run = await store.find(word);
  const records = options.records === undefined ? project.records : resolve(terminal.cwd, options.records);
  const { events } = inspectJournal(await readOwn(store.journalPath(run)));
  refuseNewer(events[0], store.journalPath(run));
  const record = folderOf(events, records);
  return { store, run, record: record !== undefined && (await isFolder(record)) ? record : undefined };
}

/** Undefined: an altered start does not tell. */
function folderOf(events: readonly Event[], records: string): string | undefined {
  try {
    return join(records, recordName(events));
  } catch {
    return undefined;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function filesOf(folder: string): Promise<FoundFiles> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(entries.map(async ({ name }) => [name, await readFile(join(folder, name))] as const)),
  );
}

/** The run in the project's history. */
async function checkOwn(store: RunStore, run: string, journal: Inspection, tool: string): Promise<Finding[]> {
  const absent = () => undefined;
  return [
    ...checkChain('journal.jsonl', journal),
    ...checkBeside(
      journal,
      {
        inputs: await readFile(store.inputsPath(run)).catch(absent),
        summary: await readFile(store.summaryPath(run), 'utf8').catch(absent),
      },
      tool,
    ),
  ];
}

/** The record has the journal byte for byte. */
function compared(own: Buffer, recorded: Uint8Array | undefined): Finding[] {
  if (recorded === undefined) return [altered(journalName, 'is missing')];
  if (own.equals(recorded)) return [good(journalName, "is the run's own journal, byte for byte")];
  const line = firstDifferentLine(own.toString(), Buffer.from(recorded).toString());
  return [altered(journalName, "is not the run's own journal", line)];
}

/** There is no record: the commit, if there is one, vouches for the journal all the same. */
async function checkAlone(journal: Inspection, root: string, { env }: Pick<Terminal, 'env'>): Promise<Finding[]> {
  if (!touched(journal)) return [unchecked('the record', 'a run that touches nothing leaves none')];
  const vouch = await vouchFor(root, runOf(journal) ?? '', env);
  const gone = unchecked('the record', 'is not there; `--records` says where the records are');
  return 'because' in vouch ? [gone] : [gone, ...checkTrailers(vouch, new Map(), journal), checkSignature(vouch)];
}

async function checkGit(
  folder: string,
  files: FoundFiles,
  journal: Inspection,
  { env }: Pick<Terminal, 'env'>,
): Promise<Finding[]> {
  const vouch = await vouchFor(folder, runOf(journal) ?? '', env);
  return 'because' in vouch
    ? [unchecked('git', `no commit vouches for it: ${vouch.because}`)]
    : checkCommit(vouch, folder, files, journal, env);
}

function runOf({ events: [first] }: Inspection): string | undefined {
  return first?.type === 'run_started' ? first.run : undefined;
}

function touched({ events }: Inspection): boolean {
  return events.some(({ type }) => type === 'undo_noted');
}

function titleOf({ run, record }: Places, journal: Inspection, terminal: Terminal): string {
  const named = run ?? runOf(journal) ?? 'a run without a start';
  return record === undefined ? named : `${named}: ${relative(terminal.cwd, record) || record}`;
}
