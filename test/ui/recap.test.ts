import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { renderRecap } from '../../src/ui/recap.ts';
import { EventStream } from '../support/event-stream.ts';
import { checkRun, keptRun, undoneRun, unsureRun } from '../support/sample-run.ts';

const look = { color: false, width: 100 };
const run = '01JD9R6W3ZK8Q2V5H7XTNM4PCB';

test('a kept run', () => {
  const where = { record: 'records/2026-11-22-switch', committed: 'a1b2c3d4e5'.repeat(4) };
  expect(renderRecap(keptRun(), look, where)).toBe(`Recap
  hdss7-21  ok 8   changed 3   failed 0   skipped 0   undone 0
  hdss7-22  ok 7   changed 2   failed 0   skipped 0   undone 0

kept: The change is in force on 2 hosts, and proven.
record  records/2026-11-22-switch (commit a1b2c3d4e5a1)
next    runbook rollback ${run} would undo it
`);
});

test('what is to be known of the commit', () => {
  const where = { record: 'records/x', committed: 'a1b2c3d4e5'.repeat(4), note: 'run "git add -- :/records/x"' };
  expect(renderRecap(keptRun(), look, where)).toContain(
    'record  records/x (commit a1b2c3d4e5a1)\nnote    run "git add -- :/records/x"\n',
  );
});

test('an undone run says that all is as before, and why', () => {
  const text = renderRecap(undoneRun(), look);
  expect(text).toContain('hdss7-22  ok 8   changed 2   failed 1   skipped 0   undone 3');
  expect(text).toMatch(
    /^undone: Everything on 2 hosts is as it was before the run; .* Why: hdss7-22: Every peer's pod/m,
  );
});

test('an unsure run names each doubt and what completes it', () => {
  const text = renderRecap(unsureRun(), look);
  expect(text).toContain('hdss7-22  ok 4   changed 1   failed 1   skipped 0   undone 0   lost');
  expect(text).toContain(`  hdss7-22: supervisor flanneld
    expected  [{"name":"flanneld","state":"RUNNING"}]
    found     not known (connection lost; whether it ran is not known)`);
  expect(text).toContain(`next    runbook rollback ${run} completes it when the host is back`);
});

describe('the ending in words', () => {
  const ended = (mode: 'play' | 'check' | 'audit', ok: boolean, exit: number, because?: string): string => {
    const events = new EventStream();
    const started = { run, tool: 'runbook 0.1.0', mode, playbook: 'x.yml', operator: 'li', hosts: ['a'] } as const;
    events.add({ type: 'run_started', format: 1, ...started });
    return renderRecap(events.end('unchanged', ok, exit, because), look);
  };

  test.each([
    ['play', true, 0, undefined, 'unchanged: Everything is as wanted on 1 host; nothing was changed.'],
    ['play', false, 1, 'a: no', 'unchanged: Failed, and nothing had been changed. Why: a: no.'],
    ['play', false, 2, 'a: no', 'unchanged: Refused before anything was touched. Why: a: no.'],
    ['play', false, 3, 'a: no', 'unchanged: Nothing is changed on 1 host; what dropped out is as before, proven or'],
    ['check', true, 0, undefined, 'unchanged: Nothing would change on 1 host.'],
    ['check', true, 5, undefined, 'unchanged: Something would change on 1 host; nothing was changed.'],
    ['audit', true, 0, undefined, 'unchanged: In force on 1 host.'],
    ['audit', false, 5, 'a: no', 'unchanged: Drifted: not everything is in force on 1 host. Why: a: no.'],
  ] as const)('%s, ok %s, exit %s', (mode, ok, exit, because, words) => {
    expect(ended(mode, ok, exit, because)).toContain(words);
  });

  test('of a run that has none', () => {
    const text = renderRecap(
      keptRun().filter(({ type }) => type !== 'run_ended'),
      look,
    );
    expect(text).toContain('not ended: The run has no end in its journal');
    expect(text).toContain(`runbook rollback ${run} brings back what it changed`);
  });
});

test('a run with nothing to do counts what already holds', () => {
  const run = new EventStream();
  const hosts = ['a'];
  run.add({
    type: 'run_started',
    format: 1,
    run: 'R',
    tool: 't',
    mode: 'play',
    playbook: 'x.yml',
    operator: 'o',
    hosts,
  });
  run.add({ type: 'play_started', name: 'X', hosts });
  const task = { id: '0.verify.0', name: 'Holds', module: 'file' };
  run.phase('verify', 'is there anything to do?').task('verify', task, hosts, () => {
    run.step('verify', { task: task.id, host: 'a', on: 'a' }, task, { status: 'ok' });
  });
  expect(renderRecap(run.end('unchanged', true, 0), look)).toContain('a  ok 1   changed 0');
});

test('a plan counts nothing as done, and colours come only when told', () => {
  expect(renderRecap(checkRun(), look)).toContain('hdss7-21  ok 1   changed 0   failed 0');
  const colored: (events: readonly Event[]) => string = (events) => renderRecap(events, { ...look, color: true });
  expect(colored(keptRun())).toContain('\u001b[32mkept');
});
