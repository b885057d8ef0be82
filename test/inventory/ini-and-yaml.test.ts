import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Json } from '../../src/core/json.ts';
import { fleetOf } from './read.ts';

/** A fleet before it is written down: groups of hosts and of later groups, with variables. */
interface Model {
  readonly groups: readonly {
    readonly hosts: readonly number[];
    readonly children: readonly number[];
    readonly vars: Vars;
  }[];
  readonly hosts: readonly Vars[];
}
type Vars = Readonly<Record<string, Json>>;

const value = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.stringMatching(/^[ -~]{0,12}$/),
  fc.array(fc.oneof(fc.integer(), fc.stringMatching(/^[a-z#;'" ]{0,5}$/)), { maxLength: 3 }),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.integer(), { maxKeys: 2 }),
);
const vars = fc.dictionary(fc.stringMatching(/^v[a-z]$/), value, { maxKeys: 4 });
const model: fc.Arbitrary<Model> = fc.record({
  hosts: fc.array(vars, { minLength: 1, maxLength: 6 }),
  groups: fc.array(
    fc.record({ hosts: fc.array(fc.nat(5), { maxLength: 4 }), children: fc.array(fc.nat(9), { maxLength: 2 }), vars }),
    { maxLength: 5 },
  ),
});

const groupName = (index: number) => `g${index}`;
const hostName = (index: number) => `h${index}`;
/** Children come later in the list: no group is inside itself. */
const childrenOf = ({ groups }: Model, index: number) =>
  (groups[index]?.children ?? []).map((add) => index + 1 + add).filter((child) => child < groups.length);
const hostsOf = ({ groups, hosts }: Model, index: number) =>
  (groups[index]?.hosts ?? []).filter((host) => host < hosts.length);

test('the same fleet written as INI and as YAML is the same', () => {
  fc.assert(
    fc.property(model, (it) => {
      const [ini, yaml] = [fleetOf({ hosts: asIni(it) }), fleetOf({ 'hosts.yml': asYaml(it) })];
      expect(varsOf(ini)).toEqual(varsOf(yaml));
      expect(Object.fromEntries(varsOf(ini)).h0).toBeDefined();
      expect(sorted(ini.groups)).toEqual(sorted(yaml.groups));
    }),
    { numRuns: 300 },
  );
});

function varsOf({ hosts }: ReturnType<typeof fleetOf>) {
  return [...hosts].map(([name, host]) => [name, host.vars] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function sorted(groups: ReadonlyMap<string, readonly string[]>) {
  return Object.fromEntries([...groups].map(([name, hosts]) => [name, hosts.toSorted()]));
}

function asIni(it: Model): string {
  const settings = (all: Vars) => Object.entries(all).map(([name, inner]) => `${name} = ${python(inner)}\n`);
  const own = it.hosts.map((all, i) => {
    const words = Object.entries(all).map(([name, inner]) => ` ${name}=${shellWord(python(inner))}`);
    return `${hostName(i)}${words.join('')}\n`;
  });
  const sections = it.groups.flatMap(({ vars: all }, i) => [
    `[${groupName(i)}]\n`,
    ...hostsOf(it, i).map((host) => `${hostName(host)}\n`),
    `[${groupName(i)}:children]\n`,
    ...childrenOf(it, i).map((child) => `${groupName(child)}\n`),
    `[${groupName(i)}:vars]\n`,
    ...settings(all),
  ]);
  return [...own, ...sections].join('');
}

function asYaml(it: Model): string {
  const groups = it.groups.map(({ vars: all }, i) => [
    groupName(i),
    {
      hosts: Object.fromEntries(hostsOf(it, i).map((host) => [hostName(host), null])),
      children: Object.fromEntries(childrenOf(it, i).map((child) => [groupName(child), null])),
      vars: all,
    },
  ]);
  const hosts = Object.fromEntries(it.hosts.map((all, i) => [hostName(i), all]));
  return stringify(
    { all: { hosts }, ...Object.fromEntries(groups) },
    { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** A Python literal. */
function python(inner: Json): string {
  if (inner === null) return 'None';
  if (typeof inner === 'boolean') return inner ? 'True' : 'False';
  if (typeof inner === 'number') return String(inner);
  if (typeof inner === 'string') return `'${inner.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(inner)) return `[${inner.map((one) => python(one as Json)).join(', ')}]`;
  return `{${Object.entries(inner)
    .map(([key, one]) => `${python(key)}: ${python(one as Json)}`)
    .join(', ')}}`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
