import type { Report, ScenarioReport, StartReport } from './report.ts';
import { large } from './scenarios.ts';
import type { Spread } from './statistics.ts';

/** The report for a person. */
export function renderReport(report: Report): string {
  const machine = Object.entries(report.machine).map(([name, value]) => `${name} ${value}`);
  const parts = [
    `${report.nodes} nodes, ${report.rounds} rounds; ${machine.join(', ')}`,
    'Seconds: median (least-greatest). cpu: the controller, with all that it started. hosts: all hosts together.',
  ];
  if (report.start !== undefined) parts.push(renderStart(report.start));
  if (report.validate !== undefined)
    parts.push(renderScenario(`Validate: ${large.tasks} tasks for ${large.hosts} hosts`, report.validate));
  if (report.audit !== undefined) parts.push(renderScenario('Audit: nothing to change', report.audit));
  if (report.switch !== undefined) parts.push(renderScenario('Switch: host-gw to VXLAN and back', report.switch));
  const goals = report.goals.map(
    ({ goal, measured, met }) => `${met ? 'met    ' : 'NOT MET'}  ${goal}: ${Number(measured.toFixed(2))}`,
  );
  if (goals.length > 0) parts.push(['Goals', ...goals.map((line) => `  ${line}`)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function renderStart({ runbook, node, more }: StartReport): string {
  const rows = [
    ['', 'wall'],
    ['runbook --version', seconds(runbook, 3)],
    ['node -e 0', seconds(node, 3)],
    ['more', seconds(more, 3)],
  ];
  return `Start\n${columns(rows)}`;
}

function renderScenario(title: string, { sides }: ScenarioReport): string {
  const rows = sides.map(({ side, wall, cpu, hostsCpu, byRunbook }) => [
    side,
    seconds(wall),
    seconds(cpu),
    seconds(hostsCpu),
    byRunbook === undefined ? '' : seconds(byRunbook),
  ]);
  return `${title}\n${columns([['', 'wall', 'cpu', 'hosts', "times runbook's"], ...rows])}`;
}

function seconds({ median, min, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
}

/** Each column as wide as its widest cell; two blanks before every line and between columns. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join('\n');
}
