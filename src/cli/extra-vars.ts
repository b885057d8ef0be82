import { resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import type { SourcePlace } from '../core/fleet.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { rangeOfPart, type TextPart } from '../core/text-part.ts';
import { readYaml, type YamlText } from '../core/yaml.ts';
import type { Range, YamlPath } from '../core/yaml-place.ts';
import { shownPlace } from '../inventory/faults.ts';
import type { Files } from './files.ts';

/** What -e says, the later one winning. */
export interface ExtraVars {
  readonly values: JsonObject;
  /** Names given as `name=value`, whose value is text whatever it means. */
  readonly texts: ReadonlySet<string>;
  /** Where a value, or a part of it, is written: in a file, or in the option itself; undefined: the name. `part`: of the text that stands there. */
  spot(name: string, path: YamlPath | undefined, part?: TextPart): SourcePlace;
  /** Absolute paths of the files that were named, in their order. */
  readonly files: readonly string[];
}

interface Given {
  readonly value: Json;
  readonly isText: boolean;
  spot(path: YamlPath | undefined, part?: TextPart): SourcePlace;
}

/**
 * `-e name=value` (several in one, values in quotes), `-e @file` (YAML or JSON) and `-e '{...}'`. A value alone is text,
 * as everywhere on a command line; files and maps are typed as Ansible types them. Throws Failure `invalid`, `missing`.
 */
export function readExtraVars(options: readonly string[], files: Pick<Files, 'read'>, cwd: string): ExtraVars {
  const given = new Map(options.flatMap((option) => [...oneOption(option, files, cwd)]));
  return {
    values: Object.fromEntries([...given].map(([name, { value }]) => [name, value])),
    texts: new Set([...given].filter(([, { isText }]) => isText).map(([name]) => name)),
    spot: (name, ...at) => given.get(name)?.spot(...at) ?? { file: '-e', line: 1, column: 1, source: '', width: 1 },
    files: options.filter((option) => option.startsWith('@')).map((option) => resolve(cwd, option.slice(1))),
  };
}

function oneOption(option: string, files: Pick<Files, 'read'>, cwd: string): ReadonlyMap<string, Given> {
  if (option.startsWith('@')) {
    const path = resolve(cwd, option.slice(1));
    const text = files.read(path);
    if (text === undefined) throw new Failure('missing', `-e ${option}: there is no file ${path}`);
    return fromYaml(text, path, option);
  }
  if (option.trimStart().startsWith('{')) return fromYaml(option, '-e', option);
  const pairs = pairsOf(option);
  if (pairs.size > 0 && !pairs.has('__proto__')) return pairs;
  throw new Failure('invalid', `-e ${option}: not understood`, {
    hint: 'Write -e name=value, -e @FILE, or a map as -e \'{"name": 1}\'.',
  });
}

function fromYaml(text: string, file: string, option: string): ReadonlyMap<string, Given> {
  const yaml = readYaml(text, { dialect: 'ansible' });
  const [fault] = yaml.faults;
  if (fault !== undefined) {
    const { line, column } = yaml.place(fault.start);
    const told = `${file}:${line}:${column}: error ${fault.code}: ${fault.message}`;
    throw new Failure('invalid', told, fault.hint === undefined ? {} : { hint: fault.hint });
  }
  if (yaml.value === null) return new Map();
  if (!isJsonObject(yaml.value)) throw new Failure('invalid', `-e ${option}: must be a map of variables`);
  return new Map(
    Object.entries(yaml.value).map(([name, value]) => [
      name,
      { value, isText: false, spot: (...at) => spotIn(yaml, { file, name }, ...at) },
    ]),
  );
}

function spotIn(
  yaml: YamlText,
  { file, name }: { readonly file: string; readonly name: string },
  path: YamlPath | undefined,
  part: TextPart | undefined,
): SourcePlace {
  const whole = path === undefined ? yaml.keyRange([name]) : yaml.valueRange([name, ...path]);
  const [start, end] = part === undefined ? whole : rangeOfPart(yaml.text(whole), whole[0], part);
  const { line, column } = yaml.place(start);
  return shownAt({ file, line, column, source: yaml.line(line), width: end - start }, part);
}

/** What is told of a template is no reason to show a password that stands beside it. */
function shownAt(place: SourcePlace, part: TextPart | undefined): SourcePlace {
  return part === undefined ? place : shownPlace(place);
}

/** `a=1 b="x y"`; one name whose value has spaces is taken whole. */
function pairsOf(option: string): ReadonlyMap<string, Given> {
  const pair = /\s*([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:\{\{.*?\}\}|\S)*)(?=\s|$)/y;
  const found = new Map<string, Given>();
  const add = (name: string, value: string, [at, end]: Range) => {
    const spot = (path: YamlPath | undefined, part: TextPart | undefined) => {
      const key = option.lastIndexOf(`${name}=`, at);
      const whole: Range = path === undefined ? [key, key + name.length] : [at, end];
      const [from, to] = part === undefined ? whole : rangeOfPart(option.slice(...whole), whole[0], part);
      return shownAt({ file: '-e', line: 1, column: from + 1, source: option, width: to - from }, part);
    };
    found.set(name, { value, isText: true, spot });
  };
  let at = 0;
  for (let match = pair.exec(option); match !== null; match = pair.exec(option)) {
    const [, name = '', value = ''] = match;
    add(name, unquoted(value), [pair.lastIndex - value.length, pair.lastIndex]);
    at = pair.lastIndex;
  }
  const [, name, rest = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(option) ?? [];
  if (option.slice(at).trim() === '' || name === undefined) return option.slice(at).trim() === '' ? found : new Map();
  found.clear();
  add(name, rest, [name.length + 1, option.length]);
  return found;
}

function unquoted(value: string): string {
  if (/^'.*'$/s.test(value)) return value.slice(1, -1);
  return /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value;
}
