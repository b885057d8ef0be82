import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CommandText, Event } from '../../../src/core/event.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Json } from '../../../src/core/json.ts';
import { inputDifferences, planInputs } from '../../../src/history/plan/plan-inputs.ts';
import { planText } from '../../../src/history/plan/plan-text.ts';
import { readPlan } from '../../../src/history/plan/read-plan.ts';
import { noInputs } from '../../support/saved-plan.ts';
import { play, run, SmallWorld, task, value } from '../../support/small-world.ts';

const scripted: CommandText = {
  argv: ['sh', '-c', 'set -e\necho "$1"\n', 'say', 'a b', ''],
  stdin: 'x\ny\n',
  become: 'root',
  timeoutMs: 5,
};

/** The events of a check of one change, with this state before it and these commands. */
async function events(before: Json, commands: readonly CommandText[] = [scripted]): Promise<readonly Event[]> {
  const world = new SmallWorld({ b: {}, a: {} });
  const tasks = [task('tasks', value, { name: 'x', value: 2 }, { id: '0.tasks.0' })];
  const planned = await run(world, [play(['b', 'a'], tasks)], { mode: 'check' });
  return planned.events.map((event) => (event.type === 'step_ended' ? { ...event, before, commands } : event));
}

const textOf = async (before: Json = null) => planText(await events(before), noInputs);

/** The same text with a digest that fits again: what somebody does who knows how. */
function sealed(text: string): string {
  const body = text.replace(/^digest: .*\n$/m, '');
  return `${body}digest: sha256:${createHash('sha256').update(body).digest('hex')}\n`;
}

/** A text that lacks more than the digest needs none. */
const unsealed = ['a list'];

function refusal(text: string): string {
  try {
    readPlan(text, 'change.plan');
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.message;
    throw thrown;
  }
  return 'it was read';
}

test.each<[string, Json]>([
  ['nothing', null],
  ['lines', 'one\ntwo\n\n'],
  ['trailing space', ' x \n\t y'],
  ['escapes and hidden characters', 'a\u001b[31mb\u202ec\u200bd\u0085e\u{e0041}\r\n'],
  ['a state with odd keys', { 'a: b': [1, 1.5, true, null, 'yes', '012'], '\u202e': { '': 'x' }, '*a': '&b' }],
  ['the same twice', [['p'], ['p']]],
])('%s: comes back as it was, and nothing in the text is hidden', async (_, before) => {
  const all = await events(before);
  const text = planText(all, noInputs);
  const step = readPlan(text, 'change.plan').saved.plays[0]?.steps[0];
  expect(step).toMatchObject({ host: 'b', status: 'change', module: 'value', before, commands: [scripted] });
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202e]|[\u{e0000}-\u{e007f}]/u);
});

test('the same plan is the same text, hosts in the order of the play, a script written once', async () => {
  const all = await events({ b: 1, a: 2 });
  const hurried = all.toSorted((a, b) => (a.type === 'step_ended' && b.type === 'step_ended' ? b.seq - a.seq : 0));
  const text = planText(all, noInputs);
  expect(planText(hurried, noInputs)).toBe(text);
  expect(planText(await events({ a: 2, b: 1 }), noInputs)).toBe(text);
  expect(text.match(/echo "\$1"/g)).toHaveLength(1);
  expect(readPlan(text, 'p').saved.plays[0]?.steps.map(({ host }) => host)).toEqual(['b', 'a']);
  expect(readPlan(text, 'p').summary).toMatchObject({ change: 2, depends: 0 });
});

test('an edit, a lost line and a line too many are noticed', async () => {
  const text = await textOf();
  expect(readPlan(text, 'p').saved.digest).toMatch(/^sha256:/);
  expect(refusal(text.replace('operator: someone', 'operator: nobody1'))).toContain(
    'has been changed since it was made',
  );
  expect(refusal(text.replace('# A plan', '# A  plan'))).toContain('has been changed since it was made');
  expect(refusal(`${text}# one more\n`)).toContain('has been changed since it was made');
  expect(refusal(text.replace(/^digest: .*\n/m, ''))).toContain('"digest" is missing');
});

test.each<[string, (text: string) => string, RegExp]>([
  ['no plan at all', () => '- name: a playbook\n  hosts: all\n', /change\.plan:\d+:1: unexpected/],
  ['empty', () => '', /change\.plan:1:1: "format" is missing/],
  ['a list', () => '[1]', /change\.plan:1:1: the file must be object/],
  [
    'an unknown key',
    (text) => text.replace('operator:', 'run_this: x\noperator:'),
    /change\.plan:8:1: "run_this" is not a key/,
  ],
  ['a wrong type', (text) => text.replace('env: []', 'env: 7'), /change\.plan:\d+:6: "env" must be array/],
  ['another format', (text) => text.replace('format: 1', 'format: 2'), /:5:9: this version reads plans of format 1/],
  [
    'a status that is none',
    (text) => text.replace('status: change', 'status: done'),
    /"status" must be equal to one of/,
  ],
  ['a script that is not there', (text) => text.replace(/script: \w+/, 'script: none'), /a command has either "argv"/],
  [
    'a script named like a property',
    (text) => text.replace(/script: \w+/, 'script: constructor'),
    /a command has either "argv"/,
  ],
  ['a step twice', (text) => text.replace('- host: a', '- host: b'), /this step stands here twice/],
  [
    '__proto__',
    (text) => text.replace('extra_vars: {}', 'extra_vars: { __proto__: 1 }'),
    /"__proto__" cannot be a key/,
  ],
  ['a tag', (text) => text.replace('operator: ', 'operator: !!js/function '), /tag/i],
  [
    'deep nesting',
    (text) => text.replace('extra_vars: {}', `extra_vars: { a: ${'['.repeat(5_000)} }`),
    /levels of nesting/,
  ],
  [
    'an alias bomb',
    (text) =>
      text.replace(
        'extra_vars: {}',
        `extra_vars:\n  a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefg'].map((name, i) => `  ${name}: &${name} [${Array(9).fill(`*${'abcdef'[i]}`).join(', ')}]\n`).join('')}`,
      ),
    /alias/i,
  ],
  ['too large', (text) => `${text}# ${'x'.repeat(16 * 1024 * 1024)}\n`, /larger than 16 MiB/],
])('%s is told, with its place', async (name, broken, message) => {
  const text = broken(await textOf());
  expect(refusal(unsealed.includes(name) ? text : sealed(text))).toMatch(message);
});

test('what was read is told by its place in the project; passwords were masked before', () => {
  const read = { playbook: '/p/a.yml', inventory: ['/etc/hosts.yml', 'a,b'], extraVars: {}, env: { TOKEN: 'abc' } };
  const inputs = planInputs(
    { ...read, files: { '/p/a.yml': 'x', '/p/b.yml': null }, folders: { '/p/group_vars': ['all.yml'] } },
    '/p',
    'web',
  );
  expect(inputs).toMatchObject({
    playbook: 'a.yml',
    inventory: ['/etc/hosts.yml', 'a,b'],
    limit: 'web',
    env: ['TOKEN'],
  });
  expect(inputs.files).toEqual({ 'a.yml': expect.stringMatching(/^sha256:[0-9a-f]{64}$/), 'b.yml': 'absent' });
  expect(JSON.stringify(inputs)).not.toContain('abc');
});

test('each input that is another is named', () => {
  const base = {
    ...noInputs,
    files: { a: 'sha256:1', b: 'absent', c: 'sha256:3', d: 'absent' },
    folders: { vars: ['x'], none: null },
  };
  expect(inputDifferences(base, base)).toEqual([]);
  const { d: _, ...fewer } = base.files;
  expect(inputDifferences(base, { ...base, files: fewer, folders: { vars: ['x'] } })).toEqual([]);
  const now = {
    ...base,
    files: { a: 'sha256:2', b: 'sha256:9', c: 'absent', constructor: 'sha256:4' },
    folders: { vars: ['x', 'y'], none: null },
    extra_vars: { v: 1 },
    env: ['TOKEN'],
  };
  expect(inputDifferences(base, now)).toEqual([
    'a: its text has changed',
    'b: was not there, and now is',
    'c: is gone, or no longer read',
    'constructor: was not there, and now is',
    'vars: other files are in it',
    'v: this extra variable has another value',
    'TOKEN: this environment variable was not set',
  ]);
});
