import { sha256 } from '../chain.ts';
import type { Inspection } from '../inspect.ts';
import { type RunSummary, summarize } from '../run-summary.ts';
import { altered, type Finding, firstDifferentLine, good, unchecked } from './finding.ts';

/** How many places of one file are told. */
const most = 20;

/** What a journal tells of itself. `where`: the file's name. */
export function checkChain(where: string, journal: Inspection): Finding[] {
  if (journal.lines === 0) return [altered(where, 'is empty: the controller was killed at once, or it was emptied')];
  const { faults } = journal;
  const told = faults.slice(0, most).map(({ line, what }) => altered(where, what, line));
  if (faults.length > most) told.push(altered(where, `${faults.length - most} more of its lines are not as written`));
  const ended = journal.events.some(({ type }) => type === 'run_ended');
  return [
    ...told,
    ...(faults.length > 0 ? [] : [chainWords(where, journal)]),
    ...(journal.cut ? [unchecked(where, 'its last line is cut short: the controller was killed while it wrote')] : []),
    ...(ended ? [] : [unchecked(where, 'the run has no end in it: nothing tells whether last lines were taken away')]),
  ];
}

function chainWords(where: string, { chained, lines }: Inspection): Finding {
  return chained
    ? good(where, `${lines} lines, each with the hash of the one before it`)
    : unchecked(where, 'format 1 has no chain: that no line was altered is not checkable');
}

/** Is the journal's last line the one that a `vouching` file or commit names? `head`: in hex. */
export function checkHead(where: string, journal: Inspection, head: string, vouching: string): Finding {
  if (journal.hashes.at(-1) === head) return good(where, `ends with the line that ${vouching} names`);
  if (!journal.chained) return altered(where, `has no chain, and ${vouching} names the end of one`);
  const at = journal.hashes.indexOf(head);
  if (at !== -1) return altered(where, `lines were added: ${vouching} names line ${at + 1} as the last`, at + 2);
  return altered(
    where,
    `the line that ${vouching} names as the last is not there: lines were taken away or altered`,
    journal.lines,
  );
}

/** What lies beside a run's own journal. Undefined: the file is not there. */
export interface Beside {
  readonly inputs: Uint8Array | undefined;
  readonly summary: string | undefined;
}

/** The inputs and the summary of a run against its journal. `tool`: this version, as runs name it. */
export function checkBeside(journal: Inspection, { inputs, summary }: Beside, tool: string): Finding[] {
  return [checkInputs(journal, inputs), ...checkSummary(journal, summary, tool)];
}

function checkInputs({ inputs }: Inspection, found: Uint8Array | undefined): Finding {
  const where = 'inputs.json';
  if (inputs === undefined) return unchecked(where, 'the journal does not say what it was');
  if (found === undefined) return altered(where, 'is missing');
  return sha256(found) === inputs
    ? good(where, 'is what the journal was begun with')
    : altered(where, 'is not what the journal was begun with');
}

function checkSummary(journal: Inspection, text: string | undefined, tool: string): Finding[] {
  const where = 'summary.json';
  const ended = journal.events.some(({ type }) => type === 'run_ended');
  if (text === undefined) return ended ? [unchecked(where, 'is missing; it is made from the journal')] : [];
  const head = headOf(text);
  const line = firstDifferentLine(text, summaryText(journal, head));
  return [
    derivedOr(where, line, isOf(journal, tool)),
    ...(head === undefined ? [] : [checkHead('journal.jsonl', journal, head, where)]),
  ];
}

/** What another version has derived it may well have put in other words. `line`: the first that differs. */
function derivedOr(where: string, line: number | undefined, sameTool: boolean): Finding {
  if (line === undefined) return good(where, 'is what the journal gives');
  return sameTool
    ? altered(where, 'is not what the journal gives', line)
    : unchecked(where, 'another version wrote it, and this one would write it otherwise');
}

/** Did this version write the run? */
export function isOf({ events: [first] }: Inspection, tool: string): boolean {
  return first?.type === 'run_started' && first.tool === tool;
}

/** As the store writes it; empty where an altered journal gives none. */
function summaryText({ events }: Inspection, head: string | undefined): string {
  try {
    return `${JSON.stringify(summarize(events, head))}\n`;
  } catch {
    return '';
  }
}

function headOf(text: string): string | undefined {
  try {
    const { head } = JSON.parse(text) as Pick<RunSummary, 'head'>;
    return typeof head === 'string' ? head : undefined;
  } catch {
    return undefined;
  }
}
