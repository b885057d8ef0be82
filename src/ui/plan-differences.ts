import type { Event } from '../core/event.ts';
import { printable } from '../core/printable.ts';
import { stateDiff } from '../history/record/state-text.ts';
import { painter } from './paint.ts';
import type { Look } from './view.ts';

const most = 40;

/** What is no longer as the saved plan says, each with what was and what is; empty where everything is. */
export function renderPlanDifferences(events: readonly Event[], look: Look): string {
  const paint = painter(look.color);
  const differences = events.filter((event) => event.type === 'plan_differed');
  if (differences.length === 0) return '';
  const lines = differences.flatMap(({ step, host, because, planned, found }) => {
    const item = step?.item === undefined ? '' : ` (${printable(step.item, 60)})`;
    const place = step?.on ?? host;
    const head = `  ${paint('bold', place === undefined ? '' : `${printable(place, 255)}${item}: `)}${printable(because, 500)}`;
    const compared = planned === undefined || found === undefined ? [] : stateDiff(planned, found, most);
    return [
      head,
      ...compared.map(
        (line) =>
          `      ${line.startsWith('+') ? paint('good', line) : line.startsWith('-') ? paint('bad', line) : paint('dim', line)}`,
      ),
    ];
  });
  return `\n${paint('bold', 'Not as planned')} (- planned, + found)\n${lines.join('\n')}\n`;
}
