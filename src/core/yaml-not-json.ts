import { type Document, isAlias, isCollection, isScalar, type Scalar, visit } from 'yaml';
import { noMergeKeys, sameKey, unsafeBraces, type YamlFault, yamlFault } from './yaml-fault.ts';
import { rangeOf } from './yaml-place.ts';

/** `strict`: YAML 1.2, keys are text. `ansible`: 1.1 as Ansible reads its own files, with merge keys. */
export type Dialect = 'strict' | 'ansible';

/** Things YAML can say that data for a playbook must not. */
export function notJson(document: Document, dialect: Dialect): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  const add = (node: unknown, code: YamlFault['code'], message: string) => {
    faults.push(yamlFault(code, message, ...rangeOf(node)));
  };
  const badAnchors = new Set<string>();
  const { version } = document.directives?.yaml ?? {};
  if (dialect === 'strict' && version !== undefined && version !== '1.2') {
    add(undefined, 'yaml', `%YAML ${version}: only YAML 1.2 is read`);
  }
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (isCollection(key)) add(key, 'key-not-text', 'A key must be text');
        if (!isScalar(key)) continue;
        if (isMergeKey(key, dialect)) add(key, 'yaml', noMergeKeys);
        if (keys.has(key.value)) add(key, 'yaml', sameKey);
        keys.add(key.value);
        if (key.value === '__proto__') add(key, 'bad-key', '"__proto__" cannot be a key');
      }
    },
    Pair: (_, { key }) => {
      if (isAlias(key) && badAnchors.has(key.source)) add(key, 'bad-key', '"__proto__" cannot be a key');
    },
    Alias: (_, node, path) => {
      const isInside = path.some((above) => isCollection(above) && above.anchor === node.source);
      if (isInside) add(node, 'yaml', `*${node.source} stands inside of what it repeats`);
    },
    Scalar: (_, node) => {
      const { value } = node;
      if (node.tag === '!unsafe' && String(value).includes('{{')) add(node, 'yaml', unsafeBraces);
      if (value === '__proto__' && node.anchor !== undefined) badAnchors.add(node.anchor);
      if (typeof value === 'string' && value.includes('\0'))
        add(node, 'bad-text', 'The text has a NUL character in it');
      if (typeof value === 'string' && /[\ud800-\udfff]/u.test(value))
        add(node, 'bad-text', 'The text has half of a surrogate pair in it, which no encoding carries');
      if (typeof value !== 'number') return;
      if (!Number.isFinite(value)) add(node, 'bad-number', `${node.source} is not a number that JSON knows`);
      else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        add(node, 'bad-number', `${node.source} is too large to be kept exactly; quote it to have it as text`);
      }
    },
  });
  return faults;
}

/** Of keys that stand twice in a map, the first ones alone are left. */
export function withoutSecondKeys(document: Document): void {
  visit(document, {
    Map: (_, map) => {
      const keys = new Set<unknown>();
      map.items = map.items.filter(({ key }) => !isScalar(key) || (!keys.has(key.value) && keys.add(key.value)));
    },
  });
}

/** Quoted, it is a key like any other. */
function isMergeKey({ value, type }: Scalar, dialect: Dialect): boolean {
  return dialect === 'strict' && value === '<<' && type === 'PLAIN';
}
