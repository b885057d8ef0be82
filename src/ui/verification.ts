import { printable } from '../core/printable.ts';
import type { Finding } from '../history/record/finding.ts';
import { painter } from './paint.ts';
import type { Tone } from './progress.ts';
import type { Look } from './view.ts';

const words: Readonly<Record<Finding['result'], readonly [string, Tone]>> = {
  good: ['ok', 'good'],
  altered: ['altered', 'bad'],
  unchecked: ['not checked', 'news'],
};

/** What was checked of a record, a line each, and what it comes to. `title`: which run. */
export function renderVerification(title: string, findings: readonly Finding[], look: Look): string {
  const paint = painter(look.color);
  const place = ({ where, line }: Finding) => printable(line === undefined ? where : `${where}:${line}`, 80);
  const width = Math.max(...findings.map((finding) => place(finding).length));
  const lines = findings.map((finding) => {
    const [word, tone] = words[finding.result];
    return `  ${paint(tone, word.padEnd(11))}  ${place(finding).padEnd(width)}  ${printable(finding.what, 400)}`;
  });
  return `${[paint('bold', printable(title)), ...lines, '', conclusion(findings, paint)].join('\n')}\n`;
}

function conclusion(findings: readonly Finding[], paint: ReturnType<typeof painter>): string {
  const altered = findings.filter(({ result }) => result === 'altered').length;
  if (altered > 0)
    return `${paint('bad', 'altered')}: ${altered} of these ${altered === 1 ? 'is' : 'are'} not as written`;
  const open = findings.filter(({ result }) => result === 'unchecked').length;
  return open === 0
    ? `${paint('good', 'unaltered')}: all of it is as it was written`
    : `${paint('good', 'unaltered')}, as far as it could be checked; what could not is said above`;
}
