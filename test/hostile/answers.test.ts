import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { type Json, type JsonObject, sameJson } from '../../src/core/json.ts';
import { type Check, isAssertion, type Resource } from '../../src/core/module.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { modules } from '../../src/modules/list.ts';
import { outcomeOf } from '../support/laws.ts';
import { asked } from './module-commands.ts';
import { garbage, mutations } from './noise.ts';
import { runs } from './seed.ts';

/** What a module makes of an answer: a value, or the code of the failure. Anything else that is thrown goes on. */
function reading(
  module: Resource | Check,
  outcome: Outcome,
  args: JsonObject,
): { readonly value: Json } | { readonly code: string } {
  try {
    if (module.kind === 'resource') return { value: module.read(outcome, args) };
    const verdict = module.judge(outcome, args);
    expect(verdict).toEqual({ ok: expect.any(Boolean), because: expect.stringMatching(/^[^\n]*$/) });
    return { value: { ...verdict } };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    expect(thrown.hint).toEqual(expect.any(String));
    return { code: thrown.code };
  }
}

const plain = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));

const broken: fc.Arbitrary<Partial<Outcome>> = fc.oneof(
  garbage.map((stdout) => ({ stdout, stderr: stdout })),
  garbage.map((stderr) => ({ stdout: '', stderr, exit: 126 })),
  fc.constantFrom<Partial<Outcome>>(
    { stdout: '', exit: 127, stderr: 'sh: not found' },
    { stdout: '', exit: 255, stderr: '' },
    { stdout: '', stderr: '', exit: 137 },
    { stdout: '', exit: null, cut: 'timeout' },
    { stdout: '', exit: null, cut: 'lost' },
    { stdout: '', exit: null, cut: 'aborted' },
  ),
);

describe.each(modules.flatMap((module) => (isAssertion(module) ? [] : [module])))('$name', (module) => {
  // `missing`: a program is not there; `refused`: something else is in the place. iptables may reject the user's rule.
  const expected = [
    'unreadable',
    'missing',
    'refused',
    ...(/^iptables_(rule|save)$/.test(module.name) ? ['invalid'] : []),
  ];
  const cases = asked.filter((one) => one.module === module.name);

  test('an altered answer is read, or is unreadable', () => {
    expect(cases.length).toBeGreaterThan(0);
    for (const { args, host } of cases) {
      const answer = outcomeOf(module.name, host);
      fc.assert(
        fc.property(
          mutations,
          mutations,
          fc.option(fc.constantFrom(0, 1, 2, 3, 126, 127, 255), { nil: undefined }),
          (out, err, exit) => {
            const mutated = {
              ...answer,
              stdout: out(answer.stdout),
              stderr: err(answer.stderr),
              ...(exit === undefined ? {} : { exit }),
            };
            const read = reading(module, mutated, args);
            if ('code' in read) expect(expected).toContain(read.code);
            else expect(sameJson(JSON.parse(JSON.stringify(read.value)) as Json, read.value)).toBe(true);
            expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(plain);
          },
        ),
        runs(25),
      );
    }
  });

  test('garbage is not taken for absence, nor for a check that holds', () => {
    for (const { args, host } of cases) {
      const answer = outcomeOf(module.name, host);
      const before = reading(module, answer, args);
      if ('code' in before || before.value === null) continue;
      fc.assert(
        fc.property(broken, (instead) => {
          const read = reading(module, { ...answer, ...instead }, args);
          if ('code' in read) expect(expected).toContain(read.code);
          else if (module.kind === 'resource') expect(read.value).not.toBeNull();
          else expect(read.value).toMatchObject({ ok: false });
        }),
        runs(25),
      );
    }
  });
});
