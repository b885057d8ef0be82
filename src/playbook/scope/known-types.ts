import type { Step } from '../expressions/syntax.ts';
import type { TextExpression } from '../expressions/templates.ts';
import type { KnownType, KnownTypes } from '../expressions/type-check.ts';
import type { Shape } from './shapes.ts';

/** What is taken for known: types that are firm, those of what the inventory and -e have now, or both. */
export type Sure = 'firm' | 'given' | 'both';

/** The types of an expression's names, as far as it looks into their values. */
export function knownTypes(
  { names, paths }: Pick<TextExpression, 'names' | 'paths'>,
  shapeOf: (name: string) => Shape,
  sure: Sure,
): KnownTypes {
  const ofName = (name: string): KnownType => {
    const steps = paths.filter((path) => path.name === name).map((path) => path.steps);
    return typeOf(shapeOf(name), steps, sure);
  };
  return new Map([...names.keys()].map((name) => [name, ofName(name)] as const).filter(([, type]) => type !== 'dyn'));
}

/** `ways`: the steps that are taken into the value, in each place where it is looked into. */
function typeOf(shape: Shape, ways: readonly (readonly Step[])[], sure: Sure): KnownType {
  if (shape === undefined) return 'dyn';
  const isSure = (isFirm: boolean) => sure === 'both' || isFirm === (sure === 'firm');
  if (shape.kind === 'plain') return isSure(shape.isFirm) ? shape.type : 'dyn';
  if (shape.kind === 'list') {
    const list = typeOf(shape.of(), behind(ways), sure);
    return list === 'dyn' && !isSure(shape.isFirm) ? 'dyn' : { list };
  }
  if (shape.any !== undefined) {
    const map = typeOf(shape.any(), behind(ways), sure);
    return map === 'dyn' ? 'dyn' : { map };
  }
  const keys = new Set(ways.map(([first]) => first?.key).filter((key) => typeof key === 'string'));
  const fields = [...keys].map((key) => [key, typeOf(shape.at(key), behind(ways, key), sure)] as const);
  return fields.every(([, type]) => type === 'dyn') ? 'dyn' : { fields: Object.fromEntries(fields) };
}

/** What is left of the ways behind their first step: of all of them, or of those that begin with this key. */
function behind(ways: readonly (readonly Step[])[], key?: string): readonly (readonly Step[])[] {
  return ways
    .filter(([first]) => first !== undefined && (key === undefined || first.key === key))
    .map(([, ...rest]) => rest);
}
