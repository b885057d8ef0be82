import type { ProblemCode } from './codes/problem-codes.ts';

/** What is wrong with a YAML text, by offsets into it. */
export interface YamlFault {
  readonly code: ProblemCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
}

export function yamlFault(code: ProblemCode, message: string, start = 0, end = start + 1): YamlFault {
  return { code, message, start, end };
}

export const sameKey = 'the same key stands here twice';
export const noMergeKeys = 'there are no merge keys ("<<") in YAML 1.2';
export const unsafeBraces = '"!unsafe" does not keep {{ }} from being filled in';
