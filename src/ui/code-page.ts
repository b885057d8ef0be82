import type { CodeFacts, Example } from '../core/codes/facts.ts';
import { type FailureFacts, failureCodes } from '../core/codes/failures.ts';
import { type ProblemCode, problemCodes } from '../core/codes/problem-codes.ts';
import type { FailureCode } from '../core/failure.ts';

export type Code = ProblemCode | FailureCode;

/** Of problems, then of failures; each by name. */
export const codes: readonly Code[] = [
  ...(Object.keys(problemCodes) as ProblemCode[]).toSorted(),
  ...(Object.keys(failureCodes) as FailureCode[]).toSorted(),
];

/** What kind of bad news it is, and what it says in a line. */
export function codeLine(code: Code): { readonly kind: string; readonly summary: string } {
  return isFailure(code)
    ? { kind: 'failure', summary: failureCodes[code].summary }
    : { kind: problemCodes[code].severity, summary: problemCodes[code].summary };
}

/** What it means and what to do, as one text without an example. */
export function codeMeaning(code: Code): string {
  return isFailure(code) ? failureSentences(failureCodes[code]) : problemCodes[code].means.join(' ');
}

/** All about a code, in Markdown: the same text for `runbook explain CODE`, for docs/reference and for SARIF. */
export function codePage(code: Code, heading = '#'): string {
  const { kind, summary } = codeLine(code);
  const text = [
    `${heading} ${code}`,
    '',
    `${summary}. ${isImported(code) ? imported[kind] : kinds[kind]}`,
    '',
    codeMeaning(code),
    '',
  ];
  return [...text, ...(isFailure(code) ? [] : exampleLines(problemCodes[code]))].join('\n');
}

const kinds: Readonly<Record<string, string>> = {
  error: 'An error: nothing is played until it is put right.',
  warning: 'A warning: what it stands in is valid.',
  failure: 'It ends a command.',
};

/** Of what an import tells. */
const imported: Readonly<Record<string, string>> = {
  error: 'Told by `runbook import`: what it stands in is left out.',
  warning: 'Told by `runbook import`: what it stands in is imported.',
};

function isImported(code: Code): boolean {
  return !isFailure(code) && problemCodes[code].imported === true;
}

function isFailure(code: Code): code is FailureCode {
  return Object.hasOwn(failureCodes, code);
}

function failureSentences({ means, state, next }: FailureFacts): string {
  return [...means, state, next].join(' ');
}

function exampleLines({ example, imported: isImport }: CodeFacts): readonly string[] {
  const { file = 'site.yml', wrong, right, files = {}, moved } = example;
  const whose = isImport ? ", Ansible's" : '';
  const given = moved === undefined ? givenText(example) : ', with -o to another folder';
  return [
    ...[`Wrong, in \`${file}\`${whose}${given}:`, '', ...exampleBlock(file, `${wrong}${paddingOf(example)}`)],
    ...['', 'Right:', '', ...exampleBlock(file, right), ''],
    ...Object.entries(files).flatMap(([name, text]) => [
      `Beside it, \`${name}\`:`,
      '',
      ...exampleBlock(name, text),
      '',
    ]),
  ];
}

function givenText({ tags, extra }: Example): string {
  const options = [...(tags === undefined ? [] : [`--tags ${tags}`]), ...(extra === undefined ? [] : [`-e ${extra}`])];
  return options.length === 0 ? '' : `, with ${options.join(' ')}`;
}

function paddingOf({ padding }: Example): string {
  return padding === undefined ? '' : `# ... and ${padding} characters more\n`;
}

/** A file of an example, in Markdown. */
export function exampleBlock(file: string, text: string): readonly string[] {
  const language = /\.ini$/.test(file) ? 'ini' : /\.sh$/.test(file) ? 'sh' : 'yaml';
  return [`\`\`\`${language} example`, text.trimEnd(), '```'];
}
