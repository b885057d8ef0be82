import type { TextExpression } from '../expressions/templates.ts';
import type { KnownTypes } from '../expressions/type-check.ts';
import { ProblemFailure } from '../parse.ts';
import { knownTypes, type Sure } from '../scope/known-types.ts';
import type { Shape } from '../scope/shapes.ts';

/**
 * What is wrong with an expression by the types of its names, whatever their values are. What the inventory and -e give has another type elsewhere,
 * so it is held only against what always has its type, not against itself.
 */
export function typeFault(expression: TextExpression, shapeOf: (name: string) => Shape): ProblemFailure | undefined {
  const known = (sure: Sure) => knownTypes(expression, shapeOf, sure);
  const firm = known('firm');
  if (firm.size === 0) return undefined;
  const fault = faultWith(expression, firm);
  if (fault !== undefined || asksForType.test(expression.text)) return fault;
  const given = known('given');
  if (given.size === 0 || faultWith(expression, given) !== undefined) return undefined;
  return faultWith(expression, known('both'));
}

/** It tells types apart itself: a part of it is for those that are not there. */
const asksForType = /\btype\s*\(/;

function faultWith(expression: TextExpression, types: KnownTypes): ProblemFailure | undefined {
  try {
    expression.typeWith(types);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ProblemFailure) return thrown;
    throw thrown;
  }
}
