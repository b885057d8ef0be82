import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { runCommands } from '../../src/history/record/commands.ts';
import { renderHistory } from '../../src/ui/history.ts';
import { durationText, renderShow } from '../../src/ui/show.ts';
import { keptRun, unsureRun } from '../support/sample-run.ts';

const look = { color: false, width: 100 };

test('a run is a numbered history of its commands, with what became of them', () => {
  const lines = renderShow(unsureRun(), look).split('\n');
  expect(lines[0]).toBe('01JD9R6W3ZK8Q2V5H7XTNM4PCB  switch-to-vxlan.yml  play by li@controller');
  expect(lines[1]).toBe('2026-11-22 09:30:00 UTC on hdss7-21, hdss7-22');
  expect(lines[3]).toBe('  1  09:30:00  hdss7-21     0    2.0s  check   ping -n -c 3 172.7.22.2');
  expect(lines).toContain(
    '! 20  09:30:08  hdss7-22  lost    12ms  change  supervisorctl start flanneld'.replace('! ', '!'),
  );
  expect(lines).toContain('  7  09:30:05  hdss7-21     0    12ms  probe   supervisorctl status flanneld');
  expect(lines.filter((line) => /^[ !] *\d+ {2}/.test(line))).toHaveLength(runCommands(unsureRun()).length);
  expect(lines.join('\n')).toContain('unsure: Not everything is proven to be as it was');
});

test('a command without an answer is marked, for it may have run', () => {
  const events = keptRun();
  const stop = events.findIndex((event) => event.type === 'command_started' && event.purpose === 'change');
  const text = renderShow(events.slice(0, stop + 1), look);
  expect(text).toMatch(/^!\d+ {2}\S+ {2}hdss7-21 +\? +\? {2}change {2}supervisorctl stop flanneld$/m);
  expect(text).toContain('not ended: The run has no end in its journal');
});

test('a probe that exits with another code than 0 has not failed, a change has', () => {
  const exits = (purpose: string) =>
    keptRun().map((event): Event => {
      const started = runCommands(keptRun()).find(({ id }) => event.type === 'command_ended' && id === event.id);
      return event.type === 'command_ended' && started?.purpose === purpose ? { ...event, exit: 3 } : event;
    });
  expect(renderShow(exits('probe'), look)).not.toMatch(/^!/m);
  expect(renderShow(exits('change'), look)).toMatch(/^!\d+ .* 3 .* change/m);
});

test('what is typed into a command is shown, control characters are not obeyed', () => {
  const events = keptRun().map(
    (event): Event => (event.type === 'command_started' ? { ...event, stdin: 'x\u001b[2J', become: 'root' } : event),
  );
  expect(renderShow(events, look)).toContain('(as root) supervisorctl stop flanneld <<< x\\x1b[2J');
});

test.each([
  [12.4, '12ms'],
  [1_040, '1.0s'],
  [125_000, '2m05s'],
  [undefined, '?'],
])('%s ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('past runs are a table', () => {
  const [started] = keptRun();
  const ended = unsureRun().findLast((event) => event.type === 'run_ended');
  const common = {
    mode: 'play',
    playbook: 'switch-to-vxlan.yml',
    operator: 'li',
    hosts: ['a', 'b', 'c', 'd'],
    touched: [],
  };
  const runs = [
    {
      ...common,
      run: '01JD9R6W3ZK8Q2V5H7XTNM4PCB',
      started: started?.at ?? '',
      ...(ended === undefined ? {} : { ended }),
    },
    { ...common, run: '01JD9R6W3ZK8Q2V5H7XTNM4PCC', started: started?.at ?? '' },
  ];
  expect(
    renderHistory(runs, look),
  ).toBe(`RUN                         STARTED (UTC)     MODE  ENDING     PLAYBOOK             OPERATOR  HOSTS
01JD9R6W3ZK8Q2V5H7XTNM4PCB  2026-11-22 09:30  play  unsure     switch-to-vxlan.yml  li        a, b and 2 more
01JD9R6W3ZK8Q2V5H7XTNM4PCC  2026-11-22 09:30  play  not ended  switch-to-vxlan.yml  li        a, b and 2 more
`);
  expect(renderHistory([], look)).toBe('No runs yet.\n');
});
