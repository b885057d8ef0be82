import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { CommandText } from '../../core/event.ts';
import { Failure } from '../../core/failure.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { PlannedStep, SavedPlan } from '../../core/planned.ts';
import { printable } from '../../core/printable.ts';
import { readYaml, type YamlText } from '../../core/yaml.ts';
import { type PlanInputs, sha256 } from './plan-inputs.ts';
import { type PlanFile, type PlanFileCommand, planSchema } from './plan-schema.ts';

/** A plan file that has been read: what it holds a run to, and what it was made from. */
export interface ReadPlan {
  readonly saved: SavedPlan;
  readonly inputs: PlanInputs;
  readonly summary: PlanFile['summary'];
  readonly operator: string;
  /** ISO 8601. */
  readonly made: string;
}

/** Characters: what a plan for a few hundred hosts comes to, many times over. */
export const largestPlan = 16 * 1024 * 1024;
const most = 20;

/**
 * Reads a plan's text. Throws Failure `invalid`, naming each place, for one that is not understood or has been changed since it was
 * made. The digest finds an edit or a lost line; it proves nothing about who made the file: a signature does.
 */
export function readPlan(text: string, name: string): ReadPlan {
  const yaml = readYaml(text, { largest: largestPlan });
  const faults = yaml.faults.map(({ message, start }) => said(yaml, start, message));
  if (faults.length > 0) throw unreadable(name, faults);
  if (!isPlan(yaml.value)) throw unreadable(name, schemaFaults(yaml));
  const file = yaml.value;
  const steps = new Steps(file, yaml);
  const plays = file.plays.map(({ name, hosts, verified, tasks }, play) => ({
    name,
    hosts,
    verified,
    steps: tasks.flatMap((task, i) =>
      task.steps.map((step, j) => steps.planned(task, step, ['plays', play, 'tasks', i, 'steps', j])),
    ),
  }));
  if (steps.faults.length > 0) throw unreadable(name, steps.faults);
  checkDigest(text, file.digest, name);
  const bootIds = new Map(Object.entries(file.hosts).map(([host, { boot_id }]) => [host, boot_id]));
  const { playbook, inventory, limit, tags, env, extra_files, files, folders, summary, operator, made } = file;
  const inputs = {
    playbook,
    inventory,
    limit,
    tags,
    extra_vars: file.extra_vars as JsonObject,
    extra_files,
    env,
    files,
    folders,
  };
  return { saved: { digest: file.digest, bootIds, plays }, inputs, summary, operator, made };
}

function checkDigest(text: string, digest: string, name: string): void {
  const end = `digest: ${digest}\n`;
  const found = sha256(text.slice(0, -end.length));
  if (text.endsWith(`\n${end}`) && found === digest) return;
  throw new Failure(
    'invalid',
    `${name} has been changed since it was made: its digest does not fit its text. Nothing has been touched`,
    {
      hint: 'A plan is not edited: change the playbook or its variables, and make a new one with `runbook plan`.',
    },
  );
}

type FileTask = PlanFile['plays'][number]['tasks'][number];
type FileStep = FileTask['steps'][number];

/** Steps with their scripts in place again. */
class Steps {
  readonly faults: string[] = [];
  readonly #scripts: PlanFile['scripts'];
  readonly #yaml: YamlText;
  readonly #seen = new Set<string>();

  constructor({ scripts }: PlanFile, yaml: YamlText) {
    this.#scripts = scripts;
    this.#yaml = yaml;
  }

  planned({ task, name, module }: FileTask, step: FileStep, path: readonly (string | number)[]): PlannedStep {
    const { host, on = host, commands, args, before, after, ...rest } = step;
    const place = JSON.stringify([task, host, on, step.item ?? null]);
    if (this.#seen.has(place)) this.#fault(path, 'this step stands here twice');
    this.#seen.add(place);
    return {
      task,
      name,
      module,
      host,
      on,
      ...defined(rest),
      ...defined({
        args: args as JsonObject | undefined,
        before: before as Json | undefined,
        after: after as Json | undefined,
      }),
      ...(commands === undefined
        ? {}
        : { commands: commands.map((command, i) => this.#command(command, [...path, 'commands', i])) }),
    };
  }

  #command(
    { argv, script, title, args, timeout_ms, become_method: becomeMethod, ...rest }: PlanFileCommand,
    path: readonly (string | number)[],
  ): CommandText {
    const more = {
      ...defined({ ...rest, becomeMethod }),
      ...(timeout_ms === undefined ? {} : { timeoutMs: timeout_ms }),
    };
    if (argv !== undefined && script === undefined && title === undefined && args === undefined)
      return { argv, ...more };
    const text = script !== undefined && Object.hasOwn(this.#scripts, script) ? this.#scripts[script] : undefined;
    if (argv !== undefined || text === undefined || title === undefined)
      this.#fault(path, 'a command has either "argv", or "script" (one of "scripts"), "title" and "args"');
    return { argv: ['sh', '-c', text ?? '', title ?? '', ...(args ?? [])], ...more };
  }

  #fault(path: readonly (string | number)[], message: string): void {
    this.faults.push(said(this.#yaml, this.#yaml.valueRange(path)[0], message));
  }
}

/** Without the keys that hold nothing. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}

const ajv = new Ajv2020({ allErrors: false, strict: false, meta: false, validateSchema: false });
const isPlan = ajv.compile<PlanFile>(planSchema);

/** One at a time: a file that is no plan at all would have a thousand. */
function schemaFaults(yaml: YamlText): readonly string[] {
  return (isPlan.errors ?? []).slice(0, 1).map((error) => {
    const path = error.instancePath
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const key: unknown = error.params.additionalProperty;
    const [start] = typeof key === 'string' ? yaml.keyRange([...path, key]) : yaml.valueRange(path);
    return said(yaml, start, inWords(error, path.at(-1)));
  });
}

function inWords({ keyword, params, message }: ErrorObject, name: string | undefined): string {
  if (keyword === 'additionalProperties') return `"${String(params.additionalProperty)}" is not a key of a plan here`;
  if (keyword === 'required') return `"${String(params.missingProperty)}" is missing`;
  if (keyword === 'const') return `this version reads plans of format ${String(params.allowedValue)}`;
  return `${name === undefined ? 'the file' : `"${name}"`} ${message ?? 'is not understood'}`;
}

function said(yaml: YamlText, offset: number, message: string): string {
  const { line, column } = yaml.place(offset);
  return `${line}:${column}: ${printable(message, 300)}`;
}

function unreadable(name: string, faults: readonly string[]): Failure {
  const more = faults.length > most ? [`and ${faults.length - most} more`] : [];
  const lines = [...faults.slice(0, most).map((fault) => `${name}:${fault}`), ...more];
  return new Failure('invalid', `${name} cannot be read as a plan; nothing has been touched\n${lines.join('\n')}`, {
    hint: 'Make a new one with `runbook plan FILE -o PLAN`.',
  });
}
