import type { ProblemCode } from '../../core/codes/problem-codes.ts';

/** What is wrong with an expression, or went wrong in it; `offset` counts from its first character. */
export class ExpressionFault extends Error {
  readonly code: ProblemCode;
  readonly offset: number;
  readonly width: number;
  readonly hint: string | undefined;
  /** What else is wrong with the same text, further on. */
  readonly also: readonly ExpressionFault[];

  constructor(
    code: ProblemCode,
    message: string,
    place: { offset: number; width?: number; hint?: string | undefined; also?: readonly ExpressionFault[] },
  ) {
    super(message);
    this.name = 'ExpressionFault';
    this.code = code;
    this.offset = place.offset;
    this.width = Math.max(1, place.width ?? 1);
    this.hint = place.hint;
    this.also = place.also ?? [];
  }

  /** This one and the others of its text, in their order. */
  get all(): readonly ExpressionFault[] {
    return [this, ...this.also];
  }

  with(also: readonly ExpressionFault[]): ExpressionFault {
    const { offset, width, hint } = this;
    return new ExpressionFault(this.code, this.message, { offset, width, hint, also });
  }

  /** Seen from the beginning of a text in which its own begins there. */
  moved(by: number): ExpressionFault {
    const { offset, width, hint } = this;
    const also = this.also.map((fault) => fault.moved(by));
    return new ExpressionFault(this.code, this.message, { offset: offset + by, width, hint, also });
  }

  /** Does it stand in the part of the text that the other is about? */
  isInside(other: ExpressionFault): boolean {
    return this.offset >= other.offset && this.offset < other.offset + other.width;
  }
}
