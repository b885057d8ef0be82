import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/history/chain.ts';
import { inspectJournal } from '../../src/history/inspect.ts';
import { keptRun, sampleJournal } from '../support/sample-run.ts';

const events = keptRun();
const { text, head } = sampleJournal(events);
const lines = text.split('\n').slice(0, -1);
const inspect = (changed: readonly string[]) =>
  inspectJournal(Buffer.from(changed.map((line) => `${line}\n`).join('')));
const faultsOf = (changed: readonly string[]) => inspect(changed).faults.map(({ line, what }) => `${line} ${what}`);

test('a journal as it was written has no fault, and ends with its head', () => {
  const journal = inspect(lines);
  expect(journal).toMatchObject({ lines: events.length, chained: true, cut: false, faults: [] });
  expect(journal.hashes.at(-1)).toBe(head);
  expect(journal.events).toEqual(events);
});

const altered = (i: number) => lines.with(i, (lines[i] ?? '').replace('"at":"2026', '"at":"2025'));

test.each([
  ['an altered line', altered(6), ['7 was altered: line 8 carries another hash of it']],
  ['an altered first line', altered(0), ['1 was altered: line 2 carries another hash of it']],
  ['a removed line', lines.toSpliced(6, 1), ['7 event 7 is missing before it']],
  ['several removed lines', lines.toSpliced(6, 3), ['7 the events 7 to 9 are missing before it']],
  ['a line that was put in', lines.toSpliced(6, 0, lines[2] ?? ''), ['7 was put in: line 8 was written after line 6']],
  ['a removed first line', lines.slice(1), ['1 is not the start of a run: lines before it are missing']],
  ['a line that is no event', lines.with(6, 'no'), ["7 is no event: Unexpected token 'o'"]],
  ['a line without a link', lines.with(6, JSON.stringify(events[6])), ['7 carries no hash of the line before it']],
])('%s is found', (_, changed, faults) => {
  const found = faultsOf(changed);
  expect(found.length).toBeGreaterThan(0);
  for (const fault of faults)
    expect(
      found.some((text) => text.startsWith(fault)),
      found.join('\n'),
    ).toBe(true);
});

test('lines that changed places are named', () => {
  const swapped = lines.with(6, lines[7] ?? '').with(7, lines[6] ?? '');
  expect(faultsOf(swapped)).toContain('7 stands before line 8, which it was written after');
});

test('another run or other inputs do not fit the first line', () => {
  const other = (lines[0] ?? '').replace(sha256('inputs'), sha256('others'));
  expect(faultsOf(lines.with(0, other))[0]).toMatch(/^1 was altered: it does not begin the chain/);
});

test('a byte that only decodes to the same text is an alteration', () => {
  const told = events.map((event, i) => (i === 5 ? { ...event, odd: '\ufffd' } : event));
  const bytes = Buffer.from(sampleJournal(told).text);
  const at = bytes.indexOf('\ufffd');
  const raw = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]);
  expect(raw.toString()).toBe(bytes.toString());
  expect(inspectJournal(raw).faults.map(({ line }) => line)).toEqual([6]);
});

test('any change of any bytes but of the last line is found near it', () => {
  const bytes = Buffer.from(text);
  const lastLine = bytes.lastIndexOf(10, bytes.length - 2);
  const change = fc.record({ at: fc.nat(lastLine), to: fc.integer({ min: 0, max: 255 }), length: fc.nat(3) });
  fc.assert(
    fc.property(change, ({ at, to, length }) => {
      const changed = Buffer.concat([bytes.subarray(0, at), Buffer.from([to]), bytes.subarray(at + length)]);
      if (changed.equals(bytes)) return;
      const line = bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
      const { faults } = inspectJournal(changed);
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.some((fault) => Math.abs(fault.line - line) <= 2)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a journal of format 1 has no chain; a gap in its numbers is found all the same', () => {
  const plain = events.map((event) => JSON.stringify(event));
  expect(inspect(plain)).toMatchObject({ chained: false, faults: [] });
  expect(faultsOf(plain.toSpliced(6, 1))[0]).toBe('7 is event 8, where event 7 belongs');
});

test('a last line that was cut short is told, and is no fault', () => {
  expect(inspectJournal(Buffer.from(`${text}{"type":"wa`))).toMatchObject({
    cut: true,
    faults: [],
    lines: events.length,
  });
});
