import { describe, expect, test } from 'vitest';
import { isAssertion } from '../../src/core/module.ts';
import { assert } from '../../src/modules/assert.ts';
import { complaints } from '../support/laws.ts';

const unmet = {
  text: 'mtu <= host.?underlay_mtu.orValue(1500) && backend.Type != ""',
  values: [
    ['mtu', 9000],
    ['host.?underlay_mtu', undefined],
    ['backend.Type', 'VxLAN'],
  ],
} as const;

test('asks no host', () => {
  expect(isAssertion(assert)).toBe(true);
  expect(assert).not.toHaveProperty('probe');
});

test.each([
  ['one condition', { that: 'a == 1' }],
  ['a list', { that: ['a == 1', true] }],
  ['a constant', { that: false, fail_msg: 'x', success_msg: 'y', quiet: true }],
])('takes %s', (_, args) => {
  expect(complaints(assert.schema, args)).toEqual([]);
});

test.each([
  ['nothing', {}],
  ['an empty list', { that: [] }],
  ['an empty text', { that: '' }],
  ['a map', { that: { a: 1 } }],
  ['a number', { that: 1 }],
  ["Ansible's other name of the message", { that: true, msg: 'x' }],
])('does not take %s', (_, args) => {
  expect(complaints(assert.schema, args)).not.toEqual([]);
});

describe('what it says', () => {
  const told = `${unmet.text} does not hold: mtu is 9000, host.?underlay_mtu is not there, backend.Type is "VxLAN"`;

  test.each([
    ['that it holds', { conditions: 1 }, {}, { ok: true, because: 'it holds' }],
    ['how many hold', { conditions: 3 }, {}, { ok: true, because: 'all 3 hold' }],
    ['its own words', { conditions: 3 }, { success_msg: 'fine\nso far' }, { ok: true, because: 'fine so far' }],
    ['the condition and its values', { conditions: 3, unmet }, {}, { ok: false, because: told }],
    [
      'its own words first',
      { conditions: 3, unmet },
      { fail_msg: 'too large' },
      { ok: false, because: `too large: ${told}` },
    ],
    [
      'no values when it is to be quiet',
      { conditions: 3, unmet },
      { fail_msg: 'too large', quiet: true },
      { ok: false, because: `too large: ${unmet.text} does not hold` },
    ],
    [
      'of a failure that is written out, only why',
      { conditions: 1, unmet: { text: 'false', values: [] } },
      { fail_msg: 'stop' },
      { ok: false, because: 'stop' },
    ],
  ])('%s', (_, asked, args, verdict) => {
    expect(assert.judge(asked, { that: 'x', ...args })).toEqual(verdict);
  });

  test('in one line, of bounded length, however large the values are', () => {
    const values = Array.from({ length: 50 }, (_, i) => [`name${i}`, 'x'.repeat(10_000)] as const);
    const large = { conditions: 1, unmet: { text: `name0\n${'== name1 '.repeat(1_000)}`, values } };
    const { because } = assert.judge(large, { that: 'x', fail_msg: 'y\n'.repeat(10_000) });
    expect(because).not.toContain('\n');
    expect(because.length).toBeLessThan(2_500);
    expect(because).toContain('…, and 42 more');
  });
});
