// The page of the reference about codes.
import { exampleFiles } from '../dist/core/codes/facts.js';
import { codeLine, codePage, codes, exampleBlock } from '../dist/ui/code-page.js';

export function errorsPage() {
  return [
    'What `runbook validate` and the other commands tell carries a code. `runbook explain CODE` prints its section of this page.',
    '',
    '| code | | |',
    '| --- | --- | --- |',
    ...codes.map((code) => row(code, codeLine(code))),
    '',
    'Each example has this problem and no other, and none when it is put right; a test holds it to that. Beside it stand, unless it',
    'shows such a file itself:',
    '',
    ...Object.entries(exampleFiles).flatMap(([name, text]) => [`\`${name}\`:`, '', ...exampleBlock(name, text), '']),
    ...codes.map((code) => `${codePage(code, '##').trimEnd()}\n`),
  ];
}

function row(code, { kind, summary }) {
  return `| [\`${code}\`](#${code}) | ${kind} | ${summary} |`;
}
