import type { ProblemCode } from '../../core/codes/problem-codes.ts';

/** What is wrong with an expression, or went wrong in it; `offset` counts from its first character. */
export class ExpressionFault extends Error {
  readonly code: ProblemCode;
  readonly offset: number;
  readonly width: number;
  readonly hint: string | undefined;

  constructor(
    code: ProblemCode,
    message: string,
    place: { offset: number; width?: number; hint?: string | undefined },
  ) {
    super(message);
    this.name = 'ExpressionFault';
    this.code = code;
    this.offset = place.offset;
    this.width = Math.max(1, place.width ?? 1);
    this.hint = place.hint;
  }
}
