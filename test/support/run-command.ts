import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Command } from '../../src/core/command.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { sameJson } from '../../src/core/json.ts';
import type { Resource } from '../../src/core/module.ts';
import type { Outcome } from '../../src/core/outcome.ts';

export type Run = (command: Command) => Promise<Outcome>;

/** Runs a command on this machine, word for word, with what it says of input and environment. */
export const runHere: Run = (command) => run(command.argv, command);

async function run(argv: readonly string[], { stdin, env }: Omit<Command, 'argv'>): Promise<Outcome> {
  const [program = '', ...words] = argv;
  const startedAt = new Date().toISOString();
  const begin = performance.now();
  return await new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { PATH: process.env.PATH, LC_ALL: 'C', ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, stdout, stderr, startedAt, ms: performance.now() - begin }));
    // A command that does not read its input may be gone before it is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin ?? '');
  });
}

/** A network namespace of its own, with commands run in it. */
export interface Namespace {
  readonly name: string;
  readonly run: Run;
  /** Runs a shell script in it; throws when it fails. Resolves to what it printed. */
  sh(text: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes a network namespace; `remove` it in the end. Needs root. */
export async function makeNamespace(): Promise<Namespace> {
  const name = `runbook-test-${randomBytes(4).toString('hex')}`;
  const inside: Run = (command) => run(['ip', 'netns', 'exec', name, ...command.argv], command);
  const must = async (outcome: Promise<Outcome>): Promise<string> => {
    const { exit, stdout, stderr } = await outcome;
    if (exit !== 0) throw new Error(`exit ${exit}: ${stderr}${stdout}`);
    return stdout;
  };
  await must(runHere({ argv: ['ip', 'netns', 'add', name] }));
  // An IPv6 address is there at once: what the kernel does when it has looked for doubles would come at any time.
  await must(
    inside({ argv: ['sysctl', '-qw', 'net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0'] }),
  );
  return {
    name,
    run: inside,
    sh: (text) => must(inside({ argv: ['sh', '-ec', text] })),
    remove: async () => {
      await must(runHere({ argv: ['ip', 'netns', 'del', name] }));
    },
  };
}

/** What a host answers to the probe. */
export async function readOn(run: Run, resource: Resource, args: JsonObject): Promise<Json> {
  const probe = resource.probe(args);
  if (probe === null) throw new Error(`${resource.name} has no probe`);
  return resource.read(await run(probe), args);
}

/** Moves a host to a state as the executor does: reads, moves, reads again. Resolves to the outcomes. */
export async function moveOn(run: Run, resource: Resource, args: JsonObject, to: Json): Promise<readonly Outcome[]> {
  const from = await readOn(run, resource, args);
  const outcomes: Outcome[] = [];
  for (const command of resource.move(from, to, args)) outcomes.push(await run(command));
  return outcomes;
}

/** Brings about what the arguments want, unless it is there already. */
export async function applyOn(run: Run, resource: Resource, args: JsonObject): Promise<{ before: Json; after: Json }> {
  const before = await readOn(run, resource, args);
  const wanted = resource.want(args, before);
  if (!(resource.same?.(before, wanted, args) ?? sameJson(before, wanted))) await moveOn(run, resource, args, wanted);
  return { before, after: await readOn(run, resource, args) };
}
