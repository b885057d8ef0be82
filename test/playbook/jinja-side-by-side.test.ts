import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type Json } from '../../src/core/json.ts';
import { ExpressionFault } from '../../src/playbook/expressions/expression-fault.ts';
import { Language } from '../../src/playbook/expressions/expressions.ts';
import { sameInCel, variables } from './jinja-cases.ts';

const host = isJsonObject(variables.host) ? variables.host : {};
const own = Object.keys(variables).filter((name) => !Object.hasOwn(host, name));
const language = Language.create({ HOME: '/root' }).with(own).with(Object.keys(host), 'host').with(['host']);

/** What is told of an expression of Jinja. */
function hintFor(jinja: string): string | undefined {
  try {
    language.compile(jinja);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) return thrown.hint;
    throw thrown;
  }
}

/** In CEL, as the hint for it says; one that is CEL already is told nothing. */
function inCel(jinja: string): string | undefined {
  const hint = hintFor(jinja);
  return hint === undefined ? jinja : /In CEL: ([\s\S]*)$/.exec(hint)?.[1];
}

type Answer = { readonly value: Json } | { readonly error: string };

function ansible(cases: readonly string[]): readonly Answer[] {
  const script = join(import.meta.dirname, 'ansible-templates.py');
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [script], {
    input: JSON.stringify({ vars: variables, cases }),
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
  });
  if (status !== 0) throw new Error(`ansible-core of Debian is needed (scripts/install-debian.sh):\n${stderr}`);
  return JSON.parse(stdout) as Answer[];
}

describe('what a hint says in CEL comes to what Ansible makes of it', () => {
  const answers = ansible(sameInCel);

  test.each(sameInCel.map((jinja, i) => [jinja, answers[i]] as const))('%s', (jinja, answer) => {
    const cel = inCel(jinja);
    expect(cel).toBeDefined();
    const value = language.compile(cel ?? '').evaluate((name) => variables[name] ?? null);
    expect({ value }).toEqual(answer);
  });
});

describe('what has no form in CEL is told what to do instead', () => {
  test.each<[string, RegExp]>([
    ['zone | default(omit)', /make two tasks of it, each with its "when"/],
    ["empty | default('x', true)", /Of a text: empty != "" \? empty : "x"$/],
    ["zone | default('x', true)", /Of a text: host\.\?zone\.orValue\(""\) != "" \? host\.zone : "x"$/],
    ['backend | combine(other, recursive=True)', /goes one further in/],
    ["backend | combine(other, list_merge='append')", /"list_merge" of combine\(\)/],
    ["name | regex_replace('t(?=h)', 'x')", /a lookahead, \(\?=, is not supported/],
    ["name | regex_replace('[0-9]', 'x', count=1)", /"count" of regex_replace\(\)/],
    ["text | regex_findall('([0-9]+)[.]([0-9]+)')", /first group/],
    ["nodes | sort(attribute='mtu')", /sort\(\) puts numbers or text in order/],
    ["nodes | groupby('up')", /list\.filter/],
    ['pairs | items2dict', /under "vars"/],
    ['text | quote', /leave the filter out/],
    ['items | random', /Nothing is left to chance/],
    ["zone or 'x'", /come to true or false here/],
    ["name is version('1.0', '>')", /no "is version"/],
    ['name | title', /no function does what "title" does/],
  ])('%s', (jinja, hint) => {
    expect(hintFor(jinja)).toMatch(hint);
  });
});
