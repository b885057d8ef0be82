import { execFileSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { failureText, faultText } from '../../src/cli/failure-text.ts';
import type { Event } from '../../src/core/event.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { journalText } from '../../src/history/chain.ts';
import { buildRecord } from '../../src/history/record/build.ts';
import { commitMessage } from '../../src/history/record/commit-message.ts';
import { ndjsonView } from '../../src/ui/ndjson.ts';
import { plainView } from '../../src/ui/plain.ts';
import { renderPlan } from '../../src/ui/plan.ts';
import { renderPlanDifferences } from '../../src/ui/plan-differences.ts';
import { renderRecap } from '../../src/ui/recap.ts';
import { RowsView } from '../../src/ui/rows.ts';
import { renderShow } from '../../src/ui/show.ts';
import { sampleResource } from '../support/sample-modules.ts';
import { checkRun, keptRun, undoneRun, unsureRun } from '../support/sample-run.ts';
import { nastyTexts } from './noise.ts';

/** Written by the program itself, from closed sets: the rest of an event may be a host's or a user's. */
const own = new Set([
  'type',
  'phase',
  'status',
  'mode',
  'ending',
  'at',
  'startedAt',
  'run',
  'of',
  'task',
  'module',
  'purpose',
  'cut',
]);

const look = { color: false, width: 100 };
const clean = [keptRun(), checkRun(), undoneRun(), unsureRun()];

/** The events of a run with a text at the end of every string that somebody else wrote. */
function spoilt(events: readonly Event[], payload: string): readonly Event[] {
  const change = (value: Json): Json => {
    if (typeof value === 'string') return `${value}${payload}`;
    if (Array.isArray(value)) return value.map((item) => change(item as Json));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([key, item]) => [key, own.has(key) ? item : change(item)]),
    );
  };
  return change(events as unknown as Json) as unknown as readonly Event[];
}

/** Characters that a terminal obeys or hides, line ends apart. */
const raw =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/u;

function plainText(events: readonly Event[]): string {
  let text = '';
  const view = plainView((more) => {
    text += more;
  }, look);
  for (const event of events) view.event(event);
  return text;
}

async function rowsText(events: readonly Event[]): Promise<string> {
  let text = '';
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += String(chunk);
      done();
    },
  });
  const screen = Object.assign(stream, { columns: 100, rows: 40, isTTY: true }) as unknown as NodeJS.WriteStream;
  const view = new RowsView({ stdout: screen, stderr: screen }, look);
  for (const event of events) view.event(event);
  await view.close();
  return text;
}

const rendered: readonly (readonly [string, (events: readonly Event[]) => string])[] = [
  ['plain', plainText],
  ['plan', (events) => renderPlan(events, look)],
  ['plan with differences', (events) => renderPlan(events, { ...look, diff: true })],
  ['differences from a saved plan', (events) => renderPlanDifferences(events, look)],
  ['recap', (events) => renderRecap(events, look, { record: 'records/x', committed: 'not committed: \u001b[2J' })],
  ['show', (events) => renderShow(events, look)],
  ['commit message', (events) => commitMessage(events, 'f'.repeat(64))],
];

describe.each(rendered)('%s', (_, render) => {
  test('has nothing that a terminal would obey or hide', () => {
    for (const payload of nastyTexts)
      for (const events of clean) expect(render(spoilt(events, payload))).not.toMatch(raw);
  });
});

test('rows have none of it either', async () => {
  // The rows move the cursor themselves, so only what was put in is looked for; all at once, since each view hides the cursor.
  const payloads = nastyTexts.filter((text) => raw.test(text));
  const shown = await rowsText(spoilt(undoneRun(), payloads.join(' ')));
  expect(shown).toContain('\\u202e');
  for (const payload of payloads) expect(shown).not.toContain(payload);
});

test('NDJSON is one JSON text a line, of printable characters, that reads back as the event', () => {
  for (const payload of [...nastyTexts, '\ud800']) {
    const events = spoilt(keptRun(), payload);
    const lines: string[] = [];
    const view = ndjsonView((text) => lines.push(text));
    for (const event of events) view.event(event);
    expect(lines.map((line) => JSON.parse(line))).toEqual(events);
    for (const line of lines) {
      expect(line.endsWith('\n')).toBe(true);
      expect(line.slice(0, -1)).not.toMatch(/\n/);
      expect(line).not.toMatch(raw);
    }
  }
});

describe('the record', () => {
  const build = (events: readonly Event[]) =>
    buildRecord(events, { modules: sampleResource, journal: journalText(events, { run: 'R', inputs: '' }) });
  const shape = (readme: string) => ({
    lines: readme.split('\n').filter((line) => /^#{1,6} /.test(line)).length,
    fences: readme.split('\n').filter((line) => /^```/.test(line)).length,
    rows: readme
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map(cellsOf),
  });

  test.each([
    ['kept', keptRun()],
    ['undone', undoneRun()],
    ['unsure', unsureRun()],
  ] as const)('%s: its files are printable, its YAML is YAML, its Markdown keeps its shape', (_, events) => {
    const before = shape(build(spoilt(events, 'x'))['README.md'] ?? '');
    for (const payload of nastyTexts) {
      const files = build(spoilt(events, payload));
      for (const [name, text] of Object.entries(files)) {
        expect(text, name).not.toMatch(raw);
        if (name.endsWith('.yml')) expect(() => parse(text)).not.toThrow();
      }
      const readme = files['README.md'] ?? '';
      if (!payload.includes('x'.repeat(100))) expect(shape(readme)).toEqual(before);
      const text = outsideCode(readme);
      expect(text).not.toMatch(/<(?!\/?code>)[a-z/!]/i);
      expect(text).not.toMatch(/(?<!\\)\]\((?!(before|after|rollback)\.yml\)|history\.jsonl\)|record\.json\))/);
      expect(text).not.toMatch(/https?:\/\//);
      for (const [picture] of readme.matchAll(/^```mermaid[\s\S]*?^```/gm)) expect(picture).not.toContain('%%{');
    }
  });

  test('its commit message has the trailers of the run and no others', () => {
    for (const payload of nastyTexts) {
      const message = commitMessage(spoilt(keptRun(), payload), 'f'.repeat(64));
      const trailers = execFileSync('git', ['interpret-trailers', '--parse'], { input: message, encoding: 'utf8' });
      expect(trailers.split('\n').map((line) => line.split(':')[0])).toEqual([
        ...['Runbook-Run', 'Runbook-Ending', 'Runbook-Playbook', 'Runbook-Hosts', 'Runbook-Journal', ''],
      ]);
    }
  });
});

test('errors on stderr are printable, whatever they quote', () => {
  for (const payload of nastyTexts) {
    const failure = new Failure('invalid', `it said ${payload}`, { hint: `try ${payload}` });
    expect(failureText(failure)).not.toMatch(raw);
    expect(faultText(new Error(payload))).not.toMatch(raw);
  }
});

/** Cells of a Markdown row, as renderers split it: at each bar that has no backslash before it. */
function cellsOf(line: string): number {
  return line.replaceAll('\\\\', '').split(/(?<!\\)\|/).length;
}

/** Markdown without its fenced and inline code. */
function outsideCode(text: string): string {
  return text.replace(/^(`{3,})[\s\S]*?^\1$/gm, '').replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
}
