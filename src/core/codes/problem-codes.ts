import { expressionCodes } from './expressions.ts';
import type { CodeFacts } from './facts.ts';
import { fileCodes } from './files.ts';
import { importCodes } from './imports.ts';
import { inventoryCodes } from './inventory.ts';
import { nameCodes } from './names.ts';
import { playCodes } from './plays.ts';
import { sectionCodes } from './sections.ts';
import { shapeCodes } from './shape.ts';
import { taskCodes } from './tasks.ts';
import { textCodes } from './text.ts';

/** Every code that something wrong with the user's text can carry. */
const known = {
  ...textCodes,
  ...shapeCodes,
  ...expressionCodes,
  ...nameCodes,
  ...taskCodes,
  ...sectionCodes,
  ...playCodes,
  ...fileCodes,
  ...inventoryCodes,
  ...importCodes,
};

/** Short and stable: `unknown-key`, `unknown-name`, ... */
export type ProblemCode = keyof typeof known;

export const problemCodes: Readonly<Record<ProblemCode, CodeFacts>> = known;
