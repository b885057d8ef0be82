import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { entryOf } from '../../core/entry-of.ts';
import { Failure } from '../../core/failure.ts';
import { type JsonObject, jsonText } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';
import { execArgv, labDown, labUp, openLab } from '../../lab/lab.ts';
import { ownFlanneld } from '../../lab/plan.ts';
import { rehearse } from '../../lab/rehearse/rehearse.ts';
import { environment } from '../../lab/shell.ts';
import { parseSnapshot } from '../../lab/snapshot/shape.ts';
import { labStatus } from '../../lab/status.ts';
import { disk } from '../files.ts';
import type { Terminal } from '../terminal.ts';

const backends: Readonly<Record<string, JsonObject>> = {
  'host-gw': { Type: 'host-gw' },
  vxlan: { Type: 'VxLAN' },
  directrouting: { Type: 'VxLAN', Directrouting: true },
};

export interface LabUpOptions {
  readonly name: string;
  readonly from?: string;
  readonly nodes?: number;
  readonly network?: string;
  readonly pods?: string;
  readonly backend?: string;
}

export async function labUpCommand(
  { from, backend: word = 'host-gw', ...options }: LabUpOptions,
  terminal: Terminal,
): Promise<number> {
  if (from !== undefined) return rehearseCommand(from, options.name, terminal);
  const backend = entryOf(backends, word);
  if (backend === undefined)
    throw new Failure('invalid', `unknown backend "${word}"`, { hint: `Known: ${Object.keys(backends).join(', ')}.` });
  const lab = await labUp({ ...options, backend, ...ownFlanneld(terminal.env) }, (line) => terminal.err(`${line}\n`));
  terminal.out(`${lab.inventory}\n`);
  return 0;
}

/** A lab that stands for real hosts, as a snapshot tells of them; then what of them it does not have. */
async function rehearseCommand(file: string, name: string, terminal: Terminal): Promise<number> {
  const text = disk.read(resolve(terminal.cwd, file));
  if (text === undefined) throw new Failure('missing', `there is no snapshot ${file}`);
  const snapshot = await parseSnapshot(text, file);
  const { lab, missing } = await rehearse(snapshot, { name, ...ownFlanneld(terminal.env) }, (line) =>
    terminal.err(`${line}\n`),
  );
  const lines = missing.map(({ host, what, why }) => `  ${printable(`${host}: ${what}: ${why}`, 400)}\n`);
  terminal.err(lines.length === 0 ? 'all of the snapshot was rebuilt\n' : `not as in the snapshot:\n${lines.join('')}`);
  terminal.out(`${lab.inventory}\n`);
  return 0;
}

export async function labDownCommand({ name }: { readonly name: string }, terminal: Terminal): Promise<number> {
  await labDown(name, {}, (line) => terminal.err(`${line}\n`));
  return 0;
}

export async function labStatusCommand(
  options: { readonly name: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const status = await labStatus(await openLab(options.name));
  if (options.json) {
    terminal.out(`${jsonText(status, 2)}\n`);
    return 0;
  }
  const { yamlDocument, yamlText } = await import('../../history/record/yaml-text.ts');
  terminal.out(yamlText(yamlDocument(status)));
  return 0;
}

/** The command gets this terminal as its own; its exit code becomes ours. */
export async function labExecCommand(
  host: string,
  argv: readonly string[],
  options: { readonly name: string; readonly pod?: boolean },
  terminal: Terminal,
): Promise<number> {
  const words = argv[0] === '--' ? argv.slice(1) : argv;
  const [program = '', ...args] = await execArgv(
    await openLab(options.name),
    host,
    words,
    options.pod ? { pod: true } : {},
  );
  const { TERM } = terminal.env;
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: { ...environment, ...(TERM === undefined ? {} : { TERM }) },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
