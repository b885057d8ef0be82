// Measures runbook beside ansible and a loop over ssh. Started by scripts/bench.sh, which takes down what this raises.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import { Connections } from './connections.ts';
import { type LabFacts, readLabFacts } from './lab-facts.ts';
import { type Options, parseOptions } from './options.ts';
import { hostSpaces } from './processor-time.ts';
import { goals, type Report, type ScenarioReport, scenarioReport, startReport } from './report.ts';
import { measure } from './rounds.ts';
import { auditSides, judgeOf, measureStart, switchSides, validateSides } from './scenarios.ts';
import type { Places } from './sides.ts';
import { renderReport } from './table.ts';
import { endRunning } from './timed.ts';

const startPairsEachRound = 4;

const [root = '.', folder = '.', lab = 'bench', ...args] = process.argv.slice(2);
const progress = (line: string) => process.stderr.write(`bench: ${line}\n`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endRunning();
    process.exit(1);
  });
}

const options = understood();
const facts = raiseLab(options.nodes);
const places = { root, folder, lab: facts };
writeFileSync(join(folder, 'runbook.yml'), `inventory: ${facts.inventory}\n`);
writeFileSync(join(folder, 'nodes'), facts.nodes);
const report = await bench(places, options);
process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report));

function understood(): Options {
  try {
    return parseOptions(args);
  } catch (thrown) {
    progress(thrown instanceof Error ? thrown.message : String(thrown));
    process.exit(2);
  }
}

function raiseLab(nodes: number): LabFacts {
  progress(`raising a lab with ${nodes} nodes`);
  const network = ['--network', '10.4.55.0/24', '--pods', '172.55.0.0/16'];
  const up = ['lab', 'up', '--name', lab, '--nodes', String(nodes), ...network];
  const inventory = said('node', [join(root, 'bin/runbook.js'), ...up]);
  return readLabFacts(inventory);
}

async function bench(places: Places, { nodes, rounds, scenarios }: Options): Promise<Report> {
  let made = 0;
  const keep = () => new Connections(join(folder, 'c', String(made++)));
  const judge = judgeOf(places, keep);
  const spaces = hostSpaces(lab, facts.hosts);
  const scenario = async (
    name: 'validate' | 'audit' | 'switch',
    sidesOf: typeof auditSides,
  ): Promise<ScenarioReport> => {
    const told = (line: string) => progress(`${name}, ${line}`);
    const sides = sidesOf(places, keep);
    return scenarioReport(await measure({ sides, rounds, spaces, folder, judge, progress: told }));
  };
  const measured: Pick<Report, 'start' | 'validate' | 'audit' | 'switch'> = {
    ...(scenarios.includes('start') ? { start: await start(rounds * startPairsEachRound) } : {}),
    ...(scenarios.includes('validate') ? { validate: await scenario('validate', validateSides) } : {}),
    ...(scenarios.includes('audit') ? { audit: await scenario('audit', auditSides) } : {}),
    ...(scenarios.includes('switch') ? { switch: await scenario('switch', switchSides) } : {}),
  };
  return { machine: machine(), nodes, rounds, ...measured, goals: goals(measured) };
}

async function start(pairs: number) {
  progress(`start, ${pairs} pairs`);
  return startReport(await measureStart(places, pairs));
}

function machine(): Report['machine'] {
  const ansible = /core ([\d.]+)/.exec(said('ansible', ['--version']))?.[1] ?? 'unknown';
  return { processors: availableParallelism(), linux: release(), node: process.versions.node, ansible };
}

/** What a command says on stdout. Throws Error when it fails. */
function said(program: string, argv: readonly string[]): string {
  const { status, stdout } = spawnSync(program, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`exit ${status} of ${program} ${argv.join(' ')}`);
  return stdout.trim();
}
