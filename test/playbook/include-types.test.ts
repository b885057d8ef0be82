import { describe, expect, test } from 'vitest';
import { load } from './load.ts';

const inputs = `inputs:
  ports: { type: array, description: d, items: { type: object, required: [port], properties: { port: { type: integer }, name: { type: string } } } }
  to: { type: object, description: d, properties: { dev: { type: string }, table: { type: integer } } }
  names: { type: array, description: d, items: { type: string }, default: [] }
`;
const given = { ports: '"{{ json(asked.stdout) }}"', to: '"{{ json(asked.stdout) }}"' };

/** What is wrong with a file of tasks that is handed what no host has answered yet. */
function errors(task: string, values: Readonly<Record<string, string>> = {}): readonly string[] {
  const handed = Object.entries({ ...given, ...values }).map(([name, value]) => `${name}: ${value}`);
  const text = `- hosts: flannel
  tasks:
    - register: asked
      verify_ping: { target: a }
    - include_tasks: { file: t.yml, with: { ${handed.join(', ')} } }
`;
  const read = (path: string) => (path.endsWith('t.yml') ? `${inputs}tasks:\n  - ${task}\n` : undefined);
  return load(text, { read })
    .problems.filter(({ severity }) => severity === 'error')
    .map(
      ({ at, code, message }) => `${at.file.endsWith('t.yml') ? 't' : 'p'}:${at.line}:${at.column} ${code} ${message}`,
    );
}

const using = (expression: string) => `verify_ping: { target: "{{ ${expression} }}" }`;

describe('the lists and maps that a file of tasks is handed', () => {
  test.each([
    ['to.dve', 't:6:35 no-such-key there is no "dve" here'],
    ['ports[0].prot', 't:6:41 no-such-key there is no "prot" here'],
    ['ports.map(one, one.prot)[0]', 't:6:51 no-such-key there is no "prot" here'],
    ['to.dev + 1', 't:6:32 wrong-type string + int is not possible'],
    ['names[0] + 1', 't:6:32 wrong-type string + int is not possible'],
    ['ports[0].port + "a"', 't:6:32 wrong-type int + string is not possible'],
  ])('have the fields and types that it declares: %s', (expression, wanted) => {
    expect(errors(using(expression.replaceAll('"', "'")))).toEqual([expect.stringContaining(wanted)]);
  });

  test('also as the item of a loop', () => {
    expect(errors(`${using('item.prot')}\n    loop: "{{ ports }}"`)).toEqual([
      't:6:37 no-such-key there is no "prot" here',
    ]);
  });

  test.each([
    'to.dev',
    'string(ports[0].port)',
    "to.?dve.orValue('x')",
    "has(to.dve) ? to.dve : 'x'",
    'names.map(to, to.size()).size() == 0 ? "a" : "b"',
  ])('may be used so: %s', (expression) => {
    expect(errors(using(expression.replaceAll('"', "'")))).toEqual([]);
  });

  test('hide nothing of what stands before them where they are handed on', () => {
    const task = 'include_tasks: { file: inner.yml, with: { to: "{{ to.dev }}" } }';
    const read = (path: string) =>
      path.endsWith('t.yml')
        ? `${inputs}tasks:\n  - ${task}\n`
        : `inputs: { to: { type: string, description: d } }\ntasks:\n  - ${using('to + to.dev')}\n`;
    const text = `- hosts: flannel\n  tasks:\n    - register: asked\n      verify_ping: { target: a }\n    - include_tasks: { file: t.yml, with: { ports: ${given.ports}, to: ${given.to} } }\n`;
    const found = load(text, { read }).problems.filter(({ severity }) => severity === 'error');
    expect(found.map(({ at }) => `${at.line}:${at.column}`)).toEqual(['3:40']);
  });

  test.each([
    ['ports', '"{{ asked.stdout }}"', 'p:5:52 wrong-type the input "ports" must be a list, and is of type string'],
    ['to', '"{{ asked.exit }}"', 'the input "to" must be a map, and is of type int'],
    ['to', '"{{ asked.results }}"', 'the input "to" must be a map'],
    ['names', '"{{ asked.ok }}"', 'the input "names" must be a list'],
    ['names', '"{{ [asked.stdout] }}"', undefined],
    ['names', '[1]', 'the input "names" (at 0) must be text'],
    ['to', '{ dev: 5 }', 'the input "to" (at dev) must be text'],
  ])('are held to their type where it is known: %s: %s', (name, value, wanted) => {
    const found = errors(using('to.dev + string(ports[0].port) + string(names.size())'), { [name]: value });
    expect(found).toEqual(wanted === undefined ? [] : [expect.stringContaining(wanted)]);
  });
});
