import { entryOf } from '../../core/entry-of.ts';
import { ExpressionFault } from './expression-fault.ts';
import { mostLevels } from './limits.ts';
import type { Mentions } from './syntax.ts';

/** Methods of CEL that are not offered: why, and what to write instead. */
const traps: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  matches: [
    'matches() is not offered: some patterns never end',
    'Use re_match(): text.re_match("^flannel[.]") finds an RE2 pattern anywhere in the text.',
  ],
  json: ['json() is not called on a value', 'Write json(text).'],
};

const commentOrText = /[rR]?("{3}|'{3})[\s\S]*?\1|[rR](?:"[^"]*"|'[^']*')|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\//g;

/** Throws ExpressionFault for a comment of CEL: to Jinja and others it is a division, and what follows it would be lost. */
export function refuseComments(text: string): void {
  if (!text.includes('//')) return;
  const found = [...text.matchAll(commentOrText)].find(([token]) => token === '//');
  if (found === undefined) return;
  const hint = 'Write / to divide: of two whole numbers it gives a whole one. A comment is one of YAML, with #.';
  throw new ExpressionFault('expression', '// would begin a comment, and what follows it would be left out', {
    ...{ offset: found.index, width: 2, hint },
  });
}

/** Throws ExpressionFault for what CEL has and is not offered, or could take for ever. */
export function refuseTraps(found: Mentions): void {
  for (const { name, offset, receiver } of found.calls) {
    const trap = receiver ? entryOf(traps, name) : undefined;
    if (trap === undefined) continue;
    throw new ExpressionFault('unsafe-function', trap[0], { offset, width: name.length, hint: trap[1] });
  }
  const hint = 'Split it over variables.';
  if (found.levels > mostLevels) {
    const message = `more than ${mostLevels} operations rest on each other, as the parts of a sum do`;
    throw new ExpressionFault('too-deep', message, { offset: 0, hint });
  }
  if (found.depth > 2) {
    const message = 'map, filter, all and exists may stand in each other only twice';
    throw new ExpressionFault('too-deep', message, { offset: 0, hint });
  }
  if (found.bound > 3) {
    throw new ExpressionFault('too-deep', 'cel.bind may stand in each other only three times', { offset: 0, hint });
  }
}
