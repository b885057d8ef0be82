import { printable } from '../core/printable.ts';
import type { PendingRun } from '../history/pending.ts';
import { painter } from './paint.ts';
import type { Look } from './view.ts';

/** Runs with pending hosts: since when, why, what is left to do on each, and how it is completed. */
export function renderPending(runs: readonly PendingRun[], look: Look): string {
  if (runs.length === 0) return 'No host is pending.\n';
  const paint = painter(look.color);
  const lines = runs.flatMap(({ run, hosts }) => [
    `${paint('bold', run.run)}  ${printable(run.playbook, 80)}, begun by ${printable(run.operator, 30)}`,
    ...hosts.flatMap(({ host, since, because, steps }) => [
      `  ${paint('news', printable(host, 255))}  since ${since.slice(0, 16).replace('T', ' ')} UTC: ${printable(because, 500)}`,
      ...steps.map(({ task, name, module }) => `    ${task}  ${printable(module, 40)}: ${printable(name, 200)}`),
    ]),
    `  next    runbook resume ${run.run} completes it when the host is back`,
  ]);
  return `${lines.join('\n')}\n`;
}
