// The controller of one trial, a process of its own: the real command line, with faults between it and its hosts.
import { appendFileSync } from 'node:fs';
import { runProgram } from '../../src/cli/commands/program.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import type { Event } from '../../src/core/event.ts';
import { openLab } from '../../src/lab/lab.ts';
import { etcdOf } from '../../src/lab/plan.ts';
import { Course, keyOf } from './course.ts';
import { Injection } from './inject.ts';
import type { ControllerTask } from './run-controller.ts';
import { strike } from './strike.ts';

const { lab: name, project, faults, report, args } = JSON.parse(process.argv[2] ?? '{}') as ControllerTask;
const lab = await openLab(name);
const course = new Course();
// On disk at once: a kill must not take it along.
const note = (what: string, value: unknown) => appendFileSync(report, `${JSON.stringify({ [what]: value })}\n`);
const injection = new Injection(
  course,
  {
    etcd: etcdOf(lab.plan)?.name ?? '',
    strike: (kind, host) => strike(kind, lab, host, project),
    signal: (signal) => {
      process.kill(process.pid, signal);
    },
    reached: (position) => note('reached', keyOf(position)),
    struck: (fault) => note('struck', fault),
  },
  faults,
);
const terminal = processTerminal();
process.exitCode = await runProgram(['node', 'runbook', ...args, '--output', 'ndjson', '--no-commit'], 'faults', {
  ...terminal,
  clock: injection.hastened(terminal.clock),
  through: (connect) => injection.through(connect),
  out: (line) => {
    if (line.startsWith('{')) course.hear(JSON.parse(line) as Event);
    terminal.out(line);
  },
});
