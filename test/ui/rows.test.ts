import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { RowsView } from '../../src/ui/rows.ts';
import { EventStream } from '../support/event-stream.ts';
import { keptRun, undoneRun } from '../support/sample-run.ts';

/** A terminal that remembers each write. */
function terminal(): { stream: NodeJS.WriteStream; writes: string[] } {
  const writes: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 30 });
  stream.on('data', (chunk: Buffer) => writes.push(chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, writes };
}

function rowsOn({ stream }: { stream: NodeJS.WriteStream }, color = false): RowsView {
  return new RowsView({ stdout: stream, stderr: terminal().stream }, { color, width: 80 });
}

async function shown(events: readonly Event[]): Promise<string> {
  const screen = terminal();
  const view = rowsOn(screen);
  for (const event of events) view.event(event);
  await view.close();
  return stripVTControlCharacters(screen.writes.join(''));
}

test('each task leaves one row, ticked or crossed, in the order of the run', async () => {
  const text = await shown(undoneRun());
  const ended = text.split('\n').filter((line) => /^[✔✖]/.test(line));
  // Each is drawn once more, in place of the live one, as it is left behind.
  const rows = ended.filter((line, i) => line !== ended[i - 1]);
  expect(rows.slice(-9)).toEqual([
    '✔ The network config is in force  ok 1',
    '✔ Peers are reached through flannel.1  ok 2',
    "✖ Every peer's pod answers  ok 1  unmet 1",
    '✔ Start flanneld  restored 2',
    '✔ Write the network config  restored 1',
    "✔ So does flanneld's lease file  untouched 2",
    "✔ The pod network's routes come back with an undo  restored 2",
    '✔ Stop flanneld on every node  restored 2',
    '✔ Read again  ok 7',
  ]);
  expect(text).toContain('unmet hdss7-22 (hdss7-21): 0 of 3 answered, 100% loss');
});

test('while a command is under way its row says which host is waited for, and for what', async () => {
  const events = keptRun();
  const stop = events.findIndex((event) => event.type === 'command_started' && event.purpose === 'change');
  const screen = terminal();
  const view = rowsOn(screen);
  for (const event of events.slice(0, stop + 1)) view.event(event);
  await expect
    .poll(() => stripVTControlCharacters(screen.writes.join('')))
    .toContain('Stop flanneld on every node  waiting for hdss7-21: supervisorctl stop f…');
  await view.close();
});

test('ten thousand steps of one task are drawn a few times, not ten thousand times', async () => {
  const run = new EventStream();
  const hosts = Array.from({ length: 10_000 }, (_, i) => `host-${i}`);
  const task = { id: '0.tasks.0', name: 'Many', module: 'file' };
  run.phase('tasks').task('tasks', task, hosts, () => {
    for (const host of hosts) run.step('tasks', { task: task.id, host, on: host }, task, { status: 'changed' });
  });
  const screen = terminal();
  const view = rowsOn(screen);
  for (const event of run.events) view.event(event);
  await view.close();
  expect(stripVTControlCharacters(screen.writes.join(''))).toContain('✔ Many  changed 10000');
  expect(screen.writes.length).toBeLessThan(30);
});

test('many failures do not fill the screen', async () => {
  const run = new EventStream();
  const hosts = Array.from({ length: 40 }, (_, i) => `host-${i}`);
  const task = { id: '0.tasks.0', name: 'Many', module: 'file' };
  run.phase('tasks').task('tasks', task, hosts, () => {
    for (const host of hosts) {
      const step = { task: task.id, host, on: host };
      run.step('tasks', step, task, { status: 'failed', because: 'no space left' });
    }
  });
  const text = await shown(run.events);
  expect(text).toContain('failed host-4: no space left');
  expect(text).not.toContain('failed host-5:');
  expect(text).toContain('and 35 more');
});

test('without colour there is none; a run that stops in the middle of a task gives the terminal back', async () => {
  const events = keptRun();
  const screen = terminal();
  const view = rowsOn(screen);
  const middle = events.findIndex((event) => event.type === 'command_started' && event.purpose === 'change');
  for (const event of events.slice(0, middle)) view.event(event);
  await view.close();
  const text = screen.writes.join('');
  expect(text).not.toMatch(/\u001b\[3\dm/);
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
});

test('Ctrl-C is left to whoever listens for it', async () => {
  const caught: string[] = [];
  const listen = (signal: string) => caught.push(signal);
  process.on('SIGINT', listen);
  try {
    const events = keptRun();
    const screen = terminal();
    const view = rowsOn(screen);
    const middle = events.findIndex((event) => event.type === 'command_started' && event.purpose === 'change');
    for (const event of events.slice(0, middle + 1)) view.event(event);
    await expect.poll(() => screen.writes.join('')).toContain('Tasks');
    process.emit('SIGINT', 'SIGINT');
    for (const event of events.slice(middle + 1)) view.event(event);
    await view.close();
    expect(caught).toEqual(['SIGINT']);
    expect(screen.writes.join('')).toContain('Remove the routes that the old backend left  ok 2');
  } finally {
    process.off('SIGINT', listen);
  }
});
