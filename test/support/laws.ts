import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/core/command.ts';
import { Failure, type FailureCode } from '../../src/core/failure.ts';
import { type Json, type JsonObject, sameJson } from '../../src/core/json.ts';
import { type Check, isAssertion, type JsonSchema, type Module, type Resource } from '../../src/core/module.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { formats } from '../../src/modules/shared/formats.ts';

/**
 * What a host answered to a module's probe: the name of a file test/recordings/<module>/<name>.json,
 * or the answer itself. A recording is real output; `argv` says what was asked.
 */
export type Answer = string | Partial<Pick<Outcome, 'exit' | 'cut' | 'stdout' | 'stderr' | 'truncated'>>;

/** A command as a table writes it: word for word, or by a telling part of its script and the script's arguments. */
export type Expected =
  | { readonly argv: readonly string[]; readonly stdin?: string }
  | { readonly script: RegExp; readonly args: readonly string[]; readonly stdin?: string };

/** One situation of a resource, named in words. */
export interface Situation {
  readonly name: string;
  readonly args: JsonObject;
  readonly host: Answer;
  readonly before: Json;
  /** Only read: nothing is wanted, and an undo brings `now` back to `before`. */
  readonly protect?: boolean;
  /** What is wanted. Default: `before`, so nothing is to be done. */
  readonly after?: Json;
  /** Default: no command. */
  readonly apply?: readonly Expected[];
  /** What the host answers once it was applied: read, it must be the same as `after`. */
  readonly applied?: Answer;
  /** The state that the undo starts from. Default: what `applied` reads as, else `after`. */
  readonly now?: Json;
  /** Commands of `move(now, before)`. Default: no command. */
  readonly undo?: readonly Expected[];
  /** What the host answers after the undo. Default: `host` again. */
  readonly undone?: Answer;
}

/** An answer that stops the run: reading it, or wanting something of it, throws. */
export interface Surprise {
  readonly name: string;
  readonly args: JsonObject;
  readonly host: Answer;
  readonly code: FailureCode;
  readonly says: RegExp;
}

/** One answer to a check. */
export interface Asked {
  readonly name: string;
  readonly args: JsonObject;
  readonly host: Answer;
  readonly ok: boolean;
  readonly because: string | RegExp;
}

/** The outcome that an answer stands for. */
export function outcomeOf(module: string, answer: Answer): Outcome {
  const given = typeof answer === 'string' ? recording(module, answer) : answer;
  return { exit: 0, stdout: '', stderr: '', ...given, startedAt: '2026-01-01T00:00:00.000Z', ms: 1 };
}

function recording(module: string, name: string): Exclude<Answer, string> {
  const file = new URL(`../recordings/${module}/${name}.json`, import.meta.url);
  const { exit, stdout, stderr } = JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  return { exit, stdout, stderr };
}

/** What ajv says against `args`, in words; empty when they are valid. Throws when the schema itself is not. */
export function complaints(schema: JsonSchema, args: Json): readonly string[] {
  // Forbidden additional properties and required ones may stand in different branches of a schema.
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, formats });
  const validate = ajv.compile(schema);
  return validate(args) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** Holds one resource to the laws in each of its situations. */
export function laws(resource: Module, situations: readonly Situation[], surprises: readonly Surprise[] = []): void {
  const it = asResource(resource);
  describe(`${it.name}: the laws`, () => {
    for (const situation of situations) {
      describe(situation.name, () => hold(it, situation));
    }
    for (const { name, args, host, code, says } of surprises) {
      test(name, () => {
        expect(complaints(it.schema, args)).toEqual([]);
        const failure = thrown(() => it.want(args, it.read(outcomeOf(it.name, host), args)));
        expect(failure).toBeInstanceOf(Failure);
        expect(failure).toMatchObject({ code, message: expect.stringMatching(says), hint: expect.any(String) });
      });
    }
  });
}

function hold(it: Resource, s: Situation): void {
  const after = s.after === undefined ? s.before : s.after;
  const read = (answer: Answer): Json => it.read(outcomeOf(it.name, answer), s.args);
  const same = (a: Json, b: Json): boolean => it.same?.(a, b, s.args) ?? sameJson(a, b);
  const now = s.now === undefined ? (s.applied === undefined ? after : read(s.applied)) : s.now;

  test('the arguments validate, and the probe and key are plain data', () => {
    expect(complaints(it.schema, s.args)).toEqual([]);
    expect(it.faults?.(s.args) ?? []).toEqual([]);
    expect(it.key(s.args)).toMatch(/^[^\n]+$/);
    const probe = it.probe(s.args);
    if (probe !== null) expectPlain(probe);
  });

  test('reading the host gives the state before, as the journal can keep it', () => {
    const state = read(s.host);
    expect(state).toStrictEqual(s.before);
    expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
  });

  if (s.protect !== true) {
    test('what is wanted is the state after, and moving there is the commands to apply', () => {
      const wanted = it.want(s.args, s.before);
      expect(wanted).toStrictEqual(after);
      const commands = same(s.before, wanted) ? [] : it.move(s.before, wanted, s.args);
      expectCommands(commands, s.apply ?? []);
    });

    test('planning again from the state after yields no change', () => {
      expect(same(after, it.want(s.args, after))).toBe(true);
      if (s.applied === undefined) return;
      const reached = read(s.applied);
      expect(same(reached, after)).toBe(true);
      expect(same(reached, it.want(s.args, reached))).toBe(true);
    });
  }

  test('moving back is the undo, after which the host is as it was before', () => {
    const restored = (state: Json): boolean => it.restored?.(s.before, state, s.args) ?? same(s.before, state);
    const commands = restored(now) ? [] : it.move(now, s.before, s.args);
    expectCommands(commands, s.undo ?? []);
    expect(restored(s.before)).toBe(true);
    expect(restored(read(s.undone ?? s.host))).toBe(true);
  });

  test('what restores it is one command of plain data, made from the state before alone', () => {
    if (it.restore === undefined) return;
    const command = it.restore(s.before, after, s.args);
    if (command === null) return;
    expectPlain(command);
    expect(JSON.parse(JSON.stringify(command))).toStrictEqual(command);
    if (it.shared === true) return; // what was written is the condition under which it is touched
    for (const written of [s.before, now, null]) expect(it.restore(s.before, written, s.args)).toEqual(command);
  });

  test('the state before can be asked for in a playbook, or it is said that it cannot', () => {
    const args = it.restate(s.before, s.args);
    if (args === null) return;
    expect(complaints(it.schema, args)).toEqual([]);
    expect(same(it.want(args, s.before), s.before)).toBe(true);
    expect(same(it.want(args, now), s.before)).toBe(true);
  });
}

/** Holds one check to its answers. */
export function answers(check: Module, table: readonly Asked[]): void {
  const it = asCheck(check);
  describe(`${it.name}: the answers`, () => {
    for (const { name, args, host, ok, because } of table) {
      test(name, () => {
        expect(complaints(it.schema, args)).toEqual([]);
        expectPlain(it.probe(args));
        const verdict = it.judge(outcomeOf(it.name, host), args);
        expect(verdict).toEqual({
          ok,
          because: typeof because === 'string' ? because : expect.stringMatching(because),
        });
        expect(verdict.because).not.toContain('\n');
      });
    }
  });
}

export function asResource(module: Module): Resource {
  if (module.kind !== 'resource') throw new Error(`${module.name} is not a resource`);
  return module;
}

export function asCheck(module: Module): Check {
  if (module.kind !== 'check' || isAssertion(module)) throw new Error(`${module.name} asks no host`);
  return module;
}

function expectCommands(commands: readonly Command[], expected: readonly Expected[]): void {
  commands.forEach(expectPlain);
  expect(commands.map((command, i) => shown(command, expected[i]))).toEqual(expected.map(plainly));
}

/** The command in the way that the table writes its counterpart, so that a difference is easy to see. */
function shown(command: Command, expected: Expected | undefined): JsonObject {
  const stdin = command.stdin === undefined ? {} : { stdin: command.stdin };
  if (expected === undefined || !('script' in expected)) return { argv: command.argv, ...stdin };
  const [sh, dashC, text = '', , ...args] = command.argv;
  const isScript = sh === 'sh' && dashC === '-c' && expected.script.test(text);
  return { script: isScript ? String(expected.script) : command.argv.join(' '), args, ...stdin };
}

function plainly(expected: Expected): JsonObject {
  return 'script' in expected ? { ...expected, script: String(expected.script) } : { ...expected };
}

function expectPlain(command: Command): void {
  expect(command.argv.length).toBeGreaterThan(0);
  for (const word of command.argv) {
    expect(typeof word).toBe('string');
    expect(word).not.toContain('\0');
  }
}

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
