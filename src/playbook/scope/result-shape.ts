import { entryOf } from '../../core/entry-of.ts';
import { firm, listShape, mapShape, type PlainType, type Shape } from './shapes.ts';

/** What is known under a registered name, with the type that it has in every result; `any` where the module decides. `exit` may be null too. */
export const resultTypes = {
  ...{ ok: 'bool', changed: 'bool', failed: 'bool', skipped: 'bool', because: 'string' },
  ...{ exit: 'int', stdout: 'string', stderr: 'string', before: 'any', after: 'any', results: 'list' },
} as const satisfies Readonly<Record<string, FieldType>>;

/** What is known of a loop besides its item. */
const loopTypes = { index: 'int', first: 'bool', last: 'bool', length: 'int' } as const;

type FieldType = PlainType | 'list' | 'any';

function shapeOfFields(
  types: Readonly<Record<string, FieldType>>,
  items: Shape,
  lacks?: (field: string) => string,
): Shape {
  const at = (field: string): Shape => {
    const type = entryOf(types, field) ?? 'any';
    if (type === 'list') return listShape(() => items, { isFirm: true });
    return type === 'any' ? undefined : firm(type);
  };
  return mapShape(() => Object.keys(types), at, lacks === undefined ? {} : { lacks });
}

const lacksField = (field: string) => `a registered result has no "${field}"`;
const itemShape = shapeOfFields({ ...resultTypes, item: 'any' }, undefined, lacksField);

export const resultShape = shapeOfFields(resultTypes, itemShape, lacksField);
export const loopShape = shapeOfFields(loopTypes, undefined);
