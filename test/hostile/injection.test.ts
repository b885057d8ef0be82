import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Module } from '../../src/core/module.ts';
import { shellLine } from '../../src/hosts/shell-line.ts';
import { disguises, payloads, replaced, stringsIn } from './hostile-args.ts';
import { type Jail, makeJail, recorder, shells } from './jail.ts';
import { asked, commandsOf, isValid, moduleOf, statesOf } from './module-commands.ts';
import { runs } from './seed.ts';

interface Sample {
  readonly module: string;
  readonly command: Command;
  /** The payload came by the arguments, not by what the host said. */
  readonly byArgs: boolean;
}

const attempt = fc.record({
  about: fc.constantFrom(...asked),
  at: fc.nat(50),
  payload: fc.constantFrom(...payloads),
  byArgs: fc.boolean(),
});

/** Arguments with one string of theirs replaced, as far as the schema lets it through. */
function hostileArgs(module: Module, args: JsonObject, at: number, payload: string): JsonObject | undefined {
  const paths = stringsIn(args);
  const path = paths[at % Math.max(1, paths.length)] ?? [];
  return disguises
    .map((disguise) => replaced(args, path, (old) => disguise(old, payload)) as JsonObject)
    .find((made) => isValid(module, made));
}

/** Commands of all modules with a payload somewhere in them, each once. */
function sampled(count: number): readonly Sample[] {
  const { seed } = runs(1);
  const tries = fc.sample(attempt, { seed, numRuns: 4 * count });
  const made = tries.flatMap(({ about, at, payload, byArgs }) => {
    const module = moduleOf(about);
    const states = statesOf(module, about.args, about.host);
    // A state's encoding is ours, whatever the host says.
    const inState = stringsIn(states[1] ?? null).filter((one) => one.at(-1) !== 'encoding');
    const path = inState[at % Math.max(1, inState.length)];
    const args = byArgs ? hostileArgs(module, about.args, at, payload) : about.args;
    if (args === undefined || (!byArgs && path === undefined)) return [];
    const hostile = byArgs ? [] : [replaced(states[1] ?? null, path ?? [], (old) => `${old}${payload}`)];
    const commands = commandsOf(module, args, [...states, ...hostile]);
    return commands.map((command) => ({ module: module.name, command, byArgs }));
  });
  const unlike = new Map(made.map((one) => [JSON.stringify(one.command), one]));
  const telling = [...unlike.values()].filter(({ command }) => JSON.stringify(command).includes('q7z'));
  // Spread over all of them: one module makes many commands of one thing.
  const every = Math.max(1, Math.floor(telling.length / count));
  return telling.filter((_, i) => i % every === 0).slice(0, count);
}

/** What a user's own command does is the user's. */
const isOwnCommand = ({ module }: Sample) => module === 'command' || module === 'script';
/** A rule is a list of words, also where it is written as one text. */
const isList = ({ module }: Sample) => module.startsWith('iptables_');

describe.each(shells)('%s', (shell) => {
  let jail: Jail;
  beforeAll(() => {
    jail = makeJail();
  });
  afterAll(() => jail.remove());

  test('each word of a command, and its input, arrive byte for byte', () => {
    const samples = sampled(250);
    const lines = samples.map(({ command }) => shellLine({ ...command, argv: [recorder, ...command.argv] }));
    const { calls, broken } = jail.run(shell, lines);
    expect(calls).toEqual(
      samples.map(({ command }, line) => ({ line, argv: [recorder, ...command.argv], stdin: command.stdin ?? '' })),
    );
    expect(broken).toEqual([]);
    expect(new Set(samples.map(({ module }) => module)).size).toBeGreaterThan(15);
  });

  test('no script executes what it is given, or takes an argument apart', () => {
    const samples = sampled(110).filter((one) => !isOwnCommand(one));
    const lines = samples.map(({ command }) => shellLine(command));
    const { calls, broken } = jail.run(shell, lines);
    expect(broken.map((line) => samples[line])).toEqual([]);
    const apart = calls.filter(({ line, argv }) => {
      const sample = samples[line];
      if (sample?.byArgs !== true || isList(sample)) return false;
      return argv.some((word) => word.includes('q7z') !== word.includes('z7q'));
    });
    expect(apart.map(({ line, argv }) => ({ argv, sample: samples[line] }))).toEqual([]);
    expect(calls.length).toBeGreaterThan(30);
  });
});

describe('an argument that begins with a dash', () => {
  /** Words after which a tool takes the next one as it stands, whatever it begins with. */
  const takesAny = [
    '--',
    'dev',
    'name',
    'master',
    'iif',
    'oif',
    'label',
    'lookup',
    'proto',
    'ipproto',
    'realms',
    'tos',
    'local',
    '--endpoints',
  ];
  /** What is given to these is a list of options, or a command. */
  const isCommand = (name: string) =>
    /^(iptables_rule|iptables_save|command|script|wait_for|file|copy|line|template)$/.test(name);

  test('is refused by the schema, or stands where no tool takes it for an option', () => {
    const jail = makeJail();
    try {
      const commands = asked.flatMap((about) => {
        const module = moduleOf(about);
        if (isCommand(module.name)) return [];
        const states = statesOf(module, about.args, about.host);
        const hostile = stringsIn(about.args).map((path) => replaced(about.args, path, () => '-q7z') as JsonObject);
        return hostile
          .filter((args) => isValid(module, args))
          .flatMap((args) => commandsOf(module, args, [...states, ...statesOf(module, args, about.host)]));
      });
      const { calls } = jail.run('dash', [...new Set(commands.map((command) => shellLine(command)))]);
      const places = calls.flatMap(({ argv }) => {
        const at = argv.indexOf('-q7z');
        return at === -1 ? [] : [argv.slice(0, at + 1)];
      });
      expect(places.length).toBeGreaterThan(5);
      const others = places.filter((argv) => !takesAny.includes(argv.at(-2) ?? ''));
      expect([...new Set(others.map((argv) => `${argv[0]}: ${argv.at(-2)}`))]).toEqual([]);
    } finally {
      jail.remove();
    }
  });

  test('is no name of a program', () => {
    expect(() => shellLine({ argv: ['-c', 'id'] })).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => shellLine({ argv: ['-i'], env: { A: 'b' } })).toThrow(expect.objectContaining({ code: 'invalid' }));
  });
});
