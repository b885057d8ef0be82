import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { ndjsonView } from '../../src/ui/ndjson.ts';
import { plainView } from '../../src/ui/plain.ts';
import { keptRun, undoneRun, unsureRun } from '../support/sample-run.ts';

const look = { color: false, width: 100 };

function shown(events: readonly Event[]): string {
  let text = '';
  const view = plainView((more) => {
    text += more;
  }, look);
  for (const event of events) view.event(event);
  return text;
}

test('a kept run: a heading for each section and a line for each task', () => {
  expect(shown(keptRun())).toBe(`switch-to-vxlan.yml on hdss7-21, hdss7-22, run 01JD9R6W3ZK8Q2V5H7XTNM4PCB

Play: Switch flannel to VXLAN

Verify: is there anything to do?
  The network config is in force: not yet 1

Require
  Every peer's pod answers before the change: ok 2

Plan
  Stop flanneld on every node: change 2
  See that no flanneld process is left: depends 2
  The pod network's routes come back with an undo: protected 2
  So does flanneld's lease file: protected 2
  Write the network config: change 1
  Start flanneld: change 2
  Remove the routes that the old backend left: ok 2

Tasks
  Stop flanneld on every node: changed 2
  See that no flanneld process is left: ok 2
  The pod network's routes come back with an undo: protected 2
  So does flanneld's lease file: protected 2
  Write the network config: changed 1
  Start flanneld: changed 2

Verify: after the change
  The network config is in force: ok 1
  Peers are reached through flannel.1: ok 2
  Every peer's pod answers: ok 2

Cleanup
  Remove the routes that the old backend left: ok 2
`);
});

test('a failure is told at once, with its host, before the task has ended', () => {
  const events = undoneRun();
  const failed = events.findIndex((event) => event.type === 'step_ended' && event.status === 'unmet');
  const text = shown(events.slice(0, failed + 1));
  expect(text).toMatch(/ {2}unmet hdss7-22 \(hdss7-21\): 0 of 3 answered.* {2}\[Every peer's pod answers\]\n$/);
});

test('an undo is told task by task, backwards, and then the proof', () => {
  const text = shown(undoneRun());
  const undo = text.slice(text.indexOf('\nUndo\n'));
  expect(undo).toBe(`
Undo
  Start flanneld: restored 2
  Write the network config: restored 1
  So does flanneld's lease file: untouched 2
  The pod network's routes come back with an undo: restored 2
  Stop flanneld on every node: restored 2

Prove that all is as it was
  Read again: ok 7
`);
});

test('a lost host is told when it is lost, and at each thing that could not be undone on it', () => {
  const text = shown(unsureRun());
  expect(text).toContain('hdss7-22 is lost: the connection was lost\n');
  expect(text).toContain(
    '  lost hdss7-22: connection lost; whether it ran is not known  [Stop flanneld on every node]\n',
  );
});

test("a host's text reaches the terminal without control characters", () => {
  const evil = '\u001b]0;owned\u0007\u202e';
  const text = shown(undoneRun().map((event) => ('because' in event ? ({ ...event, because: evil } as Event) : event)));
  expect(text).toContain('\\x1b]0;owned\\x07\\u202e');
  expect(text).not.toMatch(/[\u001b\u0007\u202e]/);
});

test('ndjson is the events, one a line', () => {
  let text = '';
  const view = ndjsonView((more) => {
    text += more;
  });
  for (const event of keptRun()) view.event(event);
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as Event)).toEqual(keptRun());
});
